"""Resolving: which keys of links stand for the same entity."""

from __future__ import annotations

from collections.abc import Callable

Resolver = Callable[[str], str]
"""Takes a relation of links (kind, key) and gives one select: `resolved`, one row per kind and key, with the
`entity_no` that it stands for, counted from 1 within a kind, and `code`, the key that names the entity."""


def by_given_key(link: str) -> str:
    """`resolved`: kind, key, entity_no, code. Every key is an entity of its own, as its files gave it.

    A matcher that finds one person under several keys takes this function's place: then several keys have
    one `entity_no`, and `code` is the key that names the person.

    >>> "row_number" in by_given_key("link")
    True
    """
    return f"""
        select l.kind, l.key, row_number() over (partition by l.kind order by l.key)::integer as entity_no,
               l.key as code
        from {link} l group by l.kind, l.key
    """
