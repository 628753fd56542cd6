"""Commands for the operations register: what was done where, and by what it is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from harmscape.model.errors import HarmscapeError, SelectionError
from harmscape.publish.cli.options import workspace_option
from harmscape.publish.cli.show import console, cut, notes, table
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.operation_file import load_operations
from harmscape.workspace.operations import add_operation, change_operation, log_act, read_operations, told_of

_WIDE = 40


@click.group(short_help="What was done where, and by what it is judged.")
def operation() -> None:
    """The operations register: areas, phases, partners, cost, a log, and measures chosen before results."""


@operation.command()
@workspace_option
@click.argument("number", metavar="ID")
@click.option("--title", required=True, help="Its name.")
@click.option("--by", metavar="LEVEL", help="The geography of the areas.")
@click.option("--areas", metavar="CODE,...", help="Where: codes or names of areas.")
@click.option("--within", metavar="LON,LAT;...", help="Where: a drawn area in their place, by its corners.")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    required=True,
    metavar="PHASE:FROM[:TO]",
    help="clear, hold or build, with its first day and the first day it no longer ran. Repeat for more.",
)
@click.option("--partner", "partners", multiple=True, help="Who took part. Repeat for more.")
@click.option("--aim", help="What it is to change, in plain words.")
@click.option("--cost", help="What it costs, in pounds.")
@click.option("--measure", "measures", multiple=True, metavar="ID", help="What it is judged by; stamped now.")
@click.option("--randomised", is_flag=True, help="Chance decided where it is done.")
def add(folder: Path, number: str, areas: str | None, phases: tuple[str, ...], **given: Any) -> None:
    """Write operation ID down. Choose its measures now: those added after are marked so."""
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}
    said |= {"id": number, "phases": [_phase(each) for each in phases]}
    if areas:
        said["areas"] = [each.strip() for each in areas.split(",") if each.strip()]
    workspace = open_workspace(folder)
    click.echo(f"operation {add_operation(workspace, said)} is written down")
    for measure in said["measures"]:
        if power := _power(workspace, said, measure):
            click.echo(power)


def _power(workspace: Workspace, said: dict[str, Any], measure: str) -> str | None:
    """What fall of a measure could be seen there at all; None where that cannot be told."""
    words = {key: said[key] for key in ("by", "areas", "within") if said.get(key)}
    try:
        found = workspace.ask("power", {**words, "measure": measure}).to_dict()
    except SelectionError:  # without a year of data
        return None
    return f"{workspace.domain.measure(measure).title}: {found['sentence']}"


@operation.command()
@workspace_option
@click.argument("number", metavar="ID")
@click.option("--title", help="Its name.")
@click.option("--phase", "phases", multiple=True, metavar="PHASE:FROM[:TO]", help="All its phases anew.")
@click.option("--partner", "partners", multiple=True, help="All its partners anew.")
@click.option("--aim", help="What it is to change.")
@click.option("--cost", help="What it costs, in pounds.")
@click.option("--measure", "measures", multiple=True, metavar="ID", help="One measure more; stamped now.")
@click.option("--reason", help="Why; kept with the change.")
def change(folder: Path, number: str, phases: tuple[str, ...], **given: Any) -> None:
    """Change operation ID, or add a measure to it. Where it was done stays as it was."""
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in given.items() if value}
    if phases:
        said["phases"] = [_phase(each) for each in phases]
    change_operation(open_workspace(folder), number, said)
    click.echo(f"operation {number} is changed")


@operation.command()
@workspace_option
@click.argument("number", metavar="ID")
@click.option("--day", required=True, metavar="DATE", help="When it was done.")
@click.option("--kind", required=True, help="What kind of act: Warrant, Patrol, Visit ...")
@click.option("--text", help="What was done, in plain words.")
def log(folder: Path, number: str, **given: Any) -> None:
    """Add a dated act to the log of operation ID."""
    log_act(open_workspace(folder), number, given)
    click.echo(f"written into the log of operation {number}")


@operation.command(name="load")
@workspace_option
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load_file(folder: Path, path: Path) -> None:
    """Add the operations of a CSV, a line a phase; those that the register holds already stay as they are."""
    done = load_operations(open_workspace(folder), path)
    click.echo(f"{len(done.added)} added, {len(done.there)} there already")
    for line in done.said:
        click.echo(f"  - {line}")


@operation.command(name="list")
@workspace_option
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def listed(folder: Path, form: str) -> None:
    """All operations, the latest to begin first."""
    workspace = open_workspace(folder)
    found = [told_of(workspace, each) for each in read_operations(workspace)]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        click.echo("no operation is registered: `harmscape operation add` begins the register")
        return
    heads = [("Id", "l"), ("Operation", "l"), ("Where", "l"), ("From", "l"), ("To", "l"), ("Judged by", "l")]
    rows = [
        [
            each["id"],
            cut(each["title"], _WIDE),
            "drawn" if each["within"] else cut(", ".join(each["area_names"]), _WIDE),
            each["starts"],
            each["ends"] or "",
            cut(", ".join(chosen["title"] for chosen in each["measures"]), _WIDE),
        ]
        for each in found
    ]
    console().print(table("", heads, rows))


@operation.command()
@workspace_option
@click.argument("number", metavar="ID")
def show(folder: Path, number: str) -> None:
    """Operation ID: phases, measures with their stamps, and its log."""
    workspace = open_workspace(folder)
    found = [told_of(workspace, each) for each in read_operations(workspace)]
    each = next(
        (one for one in found if number.casefold() in (one["id"].casefold(), one["title"].casefold())), None
    )
    if each is None:
        raise HarmscapeError(f"no operation {number[:40]!r} is registered")
    click.echo(click.style(f"{each['title']} ({each['id']})", bold=True))
    click.echo(each["aim"] or "")
    notes([f"{one['phase']}: {one['starts']} to {one['ends'] or 'now'}" for one in each["phases"]], "Phases:")
    notes(
        [
            f"{one['title']}: {one['chosen'][:16].replace('T', ' ')}, {one['by']}"
            + (f" (added {one['added_after']})" if one["added_after"] else "")
            for one in each["measures"]
        ],
        "Judged by:",
    )
    notes([f"{one['day']} {one['kind']}: {one['text'] or ''}" for one in each["log"]], "Log:")


def _phase(text: str) -> dict[str, str | None]:
    phase, _, days = text.partition(":")
    starts, _, ends = days.partition(":")
    return {"phase": phase.strip().lower(), "from": starts.strip(), "to": ends.strip() or None}
