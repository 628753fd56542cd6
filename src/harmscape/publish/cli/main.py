"""The commands of harmscape, grouped as a person meets them."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

import harmscape
from harmscape.model.errors import ConfigError, HarmscapeError
from harmscape.publish.cli.ask import health, hours, place, rank, reproduce, rows, stability, weights
from harmscape.publish.cli.begin import check, demo, import_weights, init, load, schema
from harmscape.publish.cli.compared import chart, classes, compare, funnel
from harmscape.publish.cli.forecast import forecast
from harmscape.publish.cli.gathered import clusters, concentration, near_repeats
from harmscape.publish.cli.gathered_where import shift, surface
from harmscape.publish.cli.impact import impact
from harmscape.publish.cli.keep import audit, serve
from harmscape.publish.cli.moved import changed
from harmscape.publish.cli.operations import operation
from harmscape.publish.cli.profiles import double_counts, family, group, theme
from harmscape.publish.cli.tasks import corrections, task

_EPILOG = """
\b
Begin:    harmscape demo northshire                    a made-up force to learn on
          harmscape init ws --template police-uk --data DIR --areas FILE
          harmscape load -w ws
Ask:      harmscape rank -w ws --by sector --window 12m --to 2026-10
          harmscape place S12 -w ws      harmscape rows -w ws --areas S12
Look:     harmscape serve -w ws                        the same answers in a browser

Every answer shows its range, what it leaves out, and the rows and weights it came from.
"""


class _Taught(click.Group):
    """A group that lists its commands in the order in which they are needed, and says errors plainly."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as fault:
            count = len(fault.problems)
            click.echo(f"{fault}\nharmscape: {count} {'fault' if count == 1 else 'faults'} to mend", err=True)
            sys.exit(1)
        except HarmscapeError as fault:
            click.echo(f"harmscape: {fault}", err=True)
            sys.exit(1)
        except click.UsageError as fault:
            fault.show()
            sys.exit(1)  # 2 says that a load refused something
        except OSError as fault:
            if fault.errno == errno.EPIPE:
                raise
            full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
            where = f": {fault.filename}" if fault.filename else ""
            click.echo(f"harmscape: {'the disk is full' if full else fault.strerror}{where}", err=True)
            sys.exit(1)


@click.group(cls=_Taught, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(harmscape.__version__, prog_name="harmscape")
def cli() -> None:
    """Where the harm is, who is behind it, whether it is changing, and what we did about it.

    A workspace is a folder: your declarations (YAML), the ledger of what was loaded, and what was refused.
    Commands take -w DIR, the workspace; without it, the current folder.
    """


_COMMANDS = (
    demo,
    init,
    check,
    load,
    rank,
    place,
    rows,
    health,
    weights,
    hours,
    stability,
    theme,
    group,
    family,
    double_counts,
    changed,
    forecast,
    concentration,
    surface,
    shift,
    near_repeats,
    clusters,
    compare,
    chart,
    classes,
    funnel,
    task,
    operation,
    impact,
    corrections,
    serve,
    reproduce,
    import_weights,
    schema,
    audit,
)
for _command in _COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """The entry point of the `harmscape` command."""
    cli(prog_name="harmscape")
