"""Commands that ask: rank, place, rows, health, weights, reproduce."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from harmscape.model.errors import HarmscapeError
from harmscape.model.receipt import Receipt
from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.rows_table import fit_rows, plain_number
from harmscape.publish.cli.show import (
    console,
    emit,
    export_whole,
    notes,
    receipt_line,
    table,
)
from harmscape.publish.cli.standing import show_standing
from harmscape.views.data_health import DataHealth
from harmscape.views.drilldown import MOST, Rows
from harmscape.views.hours import Week
from harmscape.views.place_profile import PlaceProfile
from harmscape.views.row_lines import SORTS
from harmscape.views.scheme_view import SchemeView
from harmscape.views.sector_overview import SectorOverview
from harmscape.views.stability_view import StabilityView
from harmscape.workspace import open_workspace

_SHOWN, _NAME = 25, 30


@click.command(short_help="Where is the harm? Every area in its standing.")
@workspace_option
@selection_options
@format_options
@click.option("--all", "every", is_flag=True, help="List every area in the table, not only the first.")
def rank(folder: Path, form: str, out: Path | None, every: bool, **words: Any) -> None:
    """Where is the harm? Every area in its standing, with the range its place could be."""
    workspace = open_workspace(folder)
    if export_whole(workspace, "rank", form, out, said(words)):
        return
    result = workspace.ask("rank", said(words))
    if not emit(result, form, out):
        assert isinstance(result, SectorOverview)
        show_standing(result, every=every)


@click.command(short_help="What is this place like?")
@click.argument("area")
@workspace_option
@selection_options
@format_options
def place(area: str, folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """What is this place like? The profile of AREA, by code or name."""
    result = open_workspace(folder).ask("place", {**said(words), "areas": [area]})
    if emit(result, form, out):
        return
    assert isinstance(result, PlaceProfile)
    standing = result.standing
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(
        f"{standing.events:,} events, harm {standing.harm:,.0f}"
        f" ({standing.harm_lo:,.0f}–{standing.harm_hi:,.0f}),"
        f" place {standing.volume_rank} by volume"
    )
    rows = [
        (
            part.title,
            f"{part.events:,}",
            f"{part.harm:,.0f}" if part.harm is not None else "no weight",
            f"{part.harm_lo:,.0f}–{part.harm_hi:,.0f}"
            if part.harm_lo is not None
            else "one event"
            if part.events == 1
            else "counted"
            if part.harm
            else "",
            f"{part.share:.1%}" if part.share is not None else "",
        )
        for part in result.parts
    ]
    screen = console()
    screen.print()
    screen.print(
        table("", [("Category", "l"), ("Events", "r"), ("Harm", "r"), ("95%", "l"), ("Share", "r")], rows)
    )
    if result.below:
        below = [(a.name, a.area_id, f"{a.events:,}", f"{a.harm:,.0f}") for a in result.below.areas[:10]]
        screen.print(
            table(
                f"\n{result.below.by.title} within",
                [("Name", "l"), ("Code", "l"), ("Events", "r"), ("Harm", "r")],
                below,
            )
        )
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Which rows make a figure?")
@workspace_option
@selection_options
@format_options
@click.option(
    "--sort", type=click.Choice(list(SORTS)), default="day", help="Sort by this column. Default: day."
)
@click.option(
    "--descending/--ascending", default=True, help="Newest or most first (default), or the other way."
)
@click.option("--offset", type=int, default=0, help="Skip this many rows.")
@click.option("--limit", type=int, default=25, help=f"Rows to show, at most {MOST:,}. Default: 25.")
@click.option("--search", default="", metavar="TEXT", help="Only rows with this in one of their texts.")
def rows(
    folder: Path,
    form: str,
    out: Path | None,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
    search: str,
    **words: Any,
) -> None:
    """Which rows make a figure? The events of a selection, each with its file and line.

    --format xlsx and geojson write every row of the selection, not a page of them.
    """
    workspace = open_workspace(folder)
    order: dict[str, Any] = {"sort": sort, "descending": descending, "search": search}
    if export_whole(workspace, "rows", form, out, said(words), **order):
        return
    result = workspace.ask("rows", said(words), **order, offset=offset, limit=limit)
    if emit(result, form, out):
        return
    assert isinstance(result, Rows)
    screen = console()
    screen.print(table("", *fit_rows(result, screen.width)))
    first = result.offset + 1 if result.lines else 0
    click.echo(
        f"\nrows {first:,}–{result.offset + len(result.lines):,}; all {result.total.events:,}"
        f" sum to harm {plain_number(result.total.harm)}"
    )
    if result.withheld:
        click.echo(f"{result.withheld:,} rows are counted and may not be opened in your role")
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="When does it happen?")
@workspace_option
@selection_options
@format_options
def hours(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """When does it happen? Events by weekday and hour."""
    result = open_workspace(folder).ask("hours", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Week)
    click.echo(click.style(str(result.sentence), bold=True))
    if result.hours:
        body = [
            (each.day, f"{each.events:,}", *(str(count or "") for count in row))
            for each, row in zip(result.days, result.hours.cells, strict=True)
        ]
        heads = [("Day", "l"), ("Events", "r"), *((f"{hour:02d}", "r") for hour in range(24))]
        console().print(table("", heads, body))
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Can these figures be trusted?")
@workspace_option
@selection_options
@format_options
def health(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Can these figures be trusted? What came, what was refused, what is missing."""
    result = open_workspace(folder).ask("health", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, DataHealth)
    click.echo(click.style(str(result.sentence), bold=True))
    body = [
        (
            s.title,
            s.files,
            f"{s.rows:,}",
            s.first or "",
            s.last or "",
            f"{s.rejected:,}",
            f"{s.unplaced:,}",
            sum(month.gap for month in s.months),
            s.as_of or "",
        )
        for s in result.sources
    ]
    heads = [
        ("Source", "l"),
        ("Files", "r"),
        ("Rows", "r"),
        ("First", "l"),
        ("Last", "l"),
        ("Refused rows", "r"),
        ("Unplaced", "r"),
        ("Gaps", "r"),
        ("As of", "l"),
    ]
    console().print(table("", heads, body))
    refused = Counter[tuple[str, str]]()
    for source in result.sources:
        for each in source.reasons:
            refused[each.reason, each.says] += each.rows
    notes(
        [f"{reason}: {rows:,}{says and f' ({says})'}" for (reason, says), rows in refused.most_common()],
        "Refused rows, by reason:",
    )
    notes([f"{each.reason}: {each.rows:,}" for each in result.unplaced], "Unplaced events, by reason:")
    notes(
        [f"{s.title}: {s.astray:,}" for s in result.sources if s.astray],
        "Rows that tell of events that never came:",
    )
    if result.disagreement:
        d = result.disagreement
        notes(
            [
                f"{d.differ:,} of {d.both:,} ({d.share:.1%}) name one area and have their point in another",
                *(f"{pair.events:,} name {pair.labelled}, point in {pair.placed}" for pair in d.pairs[:5]),
            ],
            "Label and point:",
        )
    notes(
        [f"{each.text} ({each.source}): {each.events:,}" for each in result.unmapped],
        "Codes not known, queued:",
    )
    notes([f"{each.title}: {each.events:,} events" for each in result.unweighted], "No weight:")
    notes(result.not_contained, "What this score does not contain:")
    receipt_line(result)


@click.command(short_help="What is each thing worth, says who?")
@workspace_option
@selection_options
@format_options
def weights(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """What is each thing worth, says who? The weights in force, and what each moved."""
    result = open_workspace(folder).ask("weights", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, SchemeView)
    click.echo(
        click.style(f"{result.scheme.title} ({result.scheme.status}), in {result.scheme.unit}", bold=True)
    )
    click.echo(result.scheme.source)
    body = [
        (
            w.title,
            plain_number(w.points),
            w.status,
            f"{w.events:,}",
            f"{w.harm:,.0f}",
            f"{w.file}:{w.line}" if w.file else "",
        )
        for w in result.weights
    ]
    heads = [
        ("Category", "l"),
        ("Weight", "r"),
        ("Status", "l"),
        ("Events", "r"),
        ("Harm", "r"),
        ("Where", "l"),
    ]
    console().print(table("", heads, body))
    notes([f"{each.title}: {each.events:,} events" for each in result.unweighted], "No weight:")
    notes([f"{s.id}: {s.title} ({s.status})" for s in result.schemes], "Schemes (--weights):")
    receipt_line(result)


@click.command(short_help="Would another judgement say the same?")
@workspace_option
@selection_options
@format_options
def stability(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Would another judgement say the same? The standing under every other scheme."""
    result = open_workspace(folder).ask("stability", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, StabilityView)
    click.echo(click.style(str(result.sentence), bold=True))
    body = [
        (
            each.title,
            each.status,
            "" if each.spearman is None else f"{each.spearman:.2f}",
            len(each.moved),
            ", ".join(each.changes_tier[:6]) + (" ..." if len(each.changes_tier) > 6 else ""),
        )
        for each in result.schemes
    ]
    heads = [("Scheme", "l"), ("Status", "l"), ("Rank correlation", "r"), ("Leave their range", "r")]
    console().print(table("", [*heads, ("Change tier", "l")], body))
    notes(result.warnings, "Mind:")
    receipt_line(result)


@click.command(short_help="Give a result again, to the digit, from its receipt.")
@click.argument("receipt")
@workspace_option
@format_options
def reproduce(receipt: str, folder: Path, form: str, out: Path | None) -> None:
    """Give a result again from its RECEIPT: a JSON file (a result's own output will do), its text, or -.

    Says which ingredient is gone where the result cannot be given again.
    """
    result = open_workspace(folder).reproduce(_read_receipt(receipt))
    if not emit(result, form, out):
        click.echo("The same figures, to the digit.")
        receipt_line(result)


def _read_receipt(text: str) -> Receipt:
    if text == "-":
        body = sys.stdin.read()
    elif text.lstrip().startswith("{"):
        body = text
    else:
        path = Path(text)
        if not path.is_file():
            raise HarmscapeError(
                f"there is no file {text[:80]}; a receipt is the JSON that an answer carries"
            )
        body = path.read_text(encoding="utf-8", errors="replace")
    try:
        held = json.loads(body)
        return Receipt.model_validate(held.get("receipt", held) if isinstance(held, dict) else held)
    except ValueError as fault:
        raise HarmscapeError(
            "that is no receipt: give the JSON of an answer, or its `receipt` part"
        ) from fault
