"""Showing results: tables for people, and CSV, JSON and Parquet for what comes after."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harmscape.model.errors import HarmscapeError
from harmscape.publish.safe import safe_cell
from harmscape.views.result import Result
from harmscape.workspace import Workspace

_TIERS = {
    "clearly_high": "▲ clearly high",
    "not_told_apart": "= not told apart",
    "clearly_low": "▽ clearly low",
}


def emit(result: Result, form: str, out: Path | None) -> bool:
    """Write a result in a machine's form; False where the form is a table for people."""
    if form == "table" and out is None:
        return False
    if form == "json":
        _write(out, (result.to_json() + "\n").encode())
    elif form == "parquet":
        _write(out, _parquet(result))
    elif form == "csv":
        _write(out, _csv(result.records()).encode())
    elif form == "table":
        raise HarmscapeError("--out needs --format csv, json or parquet")
    else:
        raise HarmscapeError(f"--format {form} is for rank and rows; here use csv, json or parquet")
    return True


def export_whole(
    workspace: Workspace, view: str, form: str, out: Path | None, words: Mapping[str, Any], **options: Any
) -> bool:
    """Write a view to a file with its head, whole; False where the form is not one of a file alone."""
    if form not in ("xlsx", "geojson"):
        return False
    if out is None:
        raise HarmscapeError(f"--format {form} needs --out with the name of a file")
    from harmscape.publish.export import export

    out.parent.mkdir(parents=True, exist_ok=True)
    done = export(workspace, view, form, words, out, **options)
    click.echo(f"wrote {done.path}: {done.rows:,} rows", err=True)
    return True


def console() -> Console:
    """A console as wide as the screen, and wide enough for whole figures where the output is a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140, soft_wrap=False)


def table(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> Table:
    """A table: columns are (head, "l" or "r")."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for head, side in columns:
        made.add_column(Text(head), justify="right" if side == "r" else "left", no_wrap=side == "r")
    for row in rows:
        # As Text, so that brackets in a name stay brackets.
        made.add_row(*(Text(str(cell)) for cell in row))
    return made


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, its end replaced by an ellipsis.

    >>> cut("Newcastle upon Tyne 024G", 12)
    'Newcastle u…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def tier_words(tier: str) -> str:
    return _TIERS[tier]


def notes(lines: Sequence[str], head: str) -> None:
    """A short list under a table."""
    if lines:
        click.echo(f"\n{head}")
        for line in lines:
            click.echo(f"  - {line}")


def receipt_line(result: Result) -> None:
    """Under a table, the receipt by which the same figures can be given again."""
    if result.receipt is not None:
        click.echo(
            f"\nreceipt {result.receipt.id}: snapshot {result.receipt.snapshot},"
            f" weights {result.receipt.weights}"
            " (--format json carries it whole)"
        )


def _csv(records: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if records:
        writer.writerow(list(records[0]))
        writer.writerows([safe_cell(value) for value in record.values()] for record in records)
    return text.getvalue()


def _parquet(result: Result) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(result.to_arrow(), sink)
    held: bytes = sink.getvalue().to_pybytes()
    return held


def _write(out: Path | None, body: bytes) -> None:
    if out is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(body)
    click.echo(f"wrote {out}", err=True)
