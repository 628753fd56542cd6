"""However a configuration is damaged, it loads or is refused in plain words with places that exist."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.errors import ConfigError
from harmscape.templates import TEMPLATES, template

JARGON = re.compile(r"pydantic|validation error|Value error|Input should|NoneType|Traceback|<class|_type\b")
PIECES = (
    ":",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "&a ",
    "*a",
    "!x ",
    "|",
    ">",
    "\t",
    "#",
    "- ",
    ",",
    "?",
    "%",
    "@",
    "~",
)
VALUES = (
    "[]",
    "{}",
    "~",
    "[[1]]",
    "{a: 1}",
    "-1",
    "1e999",
    "nan",
    "2024-02-30",
    "x" * 500,
    "é\u202e",
    '""',
    "0x10",
)


def damaged(text: str, chance: random.Random) -> str:
    """A text with one to three pieces of damage."""
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        kind = chance.randrange(6)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 2:
            where = chance.randint(0, len(lines[at]))
            lines[at] = lines[at][:where] + chance.choice(PIECES) + lines[at][where:]
        elif kind == 3:
            lines[at] = re.sub(
                r"(: |- ).*", lambda found: found[1] + chance.choice(VALUES), lines[at], count=1
            )
        elif kind == 4:
            lines[at] = re.sub(r"[a-z]{2}", lambda found: found[0][::-1], lines[at], count=1)
        else:
            lines[at] = chance.choice(("", "  ")) + lines[at][chance.randint(0, 2) :]
        text = "\n".join(lines) or "x"
    return text


def refusals(folder: Path, rounds: int, seed: int) -> int:
    """How many of so many damaged workspaces were refused; each message is looked over."""
    chance = random.Random(seed)
    refused = 0
    for _ in range(rounds):
        name = chance.choice(TEMPLATES)
        path = chance.choice(sorted(template(name).rglob("*.yml")))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template(name), folder, ignore=shutil.ignore_patterns("__pycache__"))
        changed = folder / path.relative_to(template(name))
        changed.write_text(damaged(path.read_text(encoding="utf-8"), chance), encoding="utf-8")
        try:
            load_domain(folder)
        except ConfigError as fault:
            refused += 1
            for problem in fault.problems:
                lines = (folder / problem.file).read_text(encoding="utf-8").split("\n")
                assert 1 <= problem.line <= len(lines) + 1, str(problem)
                assert not JARGON.search(problem.message), str(problem)
                assert len(problem.message) < 500, str(problem)
    return refused


def test_damage_is_refused_in_plain_words(tmp_path: Path) -> None:
    # Most damage is a fault; some, such as a line that stands twice in a comment, is not.
    assert refusals(tmp_path / "w", rounds=60, seed=20261121) > 25


@pytest.mark.soak
def test_damage_is_refused_in_plain_words_again_and_again(tmp_path: Path) -> None:
    assert refusals(tmp_path / "w", rounds=5_000, seed=7) > 2_500
