"""What was planted, so that statistics can be tested against it: true rates, true ranks, the high sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import numpy as np

from harmscape.demo import records
from harmscape.demo.changes import Change, changed_by_sector
from harmscape.demo.deliveries import month_end
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.levels import Level
from harmscape.demo.names import FORCE_NAME
from harmscape.demo.offences import CODES, NUMBER, OFFENCES, WEIGHT_SOURCES, Offence
from harmscape.demo.partners import DEATHS, KINDS
from harmscape.demo.rates import HIGH_SECTORS, Doubling, Rates, weights, with_companions
from harmscape.demo.rhythm import RHYTHMS, day_shares
from harmscape.demo.terrain import Floats

NOTE = (
    f"{FORCE_NAME} is invented: every place, number and event. Any likeness to a real place, person or "
    "crime is an accident. These are the rates the events were drawn from, not counts of what was drawn."
)


def tell_truth(
    rates: Rates,
    partner: Floats,
    land: Land,
    span: Span,
    doubling: Doubling | None,
    changes: Sequence[Change] = (),
) -> dict[str, Any]:
    """The content of truth.json.

    Expected crimes are those of the finished record: reclassified, before the cancelled and withdrawn shares
    and the records still to come are taken off, located or not.
    """
    sectors, years = land.sectors, span.days / 365.25
    year = expected_last_12_months(rates, sectors, span, doubling)
    for change in changes:
        year += changed_by_sector(rates, land, span, change, _last_12_months(span))
    harm = weights() @ year
    rank = 1 + (harm[:, None] < harm).sum(axis=1)
    by_kind = np.array([np.bincount(land.sector_of_place, row, len(sectors.code)) for row in partner])
    return {
        "note": NOTE,
        "starts": span.starts.isoformat(),
        "ends": span.ends.isoformat(),
        "high_sectors": list(HIGH_SECTORS),
        "weights": {offence.code: offence.weight for offence in OFFENCES},
        "weight_sources": {offence.code: WEIGHT_SOURCES[offence.vintage] for offence in OFFENCES},
        "crimes_per_year": _table(with_companions(rates.by_sector) / years, sectors, CODES),
        "expected_crimes_last_12_months": _table(year, sectors, CODES),
        "harm_last_12_months": {
            code: round(float(value), 3) for code, value in zip(sectors.code, harm, strict=True)
        },
        "true_rank": {code: int(value) for code, value in zip(sectors.code, rank, strict=True)},
        "doubled": None if doubling is None else asdict(doubling) | {"starts": doubling.starts.isoformat()},
        "rare_serious": [offence.code for offence in OFFENCES if _is_rare_serious(offence)],
        "mass_trivial": [offence.code for offence in OFFENCES if _is_mass_trivial(offence)],
        "partner_events_per_year": _table(
            by_kind / years, sectors, tuple(kind.name for kind in (*KINDS, *DEATHS))
        ),
        "no_location_share": records.NO_LOCATION_SHARE,
        "reclassified_share": records.RECLASSIFIED_SHARE,
        "cancelled_share": records.CANCELLED_SHARE,
        "withdrawn_share": records.WITHDRAWN_SHARE,
    }


def expected_last_12_months(rates: Rates, sectors: Level, span: Span, doubling: Doubling | None) -> Floats:
    """Offences x sectors: the crimes to expect in the last twelve months of the span, doubling included."""
    begins = _last_12_months(span)
    leading = np.empty_like(rates.by_sector)
    for number, offence in enumerate(OFFENCES):
        leading[number] = rates.by_sector[number] * _share_from(begins, offence.rhythm, span)
    expected = with_companions(leading)
    if doubling is not None:
        number, here = NUMBER[doubling.code], sectors.code.index(doubling.sector)
        after = max(begins, span.number(doubling.starts))
        share = _share_from(after, OFFENCES[number].rhythm, span)
        expected[number, here] += (doubling.ratio - 1) * rates.by_sector[number, here] * share
    return expected


def _last_12_months(span: Span) -> int:
    return max(span.number(month_end(span.ends, -12) + timedelta(days=1)), 0)


def _share_from(first: int, rhythm: str, span: Span) -> float:
    """The share of a span's crimes that fall on day `first` or later."""
    return float(day_shares(RHYTHMS[rhythm], span.starts, span.days)[first:].sum())


def _is_rare_serious(offence: Offence) -> bool:
    """Fewer than one crime in a thousand, and two thousand points and more."""
    return offence.share < 100 and offence.weight >= 2_000


def _is_mass_trivial(offence: Offence) -> bool:
    """More than two crimes in a hundred, and fifteen points and less."""
    return offence.share > 2_000 and offence.weight <= 15


def _table(values: Floats, sectors: Level, columns: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Rows x sectors as {sector: {row: value}}, to 6 places."""
    return {
        code: dict(zip(columns, (round(float(value), 6) for value in values[:, number]), strict=True))
        for number, code in enumerate(sectors.code)
    }
