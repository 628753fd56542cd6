"""The house itself: what importing it loads, and who may open the store."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import harmscape

SOURCE = Path(harmscape.__file__).parent


def test_importing_harmscape_loads_no_database_map_or_web_library() -> None:
    heavy = [
        "duckdb",
        "pyarrow",
        "numpy",
        "shapely",
        "pyproj",
        "pyogrio",
        "fastapi",
        "uvicorn",
        "pydantic",
        "rich",
    ]
    code = f"import harmscape, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_workspace_opens_the_store() -> None:
    """Every other module gets its cursor from the gate."""
    openers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Duck"
    }
    assert openers == {"workspace/cache.py", "workspace/load.py", "workspace/snapshot.py"}


def test_every_file_says_what_it_is_for() -> None:
    for path in SOURCE.rglob("*.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert said is not None, path.name
        assert len(said) > 10, path.name


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        p.name: n
        for p in SOURCE.rglob("*.py")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}
