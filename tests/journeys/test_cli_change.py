"""The commands that compare say what the views say, refuse what cannot be, and can be given again."""

from __future__ import annotations

import json

import pytest
from tests.cli import run

from harmscape.model.receipt import Receipt
from harmscape.workspace import Workspace


@pytest.mark.parametrize(
    ("view", "arguments", "words", "options"),
    [
        ("compare", ["--areas", "S12", "--b", "areas=S07"], {"areas": "S12"}, {"b.areas": "S07"}),
        ("chart", ["--areas", "S12"], {"areas": "S12"}, {}),
        ("classes", [], {}, {}),
        ("funnel", ["--basis", "events"], {}, {"basis": "events"}),
    ],
)
def test_a_command_says_the_finding_and_its_receipt_gives_it_again(
    demo: Workspace, view: str, arguments: list[str], words: dict[str, str], options: dict[str, str]
) -> None:
    found = demo.ask(view, words, **options)
    assert str(found.sentence) in run(view, "-w", demo.folder, *arguments).out  # type: ignore[attr-defined]
    plain = run(view, "-w", demo.folder, *arguments, "--format", "json")
    receipt = json.loads(plain.out)["receipt"]
    assert receipt["result"] == found.receipt.result  # type: ignore[union-attr]
    assert demo.reproduce(Receipt(**receipt)).to_dict() == found.to_dict()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "--b", "areas"], "expected --b word=value"),
        (["compare", "--b", "area=S07"], "did you mean"),
        (["compare", "--b", "by=beat"], "other polygons"),
        (["chart", "--measure", "ocg_members"], "counts no events"),
        (["classes", "--areas", "S12"], "leave out --areas"),
        (["funnel", "--areas", "S12"], "leave out --areas"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_sentence(
    demo: Workspace, arguments: list[str], said: str
) -> None:
    told = run(arguments[0], "-w", demo.folder, *arguments[1:])
    assert told.status == 1
    assert said in told.err
    assert "Traceback" not in told.err
