"""Requests that a person could make, and near misses of them: every view answers, or says plainly why not.

What the OpenAPI document allows is mostly refused at its first word, so it seldom reaches the figures. Here a
view is asked with a few words at a time, each drawn from those that this workspace knows, from the edges of
what can be asked, and now and then from nonsense; one seed gives the same requests.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from harmscape.model.selection import WORDS as SELECTION_WORDS
from harmscape.publish.api import make_app
from harmscape.views.registry import VIEWS
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import register_demo

_UNLIKE_WORDS = re.compile(
    r"Traceback|Error\(|<class|object at|Decimal\(|array\(|\bnan\b|\binf\b|(?<!^)(?<![.:] )\bNone\b"
)
_NONSENSE = ("", " ", "none", "-1", "0", "nan", "1e9", "%", "';--", "\u202eabc", "é" * 40, "a" * 10_000, "[]")
_WORDS: Mapping[str, Sequence[str]] = {
    "window": ("1m", "3m", "12m", "28d", "7d", "1d", "2y", "36m", "60m", "1000m", "1y"),
    "to": ("2026-10", "2026-03", "2024-12", "2026-10-14", "2021-11", "2021-01", "2031-05"),
    "against": ("prev", "2025-01-01..2025-12-31", "2020-01-01..2020-03-31", "2025-12-31..2025-01-01"),
    "where": (
        "detection=reported",
        "hour=22,23;weekday=fri,sat",
        "hour=25",
        "category=28E,30C",
        "group=OCG-1",
        "sector=S01,S02",
        "soc_related=yes",
    ),
    "k": ("1", "5", "40", "100000"),
    "per": ("residents", "households", "area_km2", "children"),
    "as_known_at": ("2026-06-30", "2024-01-01", "2015-01-01"),
    "within": ("-1.6,54.9;-1.2,54.9;-1.2,55.3;-1.6,55.3", "0,50;0,51;1,51", "-1.5,55;-1.5,55;-1.5,55"),
    "points": ("1=100", "104=5;105A=0", "104=-5"),
    "dimensions": ("harm", "harm=1", "harm=0"),
    "tested": ("baseline", "pair"),
    "basis": ("residents", "events"),
    "places": ("areas", "points", "premises_kind"),
    "cells": ("h3-8", "square-500", "h3-9"),
    "method": ("wdd", "did", "its", "synthetic"),
    "controls": ("auto", "S01,S02", "S01"),
    "buffer": ("250,500", "0", "100000", "500,250", "500"),
    "veto": ("S03", "S03,S04"),
    "months_before": ("12", "1", "600"),
    "metres": ("100", "250", "1", "100000"),
    "months": ("yes", "no"),
    "what": ("harm", "events"),
    "bandwidth": ("300", "2000", "1"),
    "as_registered": ("1", "2", "99"),
    "hours": ("24", "0.5", "10000"),
    "days": ("14", "1", "7", "5000"),
    "limit": ("1", "1000", "1001"),
    "offset": ("0", "100000000"),
    "sort": ("harm", "day", "category", "place"),
    "bounds": ("-2,54,-1,56", "1,1,0,0"),
    "search": ("burglary", "S01"),
    "fields": ("band,agency", "category", "hour,weekday", "beat"),
    "figure": ("residents", "children", "households"),
    "point": ("412345.5,567890,27700",),
    "source": ("diversion", "crimes"),
    "only": ("diversion_outcome=completed", "diversion_outcome=x"),
    "snapshot": ("load-000001", "latest"),
}


@pytest.fixture(scope="module")
def force(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demo force with its operations in the register, which is this module's alone."""
    folder = tmp_path_factory.mktemp("words") / "force"
    shutil.copytree(demo_folder, folder, ignore=shutil.ignore_patterns("state.sqlite*"))
    workspace = open_workspace(folder)
    register_demo(workspace)
    yield workspace
    workspace.close()


def known(workspace: Workspace) -> dict[str, Sequence[str]]:
    """What each word can be in this workspace, with what it nearly can be."""
    domain = workspace.domain
    sectors = [f"S{number:02}" for number in range(1, 41)]
    yes = ("yes", "no")
    own = {
        "by": ["sector"] * 6 + [each.id for each in domain.geographies] + ["group", "person", "premises"],
        "measure": [each.id for each in domain.measures],
        "weights": [each.id for each in domain.schemes],
        "areas": [*sectors, "S01,S02", "UNPLACED", "S99"],
        "area": [*sectors, "UNPLACED", "S99"],
        "theme": sorted({each.theme for each in domain.measures if each.theme}),
        "operation": ["OP-01", "OP-02", "OP-03"],
        "geography": [each.id for each in domain.geographies],
        "shared": ("full", "split", "role_weighted"),
        "sums": ("distinct", "published"),
        **dict.fromkeys(("apart", "finer", "stocks", "descending", "homes"), yes),
    }
    found: dict[str, Sequence[str]] = {**_WORDS, **own}
    return {**found, **{f"b.{word}": found[word] for word in SELECTION_WORDS if word in found}}


def drawn(rng: random.Random, view: str, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A few words for a view and those it cannot do without: mostly such as are known, one in twenty not."""
    own, common = list(VIEWS[view].options), list(SELECTION_WORDS)
    names = [name for name in own if rng.random() < 0.5] if len(own) < 10 else rng.sample(own, 3)
    names += rng.sample(common, rng.randint(0, 3))
    said = {
        name: rng.choice(_NONSENSE if rng.random() < 0.05 else words.get(name, _NONSENSE)) for name in names
    }
    needed = {
        "place": {"by": "sector", "areas": rng.choice(words["area"])},
        "group": {"by": "group", "areas": f"OCG-{rng.randint(1, 12):02}"},
        "impact": {"operation": rng.choice(words["operation"])},
    }
    return said | needed.get(view, {}) if rng.random() < 0.9 else said


def walk(workspace: Workspace, rounds: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """So many requests of each view: how many were asked, and how many told figures, by view."""
    words, rng = known(workspace), random.Random(seed)
    asked, told = Counter[str](), Counter[str]()
    with TestClient(make_app(workspace), raise_server_exceptions=False) as client:
        for view in [*VIEWS] * rounds:
            asked[view] += 1
            told[view] += is_told(client, view, drawn(rng, view, words))
    return asked, told


def is_told(client: TestClient, view: str, said: Mapping[str, str]) -> bool:
    """Whether a view told figures; fails where it broke, or where what it says is not for people."""
    answer = client.get(f"/api/{view}", params=dict(said))
    assert answer.status_code < 500, (view, said, answer.text)
    # A figure that is none must be null: NaN is not JSON.
    body = json.loads(answer.content, parse_constant=lambda text: pytest.fail(f"{view}?{said}: {text}"))
    if answer.status_code >= 400:
        assert set(body) == {"error", "rule"}, (view, said)
        _is_plain(body["error"], (view, said))
        return False
    for line in _lines(body):
        _is_plain(line, (view, said))
    return True


def _lines(body: dict[str, Any]) -> list[str]:
    """What an answer says in words."""
    sentence = body.get("sentence") or ()
    said = [sentence] if isinstance(sentence, str) else list(dict(sentence).values())
    return [str(line) for line in (*said, *body.get("warnings", ()), *body.get("how", ())) if line]


def _is_plain(sentence: str, asked: object) -> None:
    """One or more sentences for people: no name of an error, no object of the program, no empty figure."""
    assert sentence.strip(), asked
    assert len(sentence) < 1_000, (asked, sentence)
    # What was asked may be quoted, and it may be nonsense.
    assert not _UNLIKE_WORDS.search(re.sub(r"'[^']*'", "", sentence)), (asked, sentence)


def test_requests_of_every_view_are_answered(force: Workspace) -> None:
    asked, told = walk(force, 2, seed=1)
    assert set(asked) == set(VIEWS)
    assert sum(told.values()) >= 0.2 * sum(asked.values())


@pytest.mark.soak
def test_two_thousand_requests_reach_the_figures_of_every_view(force: Workspace) -> None:
    rounds = -(-2_000 // len(VIEWS))
    asked, told = walk(force, rounds, seed=2)
    print("\n" + ", ".join(f"{view} {told[view]} of {asked[view]}" for view in VIEWS))
    assert sum(asked.values()) >= 2_000
    # The demo force has no families: that view is told of another domain.
    assert [view for view in VIEWS if not told[view]] == ["family"]
