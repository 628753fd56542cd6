"""What is asked of an impact: which operation, by which measure and methods, over which months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.measure import Measure
from harmscape.model.operation import Operation, Registered
from harmscape.model.outcome import why_no_outcome
from harmscape.views.context import Context
from harmscape.views.impact_effect import METHODS
from harmscape.views.impact_ground import units_of
from harmscape.views.impact_windows import Windows, windows_of
from harmscape.views.question import Question, ask
from harmscape.views.words import mid_sentence

USUAL = "wdd,did,its"
_SAID_BY_THE_OPERATION = ("areas", "within", "against")


def ask_of(
    cursor: Engine,
    context: Context,
    operation: Operation,
    measure: Measure,
    words: Mapping[str, object],
) -> tuple[Windows, Question]:
    """The months to compare, and the question over all of them by the units."""
    for word in _SAID_BY_THE_OPERATION:
        if words.get(word):
            raise SelectionError(f"the operation says where and when it was: leave out --{word}")
    units = units_of(context, operation).geography
    by = words.get("by")
    if by and str(by).partition("@")[0] != units.id:
        raise SelectionError(
            f"an impact is told by {mid_sentence(units.many)}, the smallest areas that nest in"
            " the operation's own"
        )
    said = {key: value for key, value in words.items() if key not in ("window", "to", "by", "measure")}
    said |= {"by": units.id, "measure": measure.id}
    window, to = (str(words[key]) if words.get(key) else None for key in ("window", "to"))
    first = ask(cursor, context, {**said, "window": "1m"})
    windows = windows_of(first, operation, window=window, to=to)
    span = {"window": f"{windows.span.days}d", "to": str(windows.span.ends - timedelta(days=1))}
    return windows, ask(cursor, context, {**said, **span})


def named_operation(register: Sequence[Registered], wanted: str) -> Registered:
    """The operation with an id or a name, case ignored."""
    low = wanted.strip().casefold()
    for each in register:
        if low in (each.operation.id.casefold(), each.operation.title.casefold()):
            return each
    known = [each.operation.id for each in register]
    if not known:
        raise SelectionError("no operation is registered: `harmscape operation add` begins the register")
    raise SelectionError(f"no operation {wanted.strip()[:40]!r}{nearest(wanted.strip()[:40], known)}")


def outcome_measure(context: Context, chosen: Registered, words: Mapping[str, object]) -> Measure:
    """The measure asked for, or the first that the operation is judged by."""
    first = chosen.operation.measures
    wanted = words.get("measure") or (first[0].measure if first else None)
    if wanted is None:
        raise SelectionError(
            f"{chosen.operation.title} has no measure chosen: say --measure, or choose one with"
            " `harmscape operation change`"
        )
    measure = context.domain.measure(str(wanted))
    reason = why_no_outcome(context.domain, measure)
    if reason:
        raise SelectionError(reason)
    return measure


def named_methods(text: str) -> tuple[str, ...]:
    """The methods named, the first of which gives the answer."""
    found = tuple(dict.fromkeys(each.strip().lower() for each in text.split(",") if each.strip()))
    for name in found:
        if name not in METHODS:
            raise SelectionError(f"no method {name[:40]!r}{nearest(name[:40], METHODS)}")
    return found or tuple(USUAL.split(","))


def months_before_of(text: str, after: int) -> int:
    """Whole years, so that every season stands in them once, and at least as long as what follows."""
    if not text:
        return 12 * -(-after // 12)
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 600):
        raise SelectionError("--months-before takes a number of months")
    return int(text)
