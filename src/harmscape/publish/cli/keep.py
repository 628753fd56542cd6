"""Commands that keep: serve, audit."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path

import click

from harmscape.model.errors import HarmscapeError
from harmscape.publish.cli.options import workspace_option
from harmscape.workspace import open_workspace


@click.command()
@workspace_option
@click.option("--host", default="127.0.0.1", help="Loopback only, until sign-in exists.")
@click.option("--port", default=8000, type=click.IntRange(0, 65535), help="Default: 8000.")
def serve(folder: Path, host: str, port: int) -> None:
    """Serve the page and the API on this machine."""
    serve_workspace(folder, host, port)


def serve_workspace(folder: Path, host: str, port: int) -> None:
    """Serve until stopped; any address but loopback is refused, since no sign-in tells readers apart."""
    if not _is_loopback(host):
        raise HarmscapeError(
            f"serving on {host} is refused: there is no sign-in yet, so everybody who reached the address"
            " would read every row. Use 127.0.0.1"
        )
    import uvicorn

    from harmscape.publish.api import make_app
    from harmscape.publish.opening import keep_ready

    workspace = open_workspace(folder)
    app = make_app(workspace)
    keep_ready(workspace)
    click.echo(f"\nServing {folder} at http://{host}:{port}/ (Ctrl+C stops it)")
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@click.group()
def audit() -> None:
    """The audit trail: who loaded and read what."""


@audit.command()
@workspace_option
def verify(folder: Path) -> None:
    """Check the whole chain; exit status 1 and the first bad row where it does not hold."""
    verdict = open_workspace(folder).verify()
    if verdict.first_bad is not None:
        click.echo(f"row {verdict.first_bad}: {verdict.reason}; {verdict.rows:,} rows before it hold")
        sys.exit(1)
    click.echo(f"{verdict.rows:,} rows hold; head {verdict.head[:16]}")
