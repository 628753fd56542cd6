"""The command that asks how much is to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.forecast_result import BackTested, Forecast, Where
from harmscape.workspace import open_workspace

_NAME, _SHOWN = 30, 20


@click.command(short_help="How much is to come, and was the method right?")
@workspace_option
@selection_options
@format_options
def forecast(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """How much is to come? The next year and four years on, with ranges and how often the method was right.

    --areas CODE tells one area; without it, all of them, which add up to the total.
    """
    result = open_workspace(folder).ask("forecast", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Forecast)
    click.echo(click.style(str(result.sentence), bold=True))
    if result.years:
        _show_years(result)
        _show_areas(result)
        _show_measures(result)
    for tested in result.back_tests:
        _show_back_test(tested, result.unit)
    if result.where:
        _show_where(result.where)
    notes(result.how, "How it was made:")
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _show_years(result: Forecast) -> None:
    rows = [
        (
            f"{year.starts} to {year.ends}",
            f"{year.events:,}",
            _range(year.lo_80, year.hi_80),
            _range(year.lo_95, year.hi_95),
            f"{year.harm:,.0f}",
            _range(year.harm_lo, year.harm_hi),
            f"{year.held_80} of {year.tests}" if year.tests else "untested",
        )
        for year in result.years
    ]
    heads = [("Year", "l"), ("Events", "r"), ("80%", "l"), ("95%", "l"), ("Harm", "r"), ("95%", "l")]
    screen = console()
    screen.print()
    screen.print(table(f"Last year: {result.last_year:,}", [*heads, ("Right so far ahead, 80%", "l")], rows))


def _show_areas(result: Forecast) -> None:
    listed = sorted(result.areas, key=lambda area: (-area.next_year, area.area_id))
    shown = [*listed[:_SHOWN], *([result.unplaced] if result.unplaced else [])]
    rows = [
        (
            cut(area.name, _NAME),
            f"{area.last_year:,}",
            f"{area.next_year:,}",
            _range(area.next_lo, area.next_hi),
            "" if area.final is None else f"{area.final:,}",
            _range(area.final_lo, area.final_hi),
            f"{area.harm:,.0f}",
        )
        for area in shown
    ]
    heads = [(result.by["title"], "l"), ("Last year", "r"), ("Next year", "r"), ("95%", "l")]
    screen = console()
    screen.print()
    last = [(f"Year {len(result.years)}", "r"), ("95%", "l"), ("Harm next year", "r")]
    screen.print(table("", [*heads, *last], rows))
    if len(listed) > _SHOWN:
        click.echo(f"... and {len(listed) - _SHOWN:,} more; --format csv gives them all")


def _show_measures(result: Forecast) -> None:
    if not result.measures:
        return
    rows = [
        (
            cut(each.title, _NAME),
            "" if each.last_year is None else f"{each.last_year:,}",
            "too little known" if each.next_year is None else f"{each.next_year:,}",
            _range(each.next_lo, each.next_hi),
            "" if each.final is None else f"{each.final:,}",
            _range(each.final_lo, each.final_hi),
            each.method or "untested",
        )
        for each in result.measures
    ]
    heads = [("Measure", "l"), ("Last year", "r"), ("Next year", "r"), ("95%", "l")]
    screen = console()
    screen.print()
    last = [(f"Year {len(result.years)}", "r"), ("95%", "l"), ("Method", "l")]
    screen.print(table("", [*heads, *last], rows))


def _show_back_test(tested: BackTested, unit: str) -> None:
    what = unit if tested.of == "harm" else "events"
    rows = [
        (
            ("* " if each.is_chosen else "  ") + each.title,
            f"{each.forecasts:,}",
            f"{each.crps:,.1f}",
            f"{each.error:,.1f}",
            f"{each.held_80 / each.forecasts:.0%}",
            f"{each.held_95 / each.forecasts:.0%}",
        )
        for each in tested.methods
    ]
    heads = [("Method (* shown)", "l"), ("Tested", "r"), (f"CRPS, {what}", "r"), ("Mean error", "r")]
    verdict = "beats last year's count" if tested.is_better else "does not beat last year's count"
    if tested.chosen == "last_year":
        verdict = "no method beats last year's count by enough"
    screen = console()
    screen.print()
    screen.print(
        table(
            f"Back-test by {tested.unit}, {tested.title}: {verdict}",
            [*heads, ("In 80%", "r"), ("In 95%", "r")],
            rows,
        )
    )


def _show_where(where: Where) -> None:
    rows = [
        (cut(area.name, _NAME), f"{area.forecast:,.1f}", f"{area.came:,}", f"{area.rank_came:,}")
        for area in where.areas
    ]
    heads = [("Forecast to have most", "l"), ("Forecast", "r"), ("Came", "r"), ("Place it took", "r")]
    screen = console()
    screen.print()
    screen.print(table(f"Where it would be most, {where.starts} to {where.ends}", heads, rows))
    figures = [("hit rate", where.hit_rate), ("PAI", where.pai), ("PEI", where.pei), ("RRI", where.rri)]
    click.echo("; ".join(f"{name} {value:.3f}" for name, value in figures if value is not None))
    before = [
        ("hit rate", where.last_year_hit_rate),
        ("PAI", where.last_year_pai),
        ("PEI", where.last_year_pei),
    ]
    told = "; ".join(f"{name} {value:.3f}" for name, value in before if value is not None)
    click.echo(f"last year's count: {told}. Ties: {where.tie_order}")


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:,.0f}–{high:,.0f}"
