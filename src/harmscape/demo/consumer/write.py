"""The files of the invented region, as the service's books and its partners export them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.consumer import visits as seen
from harmscape.demo.consumer.complaints import AGENCIES, BREACHES, DRIVERS, FLAGS, Complaints
from harmscape.demo.consumer.filing import Filed, state_on
from harmscape.demo.consumer.kinds import BRANCHES, KINDS
from harmscape.demo.consumer.names import REGION_CODE
from harmscape.demo.consumer.places import Region
from harmscape.demo.consumer.registers import LICENCES, NEVER, Registers, listed_licences, listed_traders
from harmscape.demo.consumer.traders import OUTSIDE, TRADES, Traders
from harmscape.demo.consumer.truth import NEW_TYPE, NEW_TYPE_OF, NEW_TYPE_SHARE
from harmscape.demo.consumer.visits import OUTCOMES, VISIT_KINDS, Visits
from harmscape.demo.events import Span
from harmscape.demo.settings import Places

COMPLAINT_COLUMNS = (
    "Complaint id", "Received on", "Entered on", "Incident type", "Trader id", "Trader", "Trader council",
    "Stated loss", "Breach", "Driver", "Vulnerable", "Repeat victim", "Cold call", "Easting", "Northing",
    "Agency",
)  # fmt: skip
RENAMED_IN, RENAMED, RENAMED_TO = 2, "Stated loss", "Loss stated"
"""The delivery, counted from 0, in which somebody had given a column another name."""

VISIT_COLUMNS = (
    "Visit id", "Visited on", "Kind", "Trader id", "Trader", "Council", "Outcome", "Easting", "Northing",
)  # fmt: skip
TRADER_COLUMNS = (
    "Trader id", "Trader", "Council", "Trade", "Registered on", "Left on", "Easting", "Northing",
)  # fmt: skip
LICENCE_COLUMNS = (
    "Licence id", "Premises id", "Premises", "Trader id", "Trader", "Council", "Licence", "Licensed from",
    "Easting", "Northing",
)  # fmt: skip


class Books:
    """The complaints of a span as cells of text, made for some rows at a time."""

    def __init__(
        self, complaints: Complaints, filed: Filed, traders: Traders, region: Region, span: Span
    ) -> None:
        self._complaints, self._filed, self._traders = complaints, filed, traders
        self._region, self._span = region, span
        year = np.array([span.day(number).year % 100 for number in range(span.days + 60)])[filed.entered]
        self._id = [f"{REGION_CODE}-{y:02d}-{100_001 + n}" for n, y in enumerate(year.tolist())]
        flat = [name for spellings in traders.spellings for name in spellings]
        self._names = pa.array([*flat, "Not known"])
        self._first_name = np.cumsum([0, *(len(each) for each in traders.spellings)])

    def write(self, path: Path, rows: Ints, as_of: int, *, renamed: bool = False) -> None:
        """One delivery of complaints as CSV, as known at the end of day `as_of`."""
        told, state = self._complaints, state_on(self._complaints, self._filed, rows, as_of)
        missing = self._filed.no_point[rows]
        place, trader = told.place[rows], told.trader[rows]
        columns = [
            pa.array(self._id).take(pa.array(rows)),
            _days(told.day[rows], self._span),
            _days(self._filed.entered[rows], self._span),
            self._titles(rows, state.kind),
            pa.array(
                [self._traders.id(n) if n >= 0 else None for n in state.trader_id.tolist()], pa.string()
            ),
            self._trader_names(rows),
            _council(self._traders.council[trader], self._region, unknown=trader < 0),
            pa.array(told.loss[rows], mask=~told.states_loss[rows]),
            _pick(BREACHES, state.breach),
            _pick(DRIVERS, told.driver[rows]),
            _pick(FLAGS, state.vulnerable),
            _pick(FLAGS, told.repeat[rows]),
            _pick(FLAGS, told.cold_call[rows]),
            pa.array(self._region.places.easting[place], mask=missing),
            pa.array(self._region.places.northing[place], mask=missing),
            _pick(AGENCIES, told.agency[rows]),
        ]
        header = [RENAMED_TO if renamed and name == RENAMED else name for name in COMPLAINT_COLUMNS]
        _write(path, header, columns)

    def _titles(self, rows: Ints, kind: Ints) -> pa.Array:
        """Titles, some in capitals; late in the span some bills go under a type that no list has yet."""
        new = (kind == NEW_TYPE_OF) & (self._complaints.day[rows] >= self._span.days - 31)
        new &= rows % round(1 / NEW_TYPE_SHARE) == 0
        number = np.where(new, len(KINDS), kind + (len(KINDS) + 1) * self._filed.odd_case[rows])
        titles = [kind.title for kind in KINDS]
        return _pick([*titles, NEW_TYPE, *(title.upper() for title in titles)], number)

    def _trader_names(self, rows: Ints) -> pa.Array:
        trader = self._complaints.trader[rows]
        unknown = trader < 0
        said_so = unknown & (rows % 4 == 0)
        at = np.where(
            unknown, len(self._names) - 1, self._first_name[trader] + self._complaints.spelling[rows]
        )
        return pc.if_else(pa.array(unknown & ~said_so), None, self._names.take(pa.array(at)))


def write_visits(
    path: Path, after: int, as_of: int, *, visits: Visits, traders: Traders, region: Region, span: Span
) -> int:
    """One delivery of visits as CSV, from after day `after` to day `as_of`; gives their number."""
    rows = seen.rows_of(visits, after, as_of)
    trader = visits.trader[rows]
    columns = [
        pa.array([f"V{200_001 + number}" for number in rows.tolist()], pa.string()),
        _days(visits.day[rows], span),
        _pick([kind.title for kind in VISIT_KINDS], visits.kind[rows]),
        *_named(trader, traders, region),
        _pick(OUTCOMES, seen.outcome_on(visits, rows, as_of)),
        *_premises(trader, traders, region.places),
    ]
    _write(path, VISIT_COLUMNS, columns)
    return len(rows)


def write_traders(
    path: Path, as_of: int, *, registers: Registers, traders: Traders, region: Region, span: Span
) -> int:
    """The whole register of traders on a day as CSV; gives the number of its rows."""
    rows = listed_traders(registers, traders, as_of)
    left = registers.left_on[rows]
    gone = left <= as_of
    columns = [
        *_named(rows, traders, region),
        _pick([TRADES[each].title for each in BRANCHES], traders.trade[rows]),
        _days(traders.since[rows], span),
        pc.if_else(pa.array(gone), _days(np.where(left == NEVER, 0, left), span), None),
        *_premises(rows, traders, region.places),
    ]
    _write(path, TRADER_COLUMNS, columns)
    return len(rows)


def write_licences(
    path: Path, as_of: int, *, registers: Registers, traders: Traders, region: Region, span: Span
) -> int:
    """The whole register of licensed premises on a day as CSV; gives the number of its rows."""
    rows = listed_licences(registers, traders, as_of)
    holder = registers.holder[rows]
    columns = [
        pa.array([f"L{30_001 + number}" for number in rows.tolist()], pa.string()),
        pa.array([f"P{50_001 + 3 * number}" for number in holder.tolist()], pa.string()),
        pa.array([_shop(traders.name[number]) for number in holder.tolist()], pa.string()),
        *_named(holder, traders, region),
        _pick(LICENCES, registers.licence[rows]),
        _days(registers.licensed_from[rows], span),
        *_premises(holder, traders, region.places),
    ]
    _write(path, LICENCE_COLUMNS, columns)
    return len(rows)


def _named(trader: Ints, traders: Traders, region: Region) -> list[pa.Array]:
    """Number, name and council of some traders."""
    return [
        pa.array([traders.id(number) for number in trader.tolist()], pa.string()),
        pa.array([traders.name[number] for number in trader.tolist()], pa.string()),
        _council(traders.council[trader], region),
    ]


def _premises(trader: Ints, traders: Traders, places: Places) -> list[pa.Array]:
    place = traders.place[trader]
    return [pa.array(places.easting[place]), pa.array(places.northing[place])]


def _shop(name: str) -> str:
    return f"{name.removesuffix(' Ltd')} shop"


def _council(number: Ints, region: Region, *, unknown: NDArray[np.bool_] | None = None) -> pa.Array:
    words = pa.array([*region.councils.name, OUTSIDE])
    text = words.take(pa.array(np.where(number < 0, len(words) - 1, number)))
    return text if unknown is None else pc.if_else(pa.array(unknown), None, text)


def _days(number: Ints, span: Span) -> pa.Array:
    """Days as YYYY-MM-DD."""
    origin = np.datetime64(span.starts, "D")
    return pa.array((origin + number.astype("timedelta64[D]")).astype(str))


def _pick(words: Sequence[str], number: Ints) -> pa.Array:
    return pa.array(list(words)).take(pa.array(np.asarray(number, np.int64)))


def _write(path: Path, header: Sequence[str], columns: Sequence[pa.Array]) -> None:
    """Cells as CSV; a missing one is empty. No cell here holds a comma, a quote or a line break."""
    text = [column.cast(pa.string()) for column in columns]
    lines = pc.binary_join_element_wise(*text, ",", null_handling="replace", null_replacement="")
    body = "\n".join([",".join(header), *lines.to_pylist()]) + "\n"
    path.write_text(body, encoding="utf-8", newline="\n")
