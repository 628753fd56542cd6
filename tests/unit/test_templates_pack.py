"""The templates' own sources read the hostile pack as its EXPECTED.json states, duplicates apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.ingest_sources import AS_OF, ZONE, read
from tests.shared import SHARED, shared

from harmscape.config import load_domain
from harmscape.ingest.recognise import match_source, tables_in
from harmscape.model.errors import FileRefusedError
from harmscape.templates import template

EXPECTED = SHARED / "data/hostile/EXPECTED.json"
TABLES: list[dict[str, Any]] = (
    [
        each
        for each in json.loads(EXPECTED.read_text())["expected"]
        if each["kind"] in ("street_csv", "events_csv")
    ]
    if EXPECTED.exists()
    else []
)


@pytest.mark.parametrize("expected", TABLES, ids=[each["file"] for each in TABLES])
def test_a_file_is_recognised_and_read_as_stated(expected: dict[str, Any], tmp_path: Path) -> None:
    path = shared(f"data/hostile/{expected['file']}")
    domain = load_domain(template("police-uk" if expected["kind"] == "street_csv" else "soc"))[0]
    if expected["action"] == "refuse":
        with pytest.raises(FileRefusedError) as refused:
            read(path, domain.source("street"), domain.category_list("police_uk"), tmp_path)
        assert refused.value.reason == expected["reason"]
        return
    (table,) = tables_in(path)
    source = match_source(table, domain.sources)
    assert source is not None
    assert source.id == (
        "street" if "street" in path.name else "events_lonlat" if "23_" in path.name else "events"
    )
    result, _, rejected = read(
        path, source, domain.category_list(source.category.list), tmp_path, timezone=ZONE
    )
    assert [(row["line"], row["reason"]) for row in rejected] == [
        (each["line"], each["reason"])
        for each in expected["rejects"]
        if not each["reason"].startswith("duplicate")
    ]
    assert result.records == expected["records"]


def test_the_partner_return_is_recognised_by_its_name(tmp_path: Path) -> None:
    domain = load_domain(template("soc"))[0]
    path = shared("data/hostile/29_partner_return.xlsx")
    (table,) = tables_in(path)
    source = match_source(table, domain.sources)
    assert source is not None
    assert source.id == "partner_return"
    result, _, rejected = read(path, source, domain.category_list("soc_kinds"), tmp_path, as_of=AS_OF)
    (stated,) = [each for each in json.loads(EXPECTED.read_text())["expected"] if each["file"] == path.name]
    refused = [each["row"] for each in stated["rows"] if each["verdict"] != "accept"]
    assert [row["line"] for row in rejected] == refused
    assert result.records == stated["records"]
