"""The commands that ask where harm gathers, whatever the borders, and whether it is still there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.concentration_beside import Beside
from harmscape.views.concentration_shift import Shift
from harmscape.views.concentration_surface import Surface
from harmscape.views.concentration_surface_words import size_words
from harmscape.views.concentration_words import percent
from harmscape.workspace import open_workspace

_NAME, _SHOWN, _MOST = 36, 15, 40
_WAYS = {"gained": "▲ clearly more", "lost": "▽ clearly less", None: ""}


@click.command(short_help="Where is the heart of it, whatever the borders?")
@workspace_option
@click.option(
    "--bandwidth", default=None, metavar="METRES", help="How smooth: 100 to 10000. Default: told by the data."
)
@click.option("--what", type=click.Choice(["harm", "events"]), default=None, help="Default: harm.")
@selection_options
@format_options
def surface(
    folder: Path, bandwidth: str | None, what: str | None, form: str, out: Path | None, **words: Any
) -> None:
    """Where is harm dense, whatever the borders? With --against beside another period, with --per beside
    residents."""
    asked = {key: value for key, value in (("bandwidth", bandwidth), ("what", what)) if value is not None}
    result = open_workspace(folder).ask("surface", said(words), **asked)
    if emit(result, form, out):
        return
    assert isinstance(result, Surface)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"{result.descriptor} {result.incidents:,} incidents with a point.")
    if result.bands:
        click.echo(f"Kernel of {result.bandwidth_m:,.0f} metres: {result.bandwidth_said}.")
    screen = console()
    if result.hearts:
        screen.print()
        screen.print(_hearts(result))
    if result.hearts_of > len(result.hearts):
        click.echo(f"... of {result.hearts_of:,} places; --format csv gives the densest cells")
    if result.beside is not None:
        _print_beside(result.beside, screen)
    notes(result.warnings, "Mind:")
    receipt_line(result)


def _hearts(result: Surface) -> Any:
    body = [
        (
            str(each.no),
            cut(each.name, _NAME),
            size_words(each.km2),
            f"{each.events:,}",
            f"{each.harm:,.0f}",
            percent(each.share),
            percent(each.largest),
        )
        for each in result.hearts
    ]
    heads = [("", "r"), ("Around", "l"), ("Land", "r"), ("Events", "r"), ("Harm", "r"), ("Share", "r")]
    return table("", [*heads, ("Of which one incident", "r")], body)


def _print_beside(beside: Beside, screen: Any) -> None:
    click.echo(f"\n{click.style(str(beside.sentence), bold=True)}")
    click.echo(
        f"Kernel of {beside.bandwidth_m:,.0f} metres; enough lies to tell on {percent(beside.known_part)}"
        f" of the land, which holds {percent(beside.known_share)} of it."
    )
    if not beside.spots:
        return
    body = [
        (
            cut(each.name, _NAME),
            size_words(each.km2),
            f"{each.incidents:,}",
            percent(each.share),
            percent(each.usual),
            "" if each.ratio is None else f"{each.ratio:.1f}",
            "▲ clearly more" if each.is_more else "▽ clearly less",
        )
        for each in beside.spots
    ]
    heads = [
        ("Around", "l"),
        ("Land", "r"),
        ("Incidents", "r"),
        ("Share", "r"),
        ("Usual", "r"),
        ("Times", "r"),
    ]
    screen.print()
    screen.print(table("", [*heads, ("", "l")], body))


@click.command(short_help="Is it in the same places as before?")
@workspace_option
@selection_options
@format_options
def shift(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Is it in the same places as before, whatever its level? --against names another time."""
    result = open_workspace(folder).ask("shift", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Shift)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(
        f"{result.descriptor} S = {result.s:.2f} (the part of areas whose share is as it was);"
        f" by Andresen's resampling, which allows for no number of areas, {result.s_andresen:.2f}."
    )
    body = [
        (
            cut(each.name, _NAME),
            f"{each.before:,}",
            f"{each.after:,}",
            percent(each.share_before),
            percent(each.share_after),
            f"{each.q:.3f}",
            _WAYS[each.way],
        )
        for each in result.areas[: min(max(_SHOWN, result.gained + result.lost), _MOST)]
    ]
    heads = [(result.by["title"], "l"), ("Before", "r"), ("Now", "r"), ("Share then", "r"), ("Now", "r")]
    screen = console()
    screen.print()
    screen.print(table("", [*heads, ("Surety", "r"), ("", "l")], body))
    if result.of > len(body):
        click.echo(f"... of {result.of:,}; --format json gives the first {len(result.areas):,}")
    notes(result.warnings, "Mind:")
    receipt_line(result)
