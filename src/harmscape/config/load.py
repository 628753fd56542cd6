"""Loads a workspace's declarations: every file read, every fault told at once, or one sound domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harmscape.config.cautions import cautions
from harmscape.config.cross_checks import cross_check
from harmscape.config.declarations import Declarations, Entry
from harmscape.config.kinds import KINDS, SETTINGS_FILE, SETTINGS_KEY, Kind
from harmscape.config.plain_words import quoted
from harmscape.config.shape import declare
from harmscape.config.weight_table import scheme_with_table
from harmscape.config.yaml_tree import Node, Place, read_tree
from harmscape.model.domain import Domain, Settings
from harmscape.model.errors import ConfigError, Problem, nearest
from harmscape.model.scheme import Scheme


def load_domain(folder: Path) -> tuple[Domain, list[Problem]]:
    """The domain that a workspace folder declares, with warnings.

    folder: holds `harmscape.yml` and the folders named in `KINDS`; other files are left alone.
    Returns the domain and what a person should know of it, in order of file and line.
    Raises ConfigError with every fault of every file at once.
    """
    problems: list[Problem] = []
    declarations = Declarations(folder=folder)
    _read_settings(folder, declarations, problems)
    for name in KINDS:
        for path in _files(folder / name):
            _read_file(path, name, declarations, problems)
    problems.extend(_strays(folder))
    problems.extend(cross_check(declarations))
    if any(not problem.warning for problem in problems):
        raise ConfigError(_in_order(problem for problem in problems if not problem.warning))
    domain = declarations.domain()
    return domain, _in_order([*problems, *cautions(domain, declarations)])


def _read_settings(folder: Path, declarations: Declarations, problems: list[Problem]) -> None:
    path = folder / SETTINGS_FILE
    if not path.is_file():
        message = f"there is no such file in {folder}; `harmscape init` makes a workspace"
        problems.append(Place(SETTINGS_FILE, 1, 1).problem(message))
        return
    root = _mapping(path, SETTINGS_FILE, (SETTINGS_KEY,), problems)
    node = root.mapping.get(SETTINGS_KEY) if root else None
    if node is not None:
        declarations.settings = Entry(declare(Settings, node, problems), node)


def _read_file(path: Path, name: str, declarations: Declarations, problems: list[Problem]) -> None:
    kind = KINDS[name]
    shown = path.relative_to(declarations.folder).as_posix()
    root = _mapping(path, shown, kind.keys, problems)
    if root is None:
        declarations.unread.add(name)
        return
    for node in _declared_in(root, kind, problems):
        whole = scheme_with_table(node, path.parent, problems) if kind.model is Scheme else node
        declared = None if whole is None else declare(kind.model, whole, problems)
        declarations.entries[name].append(Entry(declared, whole or node))


def _declared_in(root: Node, kind: Kind, problems: list[Problem]) -> Iterator[Node]:
    if kind.one in root.mapping:
        yield root.mapping[kind.one]
    if kind.several and kind.several in root.mapping:
        several = root.mapping[kind.several]
        if not isinstance(several.value, list):
            problems.append(several.place.problem(f"{kind.several!r} takes a list, each entry begun with -"))
        yield from several.items


def _mapping(path: Path, shown: str, keys: tuple[str, ...], problems: list[Problem]) -> Node | None:
    """The mapping a file holds, with none but the top-level keys it may have."""
    root, faults = read_tree(path, shown)
    problems.extend(faults)
    if root is None or not root.mapping:
        if not faults:
            wanted = " or ".join(f"`{key}:`" for key in keys)
            problems.append(Place(shown, 1, 1).problem(f"the file must begin with {wanted}"))
        return None
    problems.extend(
        root.keys[key].problem(f"unknown key {quoted(key)} at the top{nearest(key, keys)}")
        for key in root.mapping
        if key not in keys
    )
    return root if any(key in root.mapping for key in keys) else None


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in (".yml", ".yaml") and not path.name.startswith(".") and path.is_file()
    )


def _strays(folder: Path) -> Iterator[Problem]:
    """Folders with YAML whose names are so near to one that is read that they are likely meant for it."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and path.name not in KINDS and _files(path):
            hint = nearest(path.name, KINDS)
            if "did you mean" in hint:
                first = _files(path)[0].relative_to(folder).as_posix()
                message = f"files in {path.name!r} are not read{hint}"
                yield Place(first, 1, 1).problem(message, warning=True)


def _in_order(problems: Iterator[Problem] | list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda each: (each.file, each.line, each.column, each.message))
