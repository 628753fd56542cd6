"""Options that commands share: the workspace, the words of a selection, the form of the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_WORDS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("--by",),
        {
            "metavar": "LEVEL",
            "help": "What to rank: sector, lsoa ..., a kind of entity such as group, or type.",
        },
    ),
    (("--measure",), {"metavar": "ID", "help": "What counts, e.g. all_crime."}),
    (("--weights",), {"metavar": "SCHEME", "help": "Weights to use; the measure's own unless said."}),
    (("--per",), {"metavar": "FIGURE", "help": "Rank by a rate: per residents, households ..."}),
    (("--window",), {"metavar": "LENGTH", "help": "12m, 28d, 3y. Default: 12 months."}),
    (
        ("--to",),
        {"metavar": "DAY|MONTH", "help": "Last day or month of the window. Default: the last whole month."},
    ),
    (("--against",), {"metavar": "prev|A..B", "help": "A period to show beside it."}),
    (("--as-known-at",), {"metavar": "DATE", "help": "Answer from what was known on that day."}),
    (("--areas",), {"metavar": "CODE,...", "help": "Only these areas; UNPLACED for events in none."}),
    (
        ("--where",),
        {
            "multiple": True,
            "metavar": "FIELD=V[,V]",
            "help": "Only events with these values: category, source, agency, detection, weekday, hour,"
            " an attribute or a geography. Repeat for more.",
        },
    ),
    (
        ("--within",),
        {"metavar": "LON,LAT;...", "help": "Only events within a drawn area: its corners in order."},
    ),
    (("--points",), {"metavar": "CATEGORY=N,...", "help": "Trial weights: what if a farm were 200 points?"}),
    (
        ("--dimensions",),
        {"metavar": "NAME,...", "help": "Kinds of harm to weigh, where the scheme tells several apart."},
    ),
    (
        ("--shared",),
        {
            "type": click.Choice(["full", "split", "role_weighted"]),
            "help": "What an event of several groups is worth to each: all of it, or a share.",
        },
    ),
    (
        ("--sums",),
        {
            "type": click.Choice(["distinct", "published"]),
            "help": "In a sum of measures an event counts once (distinct), or in each of its measures.",
        },
    ),
    (("--stocks/--no-stocks",), {"default": None, "help": "With or without the counts of registers."}),
    (("-k", "--k"), {"type": int, "metavar": "N", "help": "The chance to be among the first N. Default: 5."}),
    (("--apart/--no-apart",), {"default": None, "help": "Set rare, huge events apart of the standing."}),
    (("--finer/--no-finer",), {"default": None, "help": "Allow areas finer than snapped points can bear."}),
)

FORMATS = ("table", "csv", "json", "parquet", "xlsx", "geojson")


def workspace_option(command: Command) -> Command:
    """`-w DIR`."""
    return click.option(
        "-w",
        "--workspace",
        "folder",
        type=click.Path(path_type=Path),
        default=Path(),
        metavar="DIR",
        help="The workspace. Default: the current folder.",
    )(command)


def selection_options(command: Command) -> Command:
    """Every word of the selection grammar, as options."""
    for names, settings in reversed(_WORDS):
        command = click.option(*names, **{"default": None, **settings})(command)
    return command


def format_options(command: Command) -> Command:
    """`--format` and `--out`."""
    command = click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write to a file instead of the screen.",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        help="table (default), csv, json, parquet; of rank and rows also xlsx and geojson.",
    )(command)


def said(words: dict[str, Any]) -> dict[str, Any]:
    """The words that were said, without those left out."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in words.items()
        if value not in (None, ())
    }
