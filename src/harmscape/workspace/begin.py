"""What comes before a workspace is open: begin one, check it, make the demo, import weights."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from harmscape.config import load_domain
from harmscape.config.schema import schemas
from harmscape.config.weights_import import import_weights
from harmscape.demo import make_force
from harmscape.demo.consumer import make_region
from harmscape.demo.consumer.names import REGION_NAME
from harmscape.demo.names import FORCE_NAME
from harmscape.demo.safeguarding import make_county
from harmscape.demo.safeguarding.geography import COUNTY_NAME
from harmscape.model.domain import Domain
from harmscape.model.errors import HarmscapeError, Problem
from harmscape.model.scheme import Status
from harmscape.templates import TEMPLATES, write_template
from harmscape.workspace.init import Begun, init
from harmscape.workspace.load import Progress
from harmscape.workspace.operation_file import load_operations
from harmscape.workspace.workspace import Workspace

__all__ = [
    "DEMOS",
    "TEMPLATES",
    "begin",
    "check_workspace",
    "import_scheme",
    "make_demo",
    "register_demo",
    "write_schemas",
]

_DEMO_MARK = "README.txt"


def _force(folder: Path, events: int, *, seed: int, null: bool) -> None:
    make_force(folder, events=events, seed=seed, null=null)


def _region(folder: Path, events: int, *, seed: int, null: bool) -> None:
    make_region(folder, complaints=events, seed=seed, null=null)


def _county(folder: Path, events: int, *, seed: int, null: bool) -> None:
    make_county(folder, events=events, seed=seed, null=null)


_INVENTED = {
    "soc": (_force, FORCE_NAME),
    "consumer": (_region, REGION_NAME),
    "safeguarding": (_county, COUNTY_NAME),
}
DEMOS = {"soc": 400_000, "consumer": 60_000, "safeguarding": 60_000}
"""The domains that a demo can be made of, with how many events it has unless asked otherwise."""

_TITLE = re.compile(r"^(  title: ).*$", re.MULTILINE)


def begin(
    folder: Path,
    template: str,
    *,
    data: Path | None = None,
    areas: Sequence[Path] = (),
    code: str | None = None,
    name: str | None = None,
) -> Begun:
    """Begin a workspace; see `init`."""
    return init(folder, template, data=data, areas=areas, code=code, name=name)


def check_workspace(folder: Path) -> tuple[Domain, list[Problem]]:
    """The domain and its warnings. Raises ConfigError with every fault."""
    if not (folder / "harmscape.yml").exists():
        raise HarmscapeError(f"{folder} is not a workspace: it has no harmscape.yml")
    return load_domain(folder)


def make_demo(
    folder: Path, *, domain: str = "soc", events: int, seed: int, null: bool, progress: Progress
) -> None:
    """The raw files of an invented force, region or county in `data/`, and its template around them.

    domain: one of `DEMOS`, which is also the name of its template. A folder that already holds a demo keeps
    it; one that holds anything else is left alone.
    """
    data = folder / "data"
    if (folder / "harmscape.yml").exists():
        if (data / _DEMO_MARK).exists():
            progress("the demo is there already")
            return
        raise HarmscapeError(f"{folder} is a workspace of its own; make the demo in another folder")
    make, title = _INVENTED[domain]
    make(data, events, seed=seed, null=null)
    write_template(domain, folder)
    settings = folder / "harmscape.yml"
    named = _TITLE.sub(f"\\1{title} (invented)", settings.read_text(encoding="utf-8"), count=1)
    settings.write_text(named, encoding="utf-8")


def register_demo(workspace: Workspace) -> None:
    """Write the operations of an invented force into its register, measures chosen before they began."""
    path = workspace.folder / "data" / "operations" / "operations.csv"
    if path.exists():
        load_operations(workspace, path, stamped=_a_fortnight_before)


def _a_fortnight_before(day: date) -> datetime:
    return datetime.combine(day - timedelta(days=14), time(9), UTC)


def write_schemas(folder: Path) -> list[Path]:
    """A JSON Schema file per kind of declaration."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def import_scheme(
    folder: Path,
    path: Path,
    *,
    name: str,
    title: str,
    source: str,
    unit: str,
    categories: str,
    status: Status,
    reason: str | None = None,
    code: str | None = None,
    weight: str | None = None,
    sheet: str | None = None,
) -> list[str]:
    """Import a table of weights into `schemes/`, and tell what was taken and what did not match."""
    domain, _ = check_workspace(folder)
    made = import_weights(
        path,
        domain.category_list(categories),
        id=name,
        title=title,
        source=source,
        unit=unit,
        status=status,
        reason=reason,
        code=code,
        weight=weight,
        sheet=sheet,
    )
    written = made.write(folder / "schemes")
    said = [*made.taken, f"{len(made.scheme.weights)} weights, in {', '.join(file.name for file in written)}"]
    said += [
        f"line {line}: {text!r} ({weight}) fits no category" for line, text, weight in made.unmatched_rows
    ]
    if made.passed_over:
        said.append(f"{len(made.passed_over)} lines without a weight were passed over")
    if made.fallen_back:
        said.append(f"{len(made.fallen_back)} categories take the weight of the category above them")
    if made.unweighted:
        said.append(f"without a weight: {', '.join(made.unweighted)}")
    return said
