"""A standing as a picture, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harmscape.views.sector_overview import SectorOverview

_INK = {"clearly_high": "#632A14", "not_told_apart": "#8C7B6B", "clearly_low": "#7C8C95"}


def plot_standing(overview: SectorOverview, most: int) -> Any:
    """Bars of harm with their 95% range, most harm first; the title is the finding."""
    try:
        from matplotlib.figure import Figure
    except ImportError as fault:
        raise ImportError("matplotlib is not installed: pip install 'harmscape[plot]'") from fault
    rows = list(overview.areas[:most])[::-1]
    figure = Figure(figsize=(8, 0.6 + 0.28 * len(rows)), layout="constrained")
    axes = figure.subplots()
    harm = [float(row.harm) for row in rows]
    spread = [
        [max(float(row.harm) - row.harm_lo, 0) for row in rows],
        [row.harm_hi - float(row.harm) for row in rows],
    ]
    axes.barh([f"{row.name}  {row.rank} ({row.rank_lo}-{row.rank_hi})" for row in rows], harm,
              xerr=spread, color=[_INK[row.tier] for row in rows], ecolor="#12202B", height=0.7)  # fmt: skip
    axes.set_xlabel(f"harm, {overview.scheme['unit']} (bar: 95% range)")
    axes.set_title(overview.sentence.sure, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
