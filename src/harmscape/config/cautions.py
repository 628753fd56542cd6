"""What a person should know of a sound configuration: weights unsigned or missing, files not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harmscape.config.declarations import Declarations
from harmscape.config.paths import is_there
from harmscape.config.plain_words import quoted
from harmscape.config.yaml_tree import Node
from harmscape.model.domain import Domain
from harmscape.model.errors import Problem, nearest
from harmscape.model.scheme import Scheme

_TOLD_ONE_BY_ONE = 10


def cautions(domain: Domain, declared: Declarations) -> Iterator[Problem]:
    """Warnings, each at its line."""
    yield from _unsigned(declared)
    yield from _unweighted(domain, declared)
    yield from _absent_data(domain, declared)
    yield from _absent_files(declared)
    yield from _unknown_agencies(domain, declared)


def _unsigned(declared: Declarations) -> Iterator[Problem]:
    for scheme, node in declared.schemes:
        unsigned = [
            (at, weight)
            for at, weight in enumerate(scheme.weights)
            if scheme.status_of(weight) == "local" and not weight.signed_by
        ]
        for at, weight in unsigned[:_TOLD_ONE_BY_ONE]:
            message = (
                f"the local weight of {weight.category!r}, {weight.points} {scheme.unit}, is unsigned;"
                " whoever answers for it writes signed_by"
            )
            yield node.at("weights", at).place.problem(message, warning=True)
        if len(unsigned) > _TOLD_ONE_BY_ONE:
            more = len(unsigned) - _TOLD_ONE_BY_ONE
            message = f"{more} more local weights of {scheme.id!r} are unsigned"
            place = node.at("weights", unsigned[_TOLD_ONE_BY_ONE][0]).place
            yield place.problem(message, warning=True)


def _unweighted(domain: Domain, declared: Declarations) -> Iterator[Problem]:
    for measure, node in declared.measures:
        scheme = domain.scheme(measure.scheme)
        weighed = _weighed(domain, scheme)
        # A category above others holds no events of its own as a rule, so only what lies at the ends counts.
        ends = {name for name in domain.categories_of(measure) if len(domain.below[name]) == 1}
        missing = sorted(ends - weighed)
        if missing:
            some = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
            message = (
                f"scheme {scheme.id!r} has no weight for {some}: such events are counted,"
                " queued and shown, and add nothing to the score"
            )
            yield node.at("scheme").place.problem(message, warning=True)


def _weighed(domain: Domain, scheme: Scheme) -> set[str]:
    """The categories that some weight of a scheme reaches, by fallback too where it allows that."""
    direct = {weight.category for weight in scheme.weights}
    if not scheme.fallback:
        return direct
    lists = [domain.category_list(name) for name in scheme.categories]
    return {
        category.id
        for one in lists
        for category in one.categories
        if not direct.isdisjoint(one.line(category.id))
    }


def _absent_data(domain: Domain, declared: Declarations) -> Iterator[Problem]:
    assert declared.settings is not None
    node = declared.settings.node
    for at, name in enumerate(domain.settings.data):
        if not is_there(declared.folder / name):
            message = f"there is no folder {quoted(name)}, so there is nothing to load yet"
            yield node.at("data", at).place.problem(message, warning=True)


def _absent_files(declared: Declarations) -> Iterator[Problem]:
    for node in declared.nodes("geographies"):
        told: set[str | None] = set()
        for edition in node.inside("editions").items:
            for holder in (edition, *edition.inside("denominators").items):
                if holder.text("file") not in told:
                    told.add(holder.text("file"))
                    yield from _absent(holder, declared.folder)


def _absent(holder: Node, folder: Path) -> Iterator[Problem]:
    name = holder.text("file")
    if name is None or is_there(folder / name):
        return
    beside = (folder / name).parent
    others = (
        [each.name for each in beside.iterdir() if each.is_file()]
        if is_there(beside) and beside.is_dir()
        else []
    )
    hint = nearest(Path(name).name, others)
    tail = hint if "did you mean" in hint else ""
    yield holder.inside("file").place.problem(f"there is no file {quoted(name)}{tail}", warning=True)


def _unknown_agencies(domain: Domain, declared: Declarations) -> Iterator[Problem]:
    known = {source.policy.agency for source in domain.sources}
    known.update(name for source in domain.sources for name in source.policy.share_with)
    for node in declared.nodes("roles"):
        grants = [*node.inside("count").items, *node.inside("see").items]
        for agency in [each for grant in grants for each in grant.inside("agencies").items]:
            if agency.value not in known:
                hint = nearest(str(agency.value), known)
                message = f"no source belongs to an agency {quoted(agency.value)}{hint}"
                yield agency.place.problem(message, warning=True)
