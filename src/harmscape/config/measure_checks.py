"""What a measure says must hold: its scheme, categories and attributes, its links, the parts of a sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harmscape.config.declarations import Declarations
from harmscape.config.plain_words import quoted
from harmscape.config.unknown import unknown, unknown_attributes, unknown_word
from harmscape.config.yaml_tree import Node
from harmscape.model.errors import Problem


def check_measures(declared: Declarations) -> Iterator[Problem]:
    """Every fault of the measures, each at its line."""
    categories = [code for codes in declared.codes.values() for code in codes]
    by_id = {name: node for node in declared.nodes("measures") if (name := node.text("id"))}
    for node in declared.nodes("measures"):
        yield from unknown(node.inside("scheme"), "schemes", declared)
        yield from unknown_attributes(node.inside("where"), declared)
        yield from unknown_attributes(node.inside("without"), declared)
        for each in node.inside("lists").items:
            yield from unknown(each, "categories", declared)
        for each in node.inside("sources").items:
            yield from unknown(each, "sources", declared)
        yield from unknown(node.inside("counts"), "entities", declared)
        yield from unknown(node.inside("linked").inside("kind"), "entities", declared)
        yield from unknown(node.inside("beside"), "measures", declared)
        if "categories" not in declared.unread:
            through = node.inside("linked").inside("through").items
            for each in (*node.inside("categories").items, *through, node.inside("as")):
                yield from unknown_word(each, "category", categories)
        yield from _parts(node, by_id, declared)


def _parts(node: Node, by_id: Mapping[str, Node], declared: Declarations) -> Iterator[Problem]:
    """The parts of a sum are measures of events or stocks under the sum's own scheme."""
    for each in node.inside("measures").items:
        yield from unknown(each, "measures", declared)
        part = by_id.get(str(each.value))
        if part is None:
            continue
        if part.text("kind") in ("sum", "together"):
            yield each.place.problem(f"{quoted(each.value)} is itself a {part.text('kind')}: name its parts")
        elif part.text("scheme") != node.text("scheme"):
            yield each.place.problem(
                f"measure {quoted(each.value)} is weighed by {quoted(part.text('scheme'))}, the sum by"
                f" {quoted(node.text('scheme'))}: one sum needs one scheme"
            )
