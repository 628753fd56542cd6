"""References to names that nobody declared: each told where it stands, with the likeliest name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harmscape.config.declarations import Declarations
from harmscape.config.kinds import KINDS
from harmscape.config.plain_words import quoted
from harmscape.config.yaml_tree import Node
from harmscape.model.errors import Problem, nearest


def unknown(node: Node, kind: str, declared: Declarations, *more: str) -> Iterator[Problem]:
    """A problem if the text of a node is no id of a kind, nor one of some further words."""
    if kind not in declared.unread:
        yield from unknown_word(node, KINDS[kind].word, [*declared.ids(kind), *more])


def unknown_word(node: Node, word: str, known: Iterable[str]) -> Iterator[Problem]:
    """A problem if the text of a node is not among the known names."""
    names = list(known)
    if isinstance(node.value, str) and node.value not in names:
        yield node.place.problem(f"no {word} {quoted(node.value)}{nearest(node.value, names)}")


def unknown_attributes(node: Node, declared: Declarations) -> Iterator[Problem]:
    """A problem for each key of a node that no source declares as an attribute."""
    for name, place in node.keys.items():
        yield from unknown_attribute(Node(name, place), declared)


def unknown_attribute(node: Node, declared: Declarations) -> Iterator[Problem]:
    """A problem if the text of a node is no attribute of any source."""
    if "sources" not in declared.unread:
        yield from unknown_word(node, "attribute", declared.attributes)
