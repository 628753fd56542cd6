"""Commands for what people write: the tasking register and the list of corrections."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from harmscape.model.errors import HarmscapeError
from harmscape.publish.cli.options import workspace_option
from harmscape.publish.cli.show import console, cut, table
from harmscape.views.before_after import BeforeAfter
from harmscape.workspace import open_workspace
from harmscape.workspace.corrections import corrections as all_corrections
from harmscape.workspace.tasks import Task, add_task, change_task, power_of, read_tasks

_WIDE = 34


@click.group(short_help="What was agreed, and what came of it.")
def task() -> None:
    """The tasking register: what was agreed, and the measure before and after."""


@task.command()
@workspace_option
@click.option("--owner", required=True, help="Who does it.")
@click.option("--partner", help="Who helps.")
@click.option("--aim", required=True, help="What is to change, in plain words.")
@click.option("--by", metavar="LEVEL", help="The geography of the areas. Default: the workspace's.")
@click.option("--areas", metavar="CODE,...", help="Where: codes or names of areas.")
@click.option(
    "--polygon",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where: a GeoJSON Polygon in place of areas, in degrees.",
)
@click.option("--measure", metavar="ID", help="What tells whether it worked. Default: the workspace's.")
@click.option("--review", required=True, metavar="DATE", help="When it is looked at again.")
def add(folder: Path, areas: str | None, polygon: Path | None, **given: str | None) -> None:
    """Write a task down."""
    said: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if areas:
        said["areas"] = [each.strip() for each in areas.split(",") if each.strip()]
    if polygon:
        said["polygon"] = _polygon(polygon)
    workspace = open_workspace(folder)
    number = add_task(workspace, said)
    click.echo(f"task {number} is written down")
    power = power_of(workspace, said)
    if power:
        click.echo(power)


@task.command(name="list")
@workspace_option
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def listed(folder: Path, form: str) -> None:
    """All tasks, open ones first, with the measure as long before as after each was agreed."""
    tasks = read_tasks(open_workspace(folder))
    if form == "json":
        from harmscape.views.result import plain

        click.echo(json.dumps(plain(tasks), ensure_ascii=False))
        return
    if not tasks:
        click.echo("no task is written down: `harmscape task add` begins the register")
        return
    heads = [("Task", "r"), ("State", "l"), ("Owner", "l"), ("Where", "l"), ("Aim", "l"), ("Review", "l")]
    heads += [("Before", "r"), ("After", "r"), ("", "l")]
    console().print(table("", heads, [_row(each) for each in tasks]))


@task.command()
@click.argument("number", type=click.IntRange(1, 2**62))
@workspace_option
@click.option("--reason", required=True, help="Why it is closed; kept with the task.")
@click.option("--dropped", is_flag=True, help="It was given up, not done.")
def close(number: int, folder: Path, reason: str, dropped: bool) -> None:
    """Close task NUMBER as done, or as dropped."""
    state = "dropped" if dropped else "done"
    change_task(open_workspace(folder), number, {"state": state, "reason": reason})
    click.echo(f"task {number} is {state}")


@click.command()
@workspace_option
def corrections(folder: Path) -> None:
    """What people said is wrong about rows."""
    found = all_corrections(open_workspace(folder))
    if not found:
        click.echo("nothing was said to be wrong")
        return
    heads = [("No", "r"), ("Said", "l"), ("By", "l"), ("Source", "l"), ("Reference", "l"), ("File", "l")]
    rows = [
        [c.id, f"{c.made_at:%Y-%m-%d}", c.made_by, c.source, c.reference or "", f"{c.file}:{c.line}", c.text]
        for c in found
    ]
    console().print(table("", [*heads, ("What is wrong", "l")], rows))


def _row(each: Task) -> list[str]:
    figures = each.figures
    before = figures.before if figures else None
    after = figures.after if figures else None
    return [
        str(each.id),
        each.state,
        each.owner,
        "drawn" if each.polygon else cut(", ".join(each.area_names), _WIDE),
        cut(" ".join(each.aim.split()), _WIDE),
        str(each.review),
        f"{before.events:,}" if before else "",
        f"{after.events:,}" if after else "",
        _told(figures),
    ]


def _told(figures: BeforeAfter | None) -> str:
    if figures is None or figures.after is None:
        return ""
    return figures.test.sentence if figures.test else "too early to tell"


def _polygon(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as fault:
        raise HarmscapeError(f"{path} is not GeoJSON") from fault
