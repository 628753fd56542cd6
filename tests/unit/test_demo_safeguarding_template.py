"""The safeguarding template: it reads the demo county's files, and keeps apart what must not be mixed up."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.config_workspace import warnings

import harmscape.templates
from harmscape.config import load_domain
from harmscape.config.schema import schemas
from harmscape.demo.safeguarding import CountySummary, make_county
from harmscape.demo.safeguarding.agencies import AGENCIES
from harmscape.model.category import spelling
from harmscape.model.domain import Domain
from harmscape.model.role import Grant, Role
from harmscape.model.source import Policy, Source

TEMPLATE = Path(harmscape.templates.__file__).parent / "safeguarding"
TODAY = date(2026, 11, 24)
MEETING = "family_profiles_meeting"
FOUR = ("domestic_abuse", "mental_ill_health", "substance_misuse", "past_sexual_abuse")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return load_domain(TEMPLATE)[0]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> CountySummary:
    return make_county(tmp_path_factory.mktemp("county"), events=6_000)


def _files(county: CountySummary, source: Source) -> list[Path]:
    (pattern,) = source.files
    return [path for path in county.files if path.name.endswith(pattern.removeprefix("**/*"))]


def _of_people(domain: Domain) -> list[Source]:
    return [source for source in domain.sources if source.id != "services"]


def _opens(grants: tuple[Grant, ...], policy: Policy, purpose: str = MEETING) -> bool:
    return any(grant.allows(policy, purpose=purpose, on=TODAY) for grant in grants)


def _role(domain: Domain, wanted: str) -> Role:
    return next(role for role in domain.roles if role.id == wanted)


def test_it_warns_of_its_unsigned_weights_and_of_files_that_are_not_there_yet() -> None:
    told = warnings(TEMPLATE)
    unsigned = [line for line in told if " is unsigned" in line]
    # severity has 15 weights, of which two are 0 by convention; ten are told one by one.
    assert len(unsigned) == 10
    (rest,) = [line for line in told if "3 more local weights of 'severity' are unsigned" in line]
    assert all("there is no f" in line for line in told if line not in [*unsigned, rest])


@pytest.mark.parametrize("path", sorted(TEMPLATE.rglob("*.yml")), ids=lambda path: path.stem)
def test_every_file_fits_the_schema_for_editors(path: Path) -> None:
    # No day stands in these files, so the plain loader reads them as editors do.
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    (key,) = data
    singular = {"measures": "measure", "pages": "page", "sources": "source"}.get(key, key)
    jsonschema.Draft202012Validator(schemas()[singular]).validate(data)


def test_every_event_file_of_the_county_has_one_source(domain: Domain, county: CountySummary) -> None:
    found = [path for source in domain.sources for path in _files(county, source)]
    events = [path for path in county.files if path.suffix == ".csv" and path.name.startswith("2026")]
    assert sorted(found) == sorted(events)
    assert len(domain.sources) == 23


def test_sources_read_what_the_files_hold(domain: Domain, county: CountySummary) -> None:
    known = {
        name: one.spellings() for name in ("hub_kinds", "police_kinds", "circumstances")
        for one in [domain.category_list(name)]
    }  # fmt: skip
    for source in _of_people(domain):
        for path in _files(county, source):
            with path.open(newline="", encoding="utf-8") as file:
                table = csv.DictReader(file)
                header = set(table.fieldnames or ())
                for name in source.columns:
                    assert {name, *source.also_named.get(name, ())} & header, (path.name, name)
                for row in table:
                    assert spelling(row["Kind"]) in known[source.category.list]
                    assert row["Agency"] == source.policy.agency
                    assert int(row["Sensitivity"]) == source.policy.sensitivity


def test_no_source_takes_in_names_births_or_addresses(domain: Domain) -> None:
    personal = {"Given name", "Surname", "Born", "Sex", "Address", "Postcode"}
    assert not any(personal & set(source.columns) for source in domain.sources)


def test_every_row_names_its_person_family_and_household(domain: Domain) -> None:
    for source in _of_people(domain):
        assert [link.kind for link in source.links] == ["person", "family", "household"]
    personal = [kind for kind in domain.entities if kind.personal]
    assert [kind.id for kind in personal] == ["family", "household", "person"]


def test_the_directory_of_services_tells_of_no_person_and_is_for_all(domain: Domain) -> None:
    directory = domain.source("services")
    assert [link.kind for link in directory.links] == ["service"]
    assert not next(kind for kind in domain.entities if kind.id == "service").personal
    assert all(_opens(role.see, directory.policy) for role in domain.roles if "read" in role.verbs)


class TestNotAsked:
    """That nobody asked is neither a yes nor a no."""

    def test_only_what_is_recorded_counts_as_a_circumstance(self, domain: Domain) -> None:
        for name in ("circumstances", "three_of_four", *FOUR):
            counted = domain.categories_of(domain.measure(name))
            assert counted - {"circumstance_recorded"} <= set(FOUR)

    def test_each_of_the_four_has_three_answers(self, domain: Domain) -> None:
        assert domain.below["circumstance_recorded"] - {"circumstance_recorded"} == set(FOUR)
        for suffix in ("none", "not_asked"):
            head = "looked_for_none" if suffix == "none" else "not_asked"
            assert domain.below[head] - {head} == {f"{name}_{suffix}" for name in FOUR}

    def test_it_has_no_points_but_where_gaps_are_counted(self, domain: Domain) -> None:
        for scheme in domain.schemes:
            points = {weight.category: int(weight.points) for weight in scheme.weights}
            assert points["not_asked"] == (1 if scheme.id == "gaps" else 0)
            assert points["looked_for_none"] == 0

    def test_three_of_four_is_a_rule_over_families(self, domain: Domain) -> None:
        rule = domain.measure("three_of_four")
        assert (rule.kind, rule.counts, rule.at_least, rule.stands_as) == (
            "together", "family", 3, "three_of_four",
        )  # fmt: skip
        assert set(rule.categories) == set(FOUR)


class TestRoles:
    """Who may count, and who may see, by the grants alone."""

    def test_sealed_health_notes(self, domain: Domain) -> None:
        sealed = domain.source("health_circumstances").policy
        assert sealed.sensitivity == 4
        manager = _role(domain, "hub_manager")
        assert _opens(manager.count, sealed)
        assert not _opens(manager.see, sealed)
        for name in ("police", "education"):
            role = _role(domain, name)
            assert not _opens(role.count, sealed)
            assert not _opens(role.see, sealed)
        assert _opens(_role(domain, "health").see, sealed)

    @pytest.mark.parametrize("name", ["police", "education", "health"])
    def test_an_agency_reads_its_own_rows_and_the_enquiries_of_the_hub(
        self, domain: Domain, name: str
    ) -> None:
        role, other = _role(domain, name), "housing"
        assert role.count == role.see, "a count never tells of a row that may not be read"
        assert _opens(role.see, domain.source(f"{name}_circumstances").policy)
        assert _opens(role.see, domain.source("hub_enquiries").policy)
        for kind in ("contacts", "circumstances"):
            assert not _opens(role.count, domain.source(f"{other}_{kind}").policy)

    def test_no_family_opens_without_a_purpose(self, domain: Domain) -> None:
        for role in domain.roles:
            for source in domain.sources:
                assert role.id == "owner" or not _opens(role.see, source.policy, purpose="")

    def test_every_agency_owns_its_contacts_and_forms(self, domain: Domain) -> None:
        for agency in AGENCIES:
            for kind, classes in (("contacts", "child"), ("circumstances", "adult")):
                policy = domain.source(f"{agency.id}_{kind}").policy
                assert (policy.agency, policy.subject_class) == (agency.id, classes)
