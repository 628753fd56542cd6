"""Other partners' systems: the anonymous line, trading standards, the ambulance service and the council."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from harmscape.demo.cells import day_cells, day_words, moment, numbered, pick, write_table
from harmscape.demo.events import Span
from harmscape.demo.grades import chosen
from harmscape.demo.partners import Kind, Reports
from harmscape.demo.settings import SETTINGS, Places, Setting

Words = tuple[tuple[str, float], ...]


class Feed(NamedTuple):
    """One partner's files.

    stem: the end of their names. share: of all events of the force. id, when, what: the names of its first
    three columns; has_time: whether it tells the minute. extra: more columns, each with words by their share.
    """

    stem: str
    prefix: str
    share: float
    id: str
    when: str
    has_time: bool
    what: str
    kinds: tuple[Kind, ...]
    extra: tuple[tuple[str, Words], ...]


def _kinds(setting: Setting, rhythm: str, words: Words) -> tuple[Kind, ...]:
    return tuple(Kind(name, share, setting, rhythm, (("", 1.0),)) for name, share in words)


FEEDS = (
    Feed("line", "TN-", 0.006, "Report id", "Received", True, "Subject",
         _kinds(SETTINGS["estate"], "any", (
             ("Drug dealing", 0.62), ("Cannabis growing", 0.12), ("Firearms", 0.08), ("Stolen goods", 0.07),
             ("Wanted person", 0.06), ("Modern slavery", 0.05))),
         (("Passed to", (("Northshire Police", 0.9), ("Harbour Ports Unit", 0.04),
                         ("Trading standards", 0.06))),)),
    Feed("trading-standards", "TS-", 0.002, "Case number", "Opened on", False, "Category",
         _kinds(SETTINGS["shop"], "daytime", (
             ("Illicit tobacco", 0.38), ("Illicit vapes", 0.24), ("Counterfeit goods", 0.16),
             ("Sale to a child", 0.12), ("Unsafe goods", 0.10))),
         (("Premises", (("Shop", 0.68), ("Home", 0.16), ("Market stall", 0.09), ("Storage unit", 0.07))),
          ("Outcome", (("Goods seized", 0.46), ("Advice", 0.32), ("No further action", 0.16),
                       ("Prosecution", 0.06))))),
    Feed("ambulance", "AMB-", 0.012, "Call id", "Time of call", True, "Nature",
         _kinds(SETTINGS["night"], "night", (
             ("Assault", 0.60), ("Overdose", 0.32), ("Stab wound", 0.07), ("Gunshot wound", 0.01))),
         (("Conveyed", (("Yes", 0.71), ("No", 0.29))),)),
    Feed("council-asb", "ASB-", 0.018, "Report number", "Reported on", False, "Kind",
         _kinds(SETTINGS["street"], "evening", (
             ("Noise", 0.41), ("Fly-tipping", 0.22), ("Rowdy behaviour", 0.16), ("Vehicle nuisance", 0.09),
             ("Drug litter", 0.07), ("Vandalism", 0.05))),
         (("Told by", (("Resident", 0.79), ("Warden", 0.15), ("Councillor", 0.06))),)),
)  # fmt: skip


def write_feed(
    path: Path, after: int, as_of: int, *, feed: Feed, reports: Reports, extra: dict[str, pa.Array],
    places: Places, span: Span,
) -> int:  # fmt: skip
    """One delivery of a partner's events, from after day `after` to day `as_of`; gives their number."""
    day = reports.minute // 1440
    rows = np.flatnonzero((day > after) & (day <= as_of))
    place, missing = reports.place[rows], ~reports.located[rows]
    when = moment(day_words(span), reports.minute[rows]) if feed.has_time else day_cells(span, day[rows])
    return write_table(path, {
        feed.id: numbered(feed.prefix, rows + 1, 6),
        feed.when: when,
        feed.what: pick([kind.name for kind in feed.kinds], reports.kind[rows]),
        "Easting": pa.array(places.easting[place], mask=missing),
        "Northing": pa.array(places.northing[place], mask=missing),
        **{name: cells.take(pa.array(rows)) for name, cells in extra.items()},
    })  # fmt: skip


def extra_cells(feed: Feed, count: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    """The cells of a feed's further columns for all its events."""
    never = np.zeros(count, bool)
    return {name: chosen(words, never, rng) for name, words in feed.extra}
