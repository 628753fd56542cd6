"""The picture of an impact for paper: events a month beside what like areas let expect, as SVG in greys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape
from math import ceil, floor, log10

from harmscape.views.impact_result import Impact, MonthPair

_WIDE, _HIGH = 690.0, 185.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 30.0, 8.0, 20.0, 20.0
_APART = 60.0
_Scale = Callable[[float], float]


def drawing(result: Impact) -> str:
    """The picture; months that are missing are gaps in its lines, never zeros."""
    months = result.months
    top = (
        max([1.0, *(float(each.events or 0) for each in months), *(each.hi or 0.0 for each in months)]) * 1.04
    )
    across = (_WIDE - _LEFT - _RIGHT) / max(len(months) - 1, 1)

    def x(at: float) -> float:
        return round(_LEFT + at * across, 1)

    def y(value: float) -> float:
        return round(_TOP + (1 - value / top) * (_HIGH - _TOP - _BOTTOM), 1)

    parts = [_ground(top, y), *_names(months, x)]
    for run in _runs(months):
        if months[run[0]].expected is not None:
            up = [f"{x(at)},{y(months[at].hi or 0.0)}" for at in run]
            down = [f"{x(at)},{y(months[at].lo or 0.0)}" for at in reversed(run)]
            parts.append(f'<polygon points="{" ".join(up + down)}" fill="#ddd"/>')
            path = " ".join(f"{x(at)},{y(months[at].expected or 0.0)}" for at in run)
            parts.append(f'<polyline points="{path}" {_LINE} stroke-width="1.2" stroke-dasharray="4 3"/>')
        path = " ".join(f"{x(at)},{y(float(months[at].events or 0))}" for at in run)
        parts.append(f'<polyline points="{path}" {_LINE} stroke-width="2"/>')
    parts += _phases(result, x)
    span = f", {months[0].month:%B %Y} to {months[-1].month:%B %Y}" if months else ""
    said = f"{result.measure['title']} by month{span}, beside what like areas let expect"
    return (
        f'<svg viewBox="0 0 {_WIDE:g} {_HIGH:g}" role="img" aria-label="{escape(said)}"'
        f' font-family="inherit" font-size="11">{"".join(parts)}</svg>'
    )


_LINE = 'fill="none" stroke="#000"'


def _ground(top: float, y: _Scale) -> str:
    """A line and a figure for each round value."""
    step = 10 ** floor(log10(top / 2))
    step = next(each for each in (step, 2 * step, 5 * step, 10 * step) if top / each <= 5.5)
    found = []
    for at in range(ceil(top / step)):
        value = at * step
        text = f"{value:,.0f}" if step >= 1 else f"{value:g}"
        found.append(
            f'<path d="M{_LEFT:g} {y(value)}H{_WIDE - _RIGHT:g}" stroke="{"#000" if not at else "#bbb"}"'
            f' stroke-width="0.6"/><text x="{_LEFT - 6:g}" y="{y(value) + 4}" text-anchor="end">{text}</text>'
        )
    return "".join(found)


def _names(months: tuple[MonthPair, ...], x: _Scale) -> list[str]:
    every = next((each for each in (1, 2, 3, 6, 12) if x(each) - x(0) >= _APART), 24)
    last = len(months) - 1
    most = _WIDE - _RIGHT - 22
    return [
        f'<text x="{min(x(at), most)}" y="{_HIGH - 5:g}" text-anchor="middle">{each.month:%b %Y}</text>'
        for at, each in enumerate(months)
        if (last - at) % every == 0 and x(at) > _LEFT + 8
    ]


def _phases(result: Impact, x: _Scale) -> list[str]:
    """An upright where each phase begins, the start of the operation in full."""
    found, held = [], _LEFT
    places = {each.month: at for at, each in enumerate(result.months)}
    for number, each in enumerate(result.operation["phases"]):
        day = each["starts"] if isinstance(each["starts"], date) else date.fromisoformat(str(each["starts"]))
        at = places.get(day.replace(day=1))
        if at is None:
            continue
        left = x(at - 0.5)
        found.append(
            f'<path d="M{left} {_TOP - 14:g}V{_HIGH - _BOTTOM:g}" stroke="#000"'
            f' stroke-width="{1.4 if not number else 0.7}"/>'
        )
        if left >= held:
            name = str(each["phase"]).capitalize()
            found.append(f'<text x="{left + 4}" y="{_TOP - 4:g}" font-weight="600">{escape(name)}</text>')
            held = left + 6 + 6 * len(name)
    return found


def _runs(months: tuple[MonthPair, ...]) -> list[list[int]]:
    """Runs of months without a gap."""
    runs: list[list[int]] = [[]]
    for at, each in enumerate(months):
        if each.events is None:
            runs.append([])
        else:
            runs[-1].append(at)
    return [run for run in runs if run]
