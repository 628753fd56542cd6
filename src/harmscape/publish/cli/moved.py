"""The command that asks what moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harmscape.publish.cli.options import format_options, said, selection_options, workspace_option
from harmscape.publish.cli.show import console, cut, emit, notes, receipt_line, table
from harmscape.views.changed import Changed
from harmscape.workspace import open_workspace

_NAME, _SHOWN = 30, 20
_WORDS = {
    "clearly_higher": "▲ clearly higher",
    "probably_higher": "probably higher",
    "not_told_apart": "cannot be told apart",
    "probably_lower": "probably lower",
    "clearly_lower": "▼ clearly lower",
}


@click.command(short_help="What moved, beyond chance?")
@workspace_option
@selection_options
@format_options
def changed(folder: Path, form: str, out: Path | None, **words: Any) -> None:
    """Which counts moved beyond chance? Each area and measure beside its own past."""
    result = open_workspace(folder).ask("changed", said(words))
    if emit(result, form, out):
        return
    assert isinstance(result, Changed)
    click.echo(click.style(str(result.sentence), bold=True))
    click.echo(f"Baseline: {result.baseline}, by month and season.")
    click.echo(result.lag)
    body = [
        (
            cut(cell.title, _NAME),
            cut(cell.name, _NAME),
            f"{cell.events:,}",
            f"{cell.expected_lo:,}–{cell.expected_hi:,}",
            "" if cell.ratio is None else f"{cell.ratio:.2f}",
            _WORDS[cell.verdict],
        )
        for cell in result.cells[: max(_SHOWN, result.believed)]
    ]
    heads = [("Measure", "l"), (result.by["title"], "l"), ("Events", "r"), ("Expected", "r"), ("Ratio", "r")]
    screen = console()
    screen.print()
    screen.print(table("", [*heads, ("", "l")], body))
    if len(result.cells) > len(body):
        click.echo(f"... and {len(result.cells) - len(body):,} more; --format json gives them all")
    notes([each.sentence for each in result.untested], "Too rare to be tested by area; what happened:")
    notes(result.warnings, "Mind:")
    receipt_line(result)
