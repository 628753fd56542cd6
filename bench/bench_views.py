"""The four linked queries of a page over five million events.

The peer is pandas with the same rows already in memory, which checks and keeps nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bench.figure import Figure
from bench.force import force
from harmscape.engine import Engine
from harmscape.scoring.score import month_sql, score_sql
from harmscape.views.question import ask, parameters
from harmscape.workspace import Workspace, open_workspace

QUESTIONS = 60


def figures() -> Iterator[Figure]:
    """All figures, one by one as they are measured."""
    workspace = open_workspace(force())
    yield from _linked(workspace)
    workspace.close()


def _linked(workspace: Workspace) -> Iterator[Figure]:
    """Choropleth, top of the list, trend and parts for random selections, from compact events alone."""
    choice = random.Random(1)
    context = workspace.snapshot().context
    questions: list[dict[str, Any]] = [
        {
            "by": "beat",
            "window": choice.choice(["3m", "12m", "24m"]),
            "where": [f"hour={','.join(map(str, choice.sample(range(24), 12)))}"],
            "measure": choice.choice(["all_crime", "violence", "drugs_supply"]),
        }
        for _ in range(QUESTIONS)
    ]

    def page(cursor: Engine, words: dict[str, object]) -> float:
        started = time.perf_counter()
        asked = ask(cursor, context, words)
        question = asked.roll_up(trend=asked.selection.period)
        picked, months = question.pick(), question.pick(monthly=True)
        assert picked.tally is not None
        bound = parameters(picked)
        for step, column in (("map", context.lookup.area_column("small_area")), ("list", asked.area_column)):
            score = score_sql(picked, column, question.attributes)
            cursor.rows(
                step, f"select s.area_no, sum(s.events), sum(s.harm) from ({score}) s group by all", bound
            )
        cursor.rows("trend", month_sql(months, question.attributes), parameters(months))
        parts = (
            f"select e.category, sum(e.events) from {picked.table} e where {picked.tally.sql} group by all"
        )
        cursor.rows("parts", parts, bound)
        return time.perf_counter() - started

    seconds = [
        workspace.read("bench", {}, lambda cursor, words=words: page(cursor, dict(words)))  # type: ignore[misc]
        for words in questions
    ]
    peer = float(np.quantile(_pandas(workspace, questions), 0.95))
    p95 = float(np.quantile(seconds, 0.95))
    yield Figure(
        "four linked queries, random selections, p95",
        f"{p95 * 1000:.0f} ms",
        peer=f"pandas {peer * 1000:.0f} ms",
        ratio=peer / p95,
        bar="<= 150 ms",
        is_met=p95 <= 0.15,
    )


def _pandas(workspace: Workspace, questions: list[dict[str, Any]]) -> list[float]:
    """Seconds for the same four answers from a frame in memory; its measure is always all crime."""

    def frame(cursor: Engine) -> pd.DataFrame:
        return cursor.arrow(
            "frame",
            "select e.day, e.hour, e.category, e.a_small_area, e.a_beat from counted_event e"
            " where e.known_to is null",
        ).to_pandas()

    held = workspace.read("bench", {}, frame)
    held["day"] = pd.to_datetime(held["day"])
    weights = pd.Series(np.linspace(1, 500, int(held["category"].max()) + 1))
    seconds = []
    for words in questions:
        started = time.perf_counter()
        first = pd.Timestamp("2026-11-01") - pd.DateOffset(months=int(words["window"].removesuffix("m")))
        hours = [int(hour) for hour in words["where"][0].removeprefix("hour=").split(",")]
        chosen = held[(held["day"] >= first) & held["hour"].isin(hours)]
        harm = chosen["category"].map(weights)
        harm.groupby(chosen["a_small_area"]).sum()
        harm.groupby(chosen["a_beat"]).sum().nlargest(50)
        harm.groupby(chosen["day"].dt.to_period("M")).sum()
        chosen.groupby("category").size()
        seconds.append(time.perf_counter() - started)
    return seconds
