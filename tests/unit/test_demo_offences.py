"""The offence table of the demo force against the public figures it was taken from."""

from __future__ import annotations

import csv

import pytest
from tests.shared import shared

from harmscape.demo.offences import CODES, COMPANIONS, FIRST_TAKEN_FOR, OFFENCES
from harmscape.demo.rhythm import RHYTHMS
from harmscape.demo.settings import SETTINGS

# Share of each category in the street rows of Northumbria, 2020-05 to 2022-08, anti-social behaviour included
# (data.police.uk, Open Government Licence v3.0): 434,274 rows, of which 29.4 % are anti-social behaviour.
NORTHUMBRIA_2020_22 = {
    "Violence and sexual offences": 0.287547,
    "Criminal damage and arson": 0.099265,
    "Public order": 0.091339,
    "Shoplifting": 0.042409,
    "Vehicle crime": 0.035160,
    "Burglary": 0.032977,
    "Bicycle theft": 0.009231,
    "Possession of weapons": 0.006217,
    "Theft from the person": 0.004896,
    "Robbery": 0.003790,
}
CRIMES = 1 - 0.294029


@pytest.mark.parametrize(("category", "share"), NORTHUMBRIA_2020_22.items())
def test_shares_by_category_are_those_of_northumbria(category: str, share: float) -> None:
    ours = sum(offence.share for offence in OFFENCES if offence.category == category)
    assert ours / 100_000 == pytest.approx(share / CRIMES, abs=0.0005)


def test_codes_are_unique_and_every_reference_is_known() -> None:
    assert len(set(CODES)) == len(CODES) == 40
    assert {code for pair in COMPANIONS for code in pair[:2]} <= set(CODES)
    assert set(FIRST_TAKEN_FOR) | set(FIRST_TAKEN_FOR.values()) <= set(CODES)
    assert {offence.setting for offence in OFFENCES} <= set(SETTINGS)
    assert {offence.rhythm for offence in OFFENCES} <= set(RHYTHMS)


def test_drugs_and_weapons_are_found_by_police_work_and_nothing_else_is() -> None:
    proactive = {offence.category for offence in OFFENCES if offence.found_by == "proactive"}
    assert proactive == {"Drugs", "Possession of weapons"}


def test_titles_groups_and_categories_are_those_of_the_public_list() -> None:
    with shared("data/offence_codes/CrimeCatMappings.csv").open(newline="") as file:
        public = {row["Offence_Code"].split("/")[0]: row for row in csv.DictReader(file)}
    for offence in OFFENCES:
        row = public[offence.code]
        found = (offence.title, offence.subgroup, offence.group, offence.category.lower())
        assert found == (
            row["Offence_Description"],
            row["Offence_Subgroup"],
            row["Offence_Group"],
            row["Police.uk_Cat"].lower(),
        )


def test_weights_are_those_of_the_list_they_name() -> None:
    with shared("data/offence_codes/css_weights_2016_partial.csv").open(newline="") as file:
        first = {row["offence_code"].split("/")[0]: float(row["weight"]) for row in csv.DictReader(file)}
    with shared("data/offence_codes/css_average_weights_derived.csv").open(newline="") as file:
        derived = {
            row["name"]: float(row["average_weight"])
            for row in csv.DictReader(file)
            if (row["issue"], row["level"]) == ("2020", "home_office_subgroup")
        }
    for offence in OFFENCES:
        listed = first[offence.code] if offence.vintage == "2016" else derived[offence.subgroup]
        assert offence.weight == pytest.approx(listed, abs=0.006), offence.code
        assert (offence.code in first) == (offence.vintage == "2016")
