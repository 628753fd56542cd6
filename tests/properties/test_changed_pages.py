"""The promise of a page of changes: hardly a false flag where nothing changes, doublings found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.demos import loaded, made, opened

from harmscape.change.baseline import beside_baseline
from harmscape.change.discovery import adjusted
from harmscape.views.changed import Changed
from harmscape.views.tested import FALSE_RATE, compare_each
from harmscape.workspace import Workspace

MONTHS = [month for _ in range(3) for month in range(1, 13)] + [1, 2, 3]
ASKED = np.array([False] * 36 + [True] * 3)
MEANS = (60.0, 25.0, 8.0, 3.0, 1.0, 0.3)
"""Events a month and area of six measures, from frequent to rare."""


def page(seed: int) -> tuple[int, bool]:
    """240 cells, 40 areas by six measures: false flags, and whether a doubling of 40 a quarter was seen."""
    rng = np.random.default_rng(seed)
    p, enough = [], []
    for number, mean in enumerate(MEANS):
        rate = rng.gamma(4, mean / 4, 40)[:, None] * np.ones(39)
        if number == 1:
            rate[0] = 40 / 3
            rate[0, 36:] *= 2
        beside = beside_baseline(rng.poisson(rate), MONTHS, ASKED, ~ASKED)
        found = compare_each(beside)
        p.append(np.where(beside.later + beside.earlier > 0, found.ratios.p, np.nan))
        enough.append(found.enough)
    believed = (adjusted(np.concatenate(p)) <= FALSE_RATE) & np.concatenate(enough)
    return int(believed.sum()) - int(believed[40]), bool(believed[40])


def test_a_page_flags_next_to_nothing_false_and_finds_a_doubling_of_forty_a_quarter() -> None:
    # The bars: at most 0.2 false flags a page, 90 % of doublings found against twelve quarters. Rare cells
    # are shown only where much happened in them; were those alone allowed for, far more would be false.
    pages = [page(seed) for seed in range(25)]
    assert np.mean([false for false, _ in pages]) <= 0.2
    assert np.mean([seen for _, seen in pages]) >= 0.9


@pytest.mark.soak
def test_the_same_over_a_thousand_pages() -> None:
    pages = [page(seed) for seed in range(1000)]
    false, seen = (float(np.mean(each)) for each in zip(*pages, strict=True))
    print(f"\n1,000 pages: {false:.3f} false flags a page, {seen:.3f} of doublings found")
    assert false <= 0.2
    assert seen >= 0.9


@pytest.mark.soak
def test_the_null_twin_of_the_demo_force_flags_next_to_nothing(tmp_path: Path) -> None:
    # Five forces in which no rate changes, 24 pages each.
    flags = []
    for seed in range(11, 16):
        folder = loaded(made(tmp_path / str(seed), "soc", 120_000, seed=seed, null=True))
        workspace = opened(folder)
        flags.extend(_believed(workspace, words) for words in _pages())
        workspace.close()
    print(f"\nfive forces without a change, {len(flags)} pages: {np.mean(flags):.3f} false flags a page")
    assert np.mean(flags) <= 0.2, flags


def _believed(workspace: Workspace, words: dict[str, str]) -> int:
    found = workspace.ask("changed", words)
    assert isinstance(found, Changed)
    return found.believed


def _pages() -> list[dict[str, str]]:
    return [
        {"by": by, "measure": measure, "window": window, "to": to}
        for by in ("sector", "beat")
        for measure in ("all_crime", "soc_primary")
        for window in ("1m", "3m", "12m")
        for to in ("2025-07", "2026-10")
    ]
