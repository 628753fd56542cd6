"""The commands that compare: two sides, one measure over time, areas by size, areas by quarter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.model.errors import SelectionError
from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.chart import Chart
from harmscape.views.classes_view import Classes
from harmscape.views.compare import Compare
from harmscape.views.compared import Pair
from harmscape.views.funnel_view import FunnelView
from harmscape.views.steps import step_name
from harmscape.views.tested import WORDS
from harmscape.workspace import open_workspace

_NAME, _SHOWN = 34, 25


@click.command(short_help="Do these two differ?")
@workspace_option
@selection_options
@click.option(
    "--b",
    "second",
    multiple=True,
    metavar="WORD=VALUE",
    help="A word of the second side, e.g. --b to=2025-10 or --b areas=S07. Repeat for more.",
)
@click.option(
    "--tested",
    type=click.Choice(["baseline", "pair"]),
    help="Test A against the 36 months before it, or against B. Default: what the sides call for.",
)
@format_options
def compare(
    folder: Path, form: str, out: Path | None, second: tuple[str, ...], tested: str | None, **words: Any
) -> None:
    """Do two periods, two areas or two selections differ? Counts, harm and rate, tested together."""
    other: dict[str, Any] = {}
    for term in second:
        word, equals, value = term.partition("=")
        if not equals or not value:
            raise SelectionError(f"expected --b word=value, such as --b areas=S07, got {term[:40]!r}")
        other[f"b.{word.strip().replace('-', '_')}"] = value.strip()
    if tested:
        other["tested"] = tested
    result = open_workspace(folder).ask("compare", said(words), **other)
    if emit(result, form, out):
        return
    assert isinstance(result, Compare)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(
        f"A: {_side(result.a, result.b)}. B: {_side(result.b, result.a)}. Tested against {result.against}."
    )
    if result.lag:
        click.echo(result.lag)
    if any(line.harm for line in result.lines):
        click.echo("Counts are as recorded; harm of B is told as if it had A's length and size.")
    heads = [("", "l"), ("A", "r"), ("B", "r"), ("Expected", "r"), ("Ratio", "r"), ("Count", "l")]
    heads += [(f"Harm A, {result.unit}", "r"), ("B", "r"), ("Difference, 95%", "r"), ("Harm", "l")]
    screen = console()
    screen.print()
    screen.print(table("", heads, [_line(line) for line in result.lines[:_SHOWN]]))
    if len(result.lines) > _SHOWN:
        click.echo(f"... and {len(result.lines) - _SHOWN:,} more; --format json gives them all")
    named = [
        " ".join(filter(None, (each.day, each.category, each.area, each.reference)))
        for each in result.happened
    ]
    notes(named, "Too few to be tested; what happened:")
    notes([*([result.pooled] if result.pooled else []), *result.warnings], "Mind:")
    receipt_line(result)


@click.command(short_help="Is it steady, and since when not?")
@workspace_option
@selection_options
@format_options
def chart(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Is it steady? A control chart of one measure, in the areas named or in all."""
    result = open_workspace(folder).ask("chart", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Chart)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"{result.title}. Baseline: {result.baseline}.")
    screen = console()
    if result.kind == "u":
        body = [
            (
                ("> " if step.in_window else "") + step_name(step),
                "missing" if step.events is None else f"{step.events:,}",
                "" if step.lo is None or step.hi is None else f"{step.lo:,.0f}–{step.hi:,.0f}",
                "" if step.known > 0.9995 else f"{step.known:.0%}",
                "; ".join(step.signals),
            )
            for step in result.steps
        ]
        screen.print(
            table("", [("", "l"), ("Events", "r"), ("Limits", "r"), ("Known", "r"), ("", "l")], body)
        )
    elif result.kind == "g":
        gaps = [(str(gap.day), f"{gap.days:,}", "; ".join(gap.signals)) for gap in result.gaps]
        screen.print(table("", [("Event on", "l"), ("Days since the one before", "r"), ("", "l")], gaps))
    click.echo(f"\n{result.rules}")
    notes([*([result.lag] if result.lag else []), *result.warnings], "Mind:")
    receipt_line(result)


@click.command(short_help="For its size, is it more than chance?")
@workspace_option
@selection_options
@click.option("--basis", type=click.Choice(["residents", "events"]), help="What harm is set against.")
@format_options
def funnel(folder: Path, form: str, out: Path | None, basis: str | None, **words: Any) -> None:
    """For its size, is an area further out than chance puts it? Limits of 95% and 99.8%."""
    options = {"basis": basis} if basis else {}
    result = open_workspace(folder).ask("funnel", said(words), **options)
    if emit(result, form, out):
        return
    assert isinstance(result, FunnelView)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(result.note)
    body = [
        (
            cut(point.name, _NAME),
            f"{point.size:,.0f}",
            f"{point.value:,.1f}",
            f"{point.lo_95:,.1f}–{point.hi_95:,.1f}",
            f"{point.lo_998:,.1f}–{point.hi_998:,.1f}",
            ("above" if point.z > 0 else "below") if point.is_apart else "",
        )
        for point in result.points[:_SHOWN]
    ]
    heads = [(result.by["title"], "l"), (result.along.capitalize(), "r"), ("Figure", "r"), ("95%", "r")]
    screen = console()
    screen.print()
    screen.print(table("", [*heads, ("99.8%", "r"), ("Apart", "l")], body))
    if len(result.points) > _SHOWN:
        click.echo(f"... and {len(result.points) - _SHOWN:,} more; --format json gives them all")
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Always high, newly high, no longer high?")
@workspace_option
@selection_options
@format_options
def classes(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Which areas are high quarter after quarter, newly, or no longer?"""
    result = open_workspace(folder).ask("classes", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Classes)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"{len(result.periods)} quarters from {result.periods[0]:%B %Y}. {result.share}")
    body = [
        (
            cut(area.name, _NAME),
            area.kind,
            "".join("?" if each is None else "■" if each else "·" for each in area.high),
        )
        for area in result.areas
        if area.kind != "none"
    ]
    screen = console()
    screen.print()
    screen.print(
        table("", [(result.by["title"], "l"), ("Class", "l"), ("Quarters, oldest first", "l")], body)
    )
    click.echo(f"\n{result.rule}")
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _line(line: Pair) -> tuple[str, ...]:
    harm = line.harm
    expected = (
        f"{line.expected_lo:,}–{line.expected_hi:,}"
        if line.expected_lo is not None
        else f"{line.expected:,.1f}"
    )
    told = (
        ("", "", "", "")
        if harm is None
        else (
            f"{harm.a:,.0f}",
            f"{harm.b:,.0f}",
            f"{harm.difference_lo:+,.0f} to {harm.difference_hi:+,.0f}",
            WORDS[harm.verdict],
        )
    )
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    counts = (f"{line.a_events:,}", f"{line.b_events:,}", expected, ratio)
    return (cut(line.title, _NAME), *counts, WORDS[line.verdict], *told)


def _side(own: Any, other: Any) -> str:
    """A side by the words in which it differs from the other."""
    words = {key: value for key, value in own.items() if other.get(key) != value}
    told = [f"{key} {value}" for key, value in words.items()]
    return ", ".join(told) or "the same"
