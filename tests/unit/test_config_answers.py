"""Categories that answer another, and who is a child: faults told at their line, with the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.errors import ConfigError

TEMPLATE = Path(__file__).resolve().parents[2] / "src/harmscape/templates/safeguarding"
LIST = "categories/circumstances.yml"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (LIST, "answers: domestic_abuse, answer: not_asked", "answers: domestic_abus, answer: not_asked",
         "did you mean 'domestic_abuse'"),
        (LIST, "answers: domestic_abuse, answer: not_asked", "answers: domestic_abuse", "go together"),
        (LIST, "answers: domestic_abuse, answer: not_asked", "answers: not_asked, answer: not_asked",
         "stands under 'not_asked', and would count as it"),
        ("entities/person.yml", "attribute: subject", "attribute: subjct", "no attribute 'subjct'"),
        ("measures/circumstances.yml", "beside: repeat_enquiries", "beside: repeats", "no measure 'repeats'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    folder = tmp_path / "ws"
    shutil.copytree(TEMPLATE, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(ConfigError) as caught:
        load_domain(folder)
    assert any(
        told in each.message for each in caught.value.problems if (each.file, each.line) == (file, line)
    )
