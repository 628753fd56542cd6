"""Every reason a row can be refused for has its plain words, and so has every flag."""

from __future__ import annotations

import json

from tests.shared import shared

from harmscape.ingest.block import ORDER
from harmscape.ingest.events import FLAGS
from harmscape.ingest.reasons import FLAG_REASONS, ROW_REASONS


def test_the_order_of_reasons_is_that_of_the_contract() -> None:
    contract = json.loads(shared("data/hostile/EXPECTED.json").read_text())["contract"]["order_of_checks"]
    groups = {"coordinates": "coord_partial", "duplicates": "duplicate_exact"}
    stated = [groups.get(name, name) for name in contract if name != "file"]
    assert [name for name in ROW_REASONS if name in stated] == stated


def test_every_reason_of_the_pack_has_its_words() -> None:
    expected = json.loads(shared("data/hostile/EXPECTED.json").read_text())["expected"]
    tables = [each for each in expected if each["kind"] != "boundaries"]
    reasons = {row["reason"] for each in tables for row in each.get("rejects", [])}
    flags = {row["flag"] for each in tables for row in each.get("flags", [])}
    assert reasons - ROW_REASONS.keys() == set()
    assert flags - FLAG_REASONS.keys() == set()


def test_what_readers_find_comes_in_the_same_order() -> None:
    assert [name for name in ROW_REASONS if name in ORDER] == list(ORDER)
    assert [name for name in FLAG_REASONS if name in FLAGS] == list(FLAGS)
