"""The consumer template: sound, invented and saying so, with the figures that the demo tells its truth in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from harmscape.config import load_domain
from harmscape.demo.consumer.kinds import BRANCHES, KINDS
from harmscape.demo.consumer.traders import TRADES
from harmscape.demo.consumer.visits import VISIT_KINDS
from harmscape.demo.consumer.weights import SWING, lines
from harmscape.model.domain import Domain

TEMPLATE = Path(__file__).resolve().parents[2] / "src/harmscape/templates/consumer"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return load_domain(TEMPLATE)[0]


def test_the_only_warnings_are_of_unsigned_weights_and_absent_data() -> None:
    told = [str(problem) for problem in load_domain(TEMPLATE)[1]]
    unsigned = [line for line in told if "unsigned" in line]
    assert all("there is no f" in line for line in told if line not in unsigned)
    assert all("detriment.yml" in line for line in unsigned)
    assert unsigned, "invented weights must not look agreed"


def test_the_scheme_says_the_points_that_the_truth_is_told_in(domain: Domain) -> None:
    scheme = domain.scheme("detriment")
    declared = {
        (weight.category, weight.dimension, tuple(sorted(weight.when.items()))): weight.points
        for weight in scheme.weights
    }
    told = {
        (kind.id, line.dimension, tuple(sorted(line.when))): line.points
        for kind in KINDS
        for line in lines(kind)
    }
    assert declared == told
    assert scheme.swing == SWING
    assert sum(scheme.swing.values()) == Decimal(1)
    assert max(weight.points for weight in scheme.weights) == Decimal(100)


def test_the_type_tree_is_that_of_the_demo_and_open(domain: Domain) -> None:
    listed = domain.category_list("complaint_types")
    assert not listed.closed
    assert {each.id: each.title for each in listed.categories if each.parent is None} == BRANCHES
    leaves = {each.id: (each.title, each.parent) for each in listed.categories if each.parent}
    assert leaves == {kind.id: (kind.title, kind.branch) for kind in KINDS}
    assert set(TRADES) == set(BRANCHES)
    assert len(leaves) == 40


def test_every_kind_of_visit_is_listed_as_proactive(domain: Domain) -> None:
    listed = domain.category_list("visit_kinds").categories
    assert {each.title for each in listed} == {kind.title for kind in VISIT_KINDS}
    assert {each.detection for each in listed} == {"proactive"}


def test_weights_are_local_unsigned_and_each_has_a_reason(domain: Domain) -> None:
    scheme = domain.scheme("detriment")
    assert scheme.status == "local"
    assert "nvented" in scheme.source
    assert len(scheme.unsigned()) == len(scheme.weights)
    assert all(weight.reason for weight in scheme.weights)


def test_other_readers_of_yaml_find_one_declaration_a_file_and_yes_as_text() -> None:
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in TEMPLATE.rglob("*.yml")}
    assert all(len(content) == 1 for content in files.values())
    values = {
        value
        for weight in files["detriment"]["scheme"]["weights"]
        for value in weight.get("when", {}).values()
    }
    assert values == {"criminal", "yes"}


def test_traders_are_linked_by_complaints_visits_and_both_registers(domain: Domain) -> None:
    roles = {source.id: [(link.kind, link.role) for link in source.links] for source in domain.sources}
    assert roles == {
        "complaints": [("company", "trader")],
        "visits": [("company", "visited")],
        "traders": [("company", "listed")],
        "licences": [("premises", "premises"), ("company", "licence holder")],
        "cfpb": [("company", "respondent")],
    }
    assert {each.id for each in domain.entities} == {"company", "premises"}
