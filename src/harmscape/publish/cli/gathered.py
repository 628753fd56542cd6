"""The commands that ask how harm gathers: in few places, again near by, in few days."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.clusters_view import Clusters
from harmscape.views.concentration_view import ConcentrationView, Curve
from harmscape.views.concentration_words import percent
from harmscape.views.near_repeat_view import NearRepeats
from harmscape.workspace import open_workspace

_NAME, _SHOWN = 36, 15
_HEAT = {"hot": "▲ hot", "cold": "▽ cold", None: ""}


@click.command(short_help="Is the harm in few places, beyond chance?")
@workspace_option
@click.option(
    "--places",
    default="areas",
    metavar="areas|points|ATTRIBUTE",
    help="The areas of --by; the points of events; or an attribute, such as the street.",
)
@selection_options
@format_options
def concentration(folder: Path, places: str, form: str, out: Path | None, **words: Any) -> None:
    """Is the harm in few places or in many? Beside what chance alone would gather."""
    result = open_workspace(folder).ask("concentration", said(words), places=places)
    if emit(result, form, out):
        return
    assert isinstance(result, ConcentrationView)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(result.descriptor)
    for line in (result.spots_sentence, result.heat_sentence, result.alike_sentence):
        if line:
            click.echo(line)
    screen = console()
    if result.total_events:
        _print_gathered(result, screen)
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _print_gathered(result: ConcentrationView, screen: Any) -> None:
    screen.print()
    screen.print(_curves(result))
    screen.print()
    screen.print(_places(result))
    if result.of > _SHOWN:
        click.echo(f"... of {result.of:,}; --format json gives the first {len(result.places):,}")


def _curves(result: ConcentrationView) -> Any:
    def line(title: str, curve: Curve) -> tuple[str, ...]:
        return (
            title,
            *(
                f"{held.places:,} ({percent(held.part)}; chance {percent(held.chance_part)})"
                for held in (curve.half, curve.most)
            ),
            f"{curve.gini:.2f}",
            f"{curve.excess:+.2f} ({curve.excess_lo:+.2f} to {curve.excess_hi:+.2f})",
        )

    heads = [("", "l"), ("Half is in", "r"), ("80% is in", "r"), ("Gini", "r"), ("Beyond chance", "r")]
    return table("", heads, [line("Harm", result.harm), line("Events", result.events)])


def _places(result: ConcentrationView) -> Any:
    body = [
        (
            cut(each.name, _NAME),
            f"{each.events:,}",
            f"{each.harm:,.0f}",
            percent(each.share),
            "yes" if each.is_spot else "",
            _HEAT[each.heat],
            "" if each.window_ratio is None else f"{each.window_ratio:.1f}",
        )
        for each in result.places[:_SHOWN]
    ]
    first = result.by["title"] if result.kind == "areas" else "Place"
    heads = [(first, "l"), ("Events", "r"), ("Harm", "r"), ("Share", "r"), ("Harm spot", "l"), ("", "l")]
    return table("", [*heads, ("With those around, times usual", "r")], body)


@click.command("near-repeats", short_help="Does one event make another near by likelier?")
@workspace_option
@click.option("--metres", default=None, metavar="N", help="The width of a band of distance. Default: 100.")
@click.option("--days", default=None, metavar="N", help="The width of a band of days. Default: 7.")
@selection_options
@format_options
def near_repeats(
    folder: Path, metres: str | None, days: str | None, form: str, out: Path | None, **words: Any
) -> None:
    """Is there more near one event, soon after it, than by chance?"""
    asked = {key: value for key, value in (("metres", metres), ("days", days)) if value is not None}
    result = open_workspace(folder).ask("near_repeats", said(words), **asked)
    if emit(result, form, out):
        return
    assert isinstance(result, NearRepeats)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"{result.descriptor} {result.paired.incidents:,} incidents paired.")
    body = [
        (
            "same place" if band.metres_to <= 1 else f"{band.metres_from:,.0f}–{band.metres_to:,.0f} m",
            f"{band.gap_from}–{band.gap_to} {result.unit}",
            f"{band.pairs:,}",
            f"{band.chance:,.1f}",
            "" if band.ratio is None else f"{band.ratio:.2f}",
            "▲ more than chance" if band.is_more else "",
        )
        for band in result.bands
    ]
    heads = [("Distance", "l"), ("Apart by", "l"), ("Pairs", "r"), ("By chance", "r"), ("Times", "r")]
    if result.paired.incidents > 1:
        screen = console()
        screen.print()
        screen.print(table("", [*heads, ("", "l")], body))
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Is this cluster of deaths more than bad luck?")
@workspace_option
@click.option("--days", default=None, metavar="N", help="The length of a stretch of days. Default: 28.")
@selection_options
@format_options
def clusters(folder: Path, days: str | None, form: str, out: Path | None, **words: Any) -> None:
    """Is this cluster in time more than bad luck? For rare events: name them with --measure."""
    asked = {} if days is None else {"days": days}
    result = open_workspace(folder).ask("clusters", said(words), **asked)
    if emit(result, form, out):
        return
    assert isinstance(result, Clusters)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"{result.descriptor} {result.tested:,} areas with two events or more were tested.")
    body = [
        (
            cut(each.name, _NAME),
            f"{each.events:,} of {each.of:,}",
            f"{each.starts} to {each.ends}",
            f"{each.usual:.2f}",
            f"{each.p:.4f}",
            "▲ beyond chance" if each.is_more else "",
        )
        for each in result.windows[:_SHOWN]
    ]
    heads = [(result.by["title"], "l"), (f"Most in {result.days} days", "r"), ("When", "l"), ("Usual", "r")]
    screen = console()
    screen.print()
    screen.print(table("", [*heads, ("Chance", "r"), ("", "l")], body))
    notes(result.warnings, "Mind:")
    receipt_line(result)
