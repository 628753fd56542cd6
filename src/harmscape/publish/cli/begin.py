"""Commands that begin: demo, init, check, load, schema, import-weights."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from harmscape.model.scheme import Status
from harmscape.publish.cli.keep import serve_workspace
from harmscape.publish.cli.options import workspace_option
from harmscape.publish.cli.progress import telling
from harmscape.publish.cli.show import console, table
from harmscape.publish.cli.standing import show_standing
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import open_workspace
from harmscape.workspace.begin import (
    DEMOS,
    TEMPLATES,
    begin,
    check_workspace,
    import_scheme,
    make_demo,
    register_demo,
    write_schemas,
)
from harmscape.workspace.report import LoadReport

_INVENTED = {"soc": "a force", "consumer": "a trading standards region", "safeguarding": "a county"}


@click.command(short_help="Make up a force, load it, and show where its harm is.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--domain",
    type=click.Choice(list(DEMOS)),
    default="soc",
    help="What to invent: a force (soc, default), a trading standards region, a safeguarding county.",
)
@click.option(
    "--events",
    type=click.IntRange(1_000, 100_000_000),
    help="How many events to invent: 400,000 for a force and 60,000 for the others unless said.",
)
@click.option("--seed", default=1, help="Another seed, another force.")
@click.option("--null", "null", is_flag=True, help="The twin in which nothing changes.")
@click.option("--serve/--no-serve", default=True, help="Serve the page when it is ready (default).")
@click.option("--port", default=8000, help="Port to serve on.")
def demo(
    folder: Path, domain: str, events: int | None, seed: int, null: bool, serve: bool, port: int
) -> None:
    """Build a made-up force (or region, or county) in FOLDER, load it, and show where its harm is."""
    with telling("demo") as say:
        say(f"inventing {_INVENTED[domain]}")
        make_demo(folder, domain=domain, events=events or DEMOS[domain], seed=seed, null=null, progress=say)
        workspace = open_workspace(folder)
        report = workspace.load(progress=say)
        register_demo(workspace)
    _summary(report)
    result = workspace.rank()
    assert isinstance(result, SectorOverview)
    click.echo()
    show_standing(result)
    click.echo(f"\nThe demo workspace is {folder}: every name in it is invented. Ask it more:")
    program = "harmscape" if shutil.which("harmscape") else sys.argv[0]
    click.echo(f"  {program} place {result.areas[0].area_id} -w {folder}")
    click.echo(f"  {program} rows -w {folder} --areas {result.areas[0].area_id} --sort harm")
    click.echo(f"  {program} serve -w {folder}")
    workspace.close()
    if serve:
        serve_workspace(folder, "127.0.0.1", port)


@click.command(short_help="Begin a workspace around your data and boundaries.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--template", type=click.Choice(TEMPLATES), required=True, help="What kind of workspace to begin with."
)
@click.option("--data", type=click.Path(path_type=Path), help="The folder (or file) with the exports.")
@click.option(
    "--areas", type=click.Path(path_type=Path), multiple=True, help="A boundary file; repeat for more."
)
@click.option("--code", metavar="FIELD", help="The boundary file's code field, where the guess is wrong.")
@click.option("--name", metavar="FIELD", help="The boundary file's name field, where the guess is wrong.")
def init(
    folder: Path,
    template: str,
    data: Path | None,
    areas: tuple[Path, ...],
    code: str | None,
    name: str | None,
) -> None:
    """Begin a workspace in FOLDER from a template, pointed at your data and boundaries."""
    made = begin(folder, template, data=data, areas=areas, code=code, name=name)
    for line in made.said:
        click.echo(line)
    click.echo(f"\nThe workspace is {folder}. Next: harmscape load -w {folder}")


@click.command(short_help="Check the configuration: each fault with its line.")
@workspace_option
def check(folder: Path) -> None:
    """Check the whole configuration at once; every fault with its file, line and cure."""
    domain, problems = check_workspace(folder)
    for problem in problems:
        click.echo(str(problem))
    click.echo(
        f"{domain.settings.title}: {len(domain.sources)} sources, {len(domain.categories)} categories,"
        f" {len(domain.schemes)} schemes, {len(domain.measures)} measures,"
        f" {len(domain.geographies)} geographies;"
        f" {len(problems)} {'warning' if len(problems) == 1 else 'warnings'}, no faults"
    )


@click.command(short_help="Load what is new; refused rows are kept with reasons.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the deliveries speak of.")
@click.option("--source", help="All these files belong to this source, whatever their names.")
@click.option("--sheet", help="The sheet of a workbook.")
@click.option("--header-row", type=click.IntRange(1), help="The row of a workbook's header.")
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), default="table", help="table or json."
)
def load(
    paths: tuple[Path, ...],
    folder: Path,
    as_of: datetime | None,
    source: str | None,
    sheet: str | None,
    header_row: int | None,
    form: str,
) -> None:
    """Load what is new in the workspace's data folders, or in PATHS.

    The same content again adds nothing. Refused rows land in rejects/, each with its reason. Exit status: 0
    all accepted, 2 some rows or files refused, 1 the load could not run.
    """
    workspace = open_workspace(folder)
    with telling("load") as say:
        report = workspace.load(
            paths,
            source=source,
            as_of=as_of.date() if as_of else None,
            sheet=sheet,
            header_row=header_row,
            progress=say,
        )
    if form == "json":
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    else:
        _summary(report)
    workspace.close()
    sys.exit(0 if report.whole else 2)


def _summary(report: LoadReport) -> None:
    rows = [
        (
            each.file,
            each.action,
            each.reason or "",
            f"{each.records:,}",
            f"{each.accepted:,}",
            f"{each.rejected:,}",
            f"{each.added:,}",
            f"{each.changed:,}",
            f"{each.withdrawn:,}",
            f"{each.unchanged:,}",
        )
        for each in report.files
    ]
    heads = [
        ("File", "l"),
        ("Action", "l"),
        ("Reason", "l"),
        ("Records", "r"),
        ("Accepted", "r"),
        ("Refused", "r"),
        ("Added", "r"),
        ("Changed", "r"),
        ("Withdrawn", "r"),
        ("Unchanged", "r"),
    ]
    console().print(table("", heads, rows))
    for each in report.files:
        if each.action != "accept" and each.message:
            click.echo(f"  {each.message}")
        if each.reasons and each.action == "partial":
            said = ", ".join(f"{name} {count:,}" for name, count in sorted(each.reasons.items()))
            click.echo(f"  {each.file}: refused rows by reason: {said} (see rejects/)")
    for note in report.notes:
        click.echo(f"  {note}")
    click.echo(
        f"snapshot {report.snapshot}: {sum(each.added for each in report.files):,} added,"
        f" {sum(each.changed for each in report.files):,} changed,"
        f" {sum(each.withdrawn for each in report.files):,} withdrawn"
    )


@click.command(short_help="Write JSON Schemas of the YAML files, for editors.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def schema(folder: Path) -> None:
    """Write a JSON Schema for each kind of YAML file into FOLDER, for editors."""
    for path in write_schemas(folder):
        click.echo(f"wrote {path}")


@click.command("import-weights", short_help="Import a table of weights as a scheme.")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@workspace_option
@click.option("--id", "name", required=True, help="The new scheme's id.")
@click.option("--title", required=True, help="Its title.")
@click.option("--source", required=True, help="Where the figures come from: publisher, issue, page.")
@click.option("--unit", required=True, help="What one point is: days of custody, severity points ...")
@click.option("--categories", required=True, help="The list of categories that the codes belong to.")
@click.option(
    "--status", type=click.Choice(get_args(Status)), default="published", help="How they came to be."
)
@click.option("--reason", help="Why these weights; needed when they are local.")
@click.option("--code", help="The column of codes, where the header does not tell it.")
@click.option("--weight", help="The column of weights, where the header does not tell it.")
@click.option("--sheet", help="The sheet of a workbook, where it is not the first that fits.")
def import_weights(
    path: Path,
    folder: Path,
    name: str,
    title: str,
    source: str,
    unit: str,
    categories: str,
    status: Status,
    reason: str | None,
    code: str | None,
    weight: str | None,
    sheet: str | None,
) -> None:
    """Import a table of weights (ONS's own, the Cambridge index, any two columns) as a scheme."""
    for line in import_scheme(
        folder,
        path,
        name=name,
        title=title,
        source=source,
        unit=unit,
        categories=categories,
        status=status,
        reason=reason,
        code=code,
        weight=weight,
        sheet=sheet,
    ):
        click.echo(line)
