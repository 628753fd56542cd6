"""The operations register: what was done where and when, by what it is judged, and what was logged of it.

Operations are declared in operations/*.yml or written by people; what people write is kept as changes that
only grow, and every measure bears the instant at which it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.operation import Operation, Registered, told
from harmscape.model.outcome import why_no_outcome
from harmscape.workspace.operation_words import CHANGEABLE, act_of, changed_fields, operation_of
from harmscape.workspace.state import Change, Store
from harmscape.workspace.writing import keep

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

REGISTER = "as_registered"
"""The option of views that read the register: the number of the last change they rest on."""


def add_operation(workspace: Workspace, given: Mapping[str, Any], *, at: datetime | None = None) -> str:
    """Write an operation down and return its id. Raises SelectionError that says what is missing or wrong.

    given: the keys of an operation in YAML; `measures` are ids, stamped now with who is writing.
    """
    stamp = (at or datetime.now(UTC)).astimezone(UTC)
    operation = operation_of(given)
    if any(each.operation.id.casefold() == operation.id.casefold() for each in registered(workspace)):
        raise SelectionError(f"there is an operation {operation.id!r} already: choose another id")
    placed = _placed(workspace, operation)
    measures = [_judged(workspace.domain, each) for each in _ids(given.get("measures", ()))]
    body = placed.model_dump(mode="json", by_alias=True, exclude={"measures"}) | {"measures": measures}
    keep(workspace, "operation", body, at=stamp)
    return operation.id


def change_operation(
    workspace: Workspace, wanted: str, given: Mapping[str, Any], *, at: datetime | None = None
) -> None:
    """Change an operation that people wrote: `title`, `phases`, `partners`, `aim`, `cost`, and why; or add
    `measures`, stamped now. Where it was done and what was chosen before stays as it was.
    """
    held = _written(workspace, wanted)
    body = changed_fields(held.operation, given)
    added = [_judged(workspace.domain, each) for each in _ids(given.get("measures", ()))]
    there = [each.measure for each in held.operation.measures]
    twice = [each for each in added if each in there]
    if twice:
        raise SelectionError(f"the operation is judged by {twice[0]!r} already, and stays so")
    if added:
        body["measures"] = added
    if not body:
        raise SelectionError("nothing to change: say " + ", ".join((*CHANGEABLE, "measures")))
    why = given.get("reason")
    keep(workspace, "operation", body, id=held.number, why=str(why)[:2000] if why else None, at=at)


def log_act(
    workspace: Workspace, wanted: str, given: Mapping[str, Any], *, at: datetime | None = None
) -> None:
    """Add a dated act to the log of an operation that people wrote: `day`, `kind`, `text`."""
    held = _written(workspace, wanted)
    act = act_of(given)
    keep(workspace, "operation", {"act": act.model_dump(mode="json")}, id=held.number, at=at)


def read_operations(workspace: Workspace) -> list[Registered]:
    """All operations, the latest to begin first. It passes the gate like everything that is read."""
    found = registered(workspace)
    workspace.read("operations", {"operations": len(found)}, lambda _: None)
    return found


def told_of(workspace: Workspace, each: Registered) -> dict[str, Any]:
    """An operation as a page, a list or a file shows it."""
    operation, domain = each.operation, workspace.domain
    names: list[str] = []
    if operation.by is not None and operation.by in (books := workspace.snapshot().context.books):
        book = books[operation.by]
        names = [
            book.names[book.numbers[code] - 1] if code in book.numbers else code for code in operation.areas
        ]
    return {
        "number": each.number,
        "declared": each.declared,
        "made_at": each.made_at.isoformat() if each.made_at else None,
        "made_by": each.made_by,
        "area_names": names,
        **told(each, {measure.id: measure.title for measure in domain.measures}),
    }


def registered(workspace: Workspace, *, as_registered: int | None = None) -> list[Registered]:
    """The register as it stands, or as it stood after the change numbered so."""
    return register(workspace.domain, workspace.state, as_registered=as_registered)


def register(domain: Domain, store: Store, *, as_registered: int | None = None) -> list[Registered]:
    """Declared operations and written ones; where both bear an id, the declared one holds."""
    answered = {
        change.body["operation"]: change.at
        for change in reversed(store.changes("answer"))
        if as_registered is None or change.no <= as_registered
    }
    declared = [
        Registered(each, None, f"{each.file}:{each.line}" if each.file else None, None, None,
                   answered.get(each.id))
        for each in domain.operations
    ]  # fmt: skip
    taken = {each.operation.id for each in declared}
    held: dict[int, list[Change]] = {}
    for change in store.changes("operation"):
        if as_registered is None or change.no <= as_registered:
            held.setdefault(change.id, []).append(change)
    zone = ZoneInfo(domain.settings.timezone)
    written = [_told(number, changes, answered, zone) for number, changes in held.items()]
    every = [*declared, *(each for each in written if each.operation.id not in taken)]
    return sorted(every, key=lambda each: (each.operation.starts, each.operation.id), reverse=True)


def last_change(store: Store) -> int:
    """The number of the newest change that an answer about operations rests on."""
    return max((each.no for kind in ("operation", "answer") for each in store.changes(kind)), default=0)


def note_answer(workspace: Workspace, found: object) -> None:
    """Keep that an impact was first told of an operation: measures chosen later are told apart."""
    operation = getattr(found, "operation", None)
    name = operation.get("id") if isinstance(operation, Mapping) else None
    if name is None or any(each.body["operation"] == name for each in workspace.state.changes("answer")):
        return
    workspace.state.append("answer", {"operation": name}, by=workspace.reader.actor)


def one_of(found: Iterable[Registered], wanted: str) -> Registered:
    """The operation with an id, case ignored, or with a name."""
    held, low = list(found), wanted.strip().casefold()
    for each in held:
        if low in (each.operation.id.casefold(), each.operation.title.casefold()):
            return each
    raise SelectionError(
        f"no operation {wanted.strip()[:40]!r}{nearest(wanted[:40], [each.operation.id for each in held])}"
    )


def _told(number: int, changes: list[Change], answered: Mapping[str, datetime], zone: ZoneInfo) -> Registered:
    """An operation as its changes leave it; each measure bears who chose it and when."""
    body: dict[str, Any] = {}
    measures: list[dict[str, Any]] = []
    log: list[dict[str, Any]] = []
    for change in changes:
        said = dict(change.body)
        for measure in said.pop("measures", ()):
            chosen = change.at.astimezone(zone).date()
            measures.append({"measure": measure, "chosen": chosen, "by": change.by, "at": change.at})
        log += [said.pop("act")] if "act" in said else []
        log += said.pop("log", [])
        body |= said
    ordered = sorted(log, key=lambda act: str(act["day"]))
    operation = Operation.model_validate(body | {"measures": measures, "log": ordered})
    first = changes[0]
    return Registered(operation, number, None, first.at, first.by, answered.get(operation.id))


def _written(workspace: Workspace, wanted: str) -> Registered:
    found = one_of(registered(workspace), wanted)
    if found.number is None:
        raise SelectionError(
            f"operation {found.operation.id!r} is declared in {found.declared}: change it there, where its"
            " history is kept"
        )
    return found


def _placed(workspace: Workspace, operation: Operation) -> Operation:
    """The same operation with the codes of its areas as they are spelt."""
    if operation.within is not None:
        return operation
    assert operation.by is not None, "areas come with their geography"
    geography = workspace.domain.geography(operation.by)
    book = workspace.snapshot().context.book(geography.id)
    codes = tuple(dict.fromkeys(book.codes[book.index(each)] for each in operation.areas))
    return operation.model_copy(update={"by": geography.id, "areas": codes})


def _judged(domain: Domain, wanted: str) -> str:
    measure = domain.measure(wanted)
    reason = why_no_outcome(domain, measure)
    if reason:
        raise SelectionError(reason)
    return measure.id


def _ids(value: object) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise SelectionError("measures must be a list of ids")
    return list(dict.fromkeys(value))
