"""A standing as a person reads it: the finding first, then tiers, places with ranges, harm with its range."""

from __future__ import annotations

import click

from harmscape.publish.cli.show import console, cut, notes, receipt_line, table, tier_words
from harmscape.views.composition import Composition
from harmscape.views.sector_overview import SectorOverview

_SHOWN, _NAME = 25, 30


def show_standing(result: SectorOverview, *, every: bool = False) -> None:
    """A standing for a person: the finding first, then tiers, places with ranges, harm with its range."""
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(result.descriptor)
    shown = result.areas if every else result.areas[:_SHOWN]
    before = any(area.before for area in shown)
    rate = any(area.rate is not None for area in shown)
    columns = [
        ("Place", "r"),
        ("90%", "l"),
        (result.by["title"], "l"),
        ("Code", "l"),
        ("Tier", "l"),
        ("Events", "r"),
        ("Harm", "r"),
        ("95% range", "l"),
        ("Shrunk", "r"),
        (f"In top {result.k}", "r"),
        ("Volume", "r"),
    ]
    columns += [("Per 1,000", "r")] if rate else []
    columns += [("Before", "r")] if before else []
    rows = []
    for area in shown:
        row = [
            area.rank,
            f"({area.rank_lo}–{area.rank_hi})",
            cut(area.name, _NAME),
            "" if area.area_id == area.name else area.area_id,
            tier_words(area.tier),
            f"{area.events:,}",
            f"{area.harm:,.0f}",
            f"{area.harm_lo:,.0f}–{area.harm_hi:,.0f}",
            f"{area.shrunk:,.0f}",
            f"{area.p_top_k:.0%}",
            area.volume_rank,
        ]
        row += [f"{area.rate:,.0f}" if area.rate is not None else ""] if rate else []
        row += [f"{area.before.harm:,.0f}" if area.before else ""] if before else []
        rows.append(row)
    screen = console()
    screen.print()
    screen.print(table("", columns, rows))
    if len(shown) < len(result.areas):
        click.echo(f"... and {len(result.areas) - len(shown):,} more; --all lists them")
    unit = result.scheme["unit"]
    click.echo(f"\n{_nowhere(result)}: {result.unplaced.events:,} events, {result.unplaced.harm:,.0f} {unit}")
    if result.composition is not None:
        _show_composition(result.composition, unit)
    elif result.by["kind"] == "entity" and result.overlap:
        click.echo(
            f"Counted for several {result.by['plural'].lower()}: {result.overlap:,.0f} {unit} beyond the"
            " total; --shared split divides them"
        )
    if result.rare.events:
        click.echo(
            f"Rare and huge: {result.rare.events:,} events ({', '.join(result.rare.titles)}) make"
            f" {result.rare.harm:,.0f} {unit}; --apart sets them apart"
        )
    notes(result.warnings, "Mind:")
    notes(result.coverage, "What this score does not contain:")
    receipt_line(result)


def _nowhere(result: SectorOverview) -> str:
    """What the events are called that belong to none of the ranked."""
    if result.by["kind"] == "area":
        return "UNPLACED, in no area"
    return f"With no {result.by['title'].lower()}"


def _show_composition(made: Composition, unit: str) -> None:
    """The measures of a sum, each by itself, then both sums and what lies between them."""
    rows = [[each.title, each.kind, f"{each.events:,}", f"{each.harm:,.0f}"] for each in made.measures]
    rows += [
        ["As published, added up", "", "", f"{made.published:,.0f}"],
        ["counted more than once", "", "", f"-{made.overlap:,.0f}"],
        ["Distinct, each event once", "", "", f"{made.distinct:,.0f}"],
    ]
    screen = console()
    screen.print()
    screen.print(
        table("", [("Measure", "l"), ("Kind", "l"), ("Events", "r"), (unit.capitalize(), "r")], rows)
    )
