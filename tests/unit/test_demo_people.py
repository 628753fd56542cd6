"""The people of the demo force: links, groups, registers, referrals, and the truth told of them."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harmscape.demo import make_force

Row = dict[str, str]
DELIVERIES = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")
LAST = "2026-10-31"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_force(tmp_path_factory.mktemp("people"), events=60_000, years=2).folder


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "truth.json").read_text())
    return told


@pytest.fixture(scope="module")
def links(folder: Path) -> dict[str, list[Row]]:
    return {day: _rows(folder / f"links/{day}-crime-nominals.csv") for day in DELIVERIES}


@pytest.fixture(scope="module")
def crimes(folder: Path) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for day in DELIVERIES:
        for row in _rows(folder / f"crimes/{day}-crimes.csv"):
            row["Committed from"] = row.get("Committed from") or row["Occurred from"]
            found[row["Crime number"]] = row
    return found


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def _final(links: dict[str, list[Row]]) -> dict[str, Row]:
    """Each link as it was told last."""
    return {row["Link id"]: row for day in DELIVERIES for row in links[day]}


def test_a_link_is_told_once_and_again_only_when_its_suspect_is_charged(links: dict[str, list[Row]]) -> None:
    seen: dict[str, Row] = {}
    again = 0
    for day in DELIVERIES:
        for row in links[day]:
            assert row["Linked on"] <= day
            if row["Link id"] in seen:
                again += 1
                before = seen[row["Link id"]]
                assert (before["Role"], row["Role"]) == ("Suspect", "Charged")
                assert {**before, "Role": "Charged"} == row
            seen[row["Link id"]] = row
    assert again > 20


def test_links_name_crimes_that_are_told_of_and_nobody_twice(
    links: dict[str, list[Row]], crimes: dict[str, Row]
) -> None:
    final = _final(links)
    pairs = Counter((row["Crime number"], row["Nominal"]) for row in final.values())
    assert max(pairs.values()) == 1
    for row in final.values():
        assert row["Linked on"] >= crimes[row["Crime number"]]["Recorded on"][:10]


def test_an_eighth_of_crimes_has_a_suspect_and_each_charged_one_was_charged(
    links: dict[str, list[Row]], crimes: dict[str, Row]
) -> None:
    rows = _final(links).values()
    suspected = {row["Crime number"] for row in rows if row["Role"] in ("Suspect", "Charged")}
    # The brief of the demo: 10 to 15 % of crimes.
    assert 0.10 < len(suspected) / len(crimes) < 0.15
    charged = {row["Crime number"] for row in rows if row["Role"] == "Charged"}
    assert {crimes[number]["Status"] for number in charged} <= {"Charged", "Cancelled"}
    assert 0.15 < len(rows) / len(crimes) < 0.25


def test_names_are_one_a_nominal_but_for_some_in_capitals(links: dict[str, list[Row]]) -> None:
    names = defaultdict(set)
    for row in _final(links).values():
        assert re.fullmatch(r"NOM\d{7}", row["Nominal"])
        names[row["Nominal"]].add(row["Name"].title())
    assert {len(found) for found in names.values()} == {1}
    shouted = [row for row in _final(links).values() if row["Name"].isupper()]
    # Every 53rd.
    assert len(shouted) / len(_final(links)) == pytest.approx(1 / 53, rel=0.05)


def test_victims_come_again(links: dict[str, list[Row]]) -> None:
    victims = Counter(row["Nominal"] for row in _final(links).values() if row["Role"] == "Victim")
    assert sum(count > 1 for count in victims.values()) > 0.15 * len(victims)
    assert max(victims.values()) >= 6


def test_group_members_do_more_of_drugs_weapons_and_violence_than_of_theft(
    folder: Path, links: dict[str, list[Row]], crimes: dict[str, Row]
) -> None:
    members = {row["Nominal"] for path in (folder / "registers").glob("*-groups.csv") for row in _rows(path)}
    share: dict[str, list[bool]] = defaultdict(list)
    for row in _final(links).values():
        if row["Role"] in ("Suspect", "Charged"):
            code = crimes[row["Crime number"]]["Offence code"].upper()
            field = {"92": "drugs", "10": "weapons or assault", "8N": "assault", "45": "theft", "49": "theft"}
            share[field.get(code[:2], "other")].append(row["Nominal"] in members)
    rate = {field: sum(hits) / len(hits) for field, hits in share.items()}
    assert rate["drugs"] > 3 * rate["theft"]
    assert rate["assault"] > 1.3 * rate["theft"]


def test_registers_are_whole_each_month_and_know_nothing_of_later_days(folder: Path) -> None:
    paths = sorted((folder / "registers").glob("*-groups.csv"))
    assert len(paths) == 24
    assert paths[-1].name == f"{LAST}-groups.csv"
    stays: dict[str, Row] = {}
    for path in paths:
        day, rows = path.name[:10], _rows(path)
        assert len({row["Entry id"] for row in rows}) == len(rows)
        for row in rows:
            assert row["Joined"] <= day
            assert not row["Left"] or row["Joined"] < row["Left"] <= day
            before = stays.setdefault(row["Entry id"], row)
            fixed = ("Group id", "Nominal", "Name", "Role", "Joined", "Easting", "Northing", "Kind")
            assert all(before[name] == row[name] for name in fixed)
            assert (row["Whereabouts"] == "No fixed abode") <= (row["Easting"] == "")
    assert {row["Kind"] for row in stays.values()} == {"OCG member", "PCG member", "UCG member"}
    assert {row["Group name"] for row in stays.values()} >= {"OCG 14/Harrow", "PCG 1/Larkmoor Lads"}
    assert 500 < len({row["Nominal"] for row in stays.values()}) < 1_500
    assert any(row["Left"] for row in _rows(paths[-1]))


def test_stocks_of_the_truth_are_those_of_the_last_register(folder: Path, truth: dict[str, Any]) -> None:
    rows = _rows(folder / f"registers/{LAST}-groups.csv")
    watched = _rows(folder / f"registers/{LAST}-priority-individuals.csv")
    for row in watched:
        row["Kind"], row["Left"] = "Priority individual", row["Until"]
    people: dict[str, set[str]] = {}
    for kind in ("OCG member", "PCG member", "UCG member", "Priority individual"):
        now = {row["Nominal"]: row for row in [*rows, *watched] if row["Kind"] == kind and not row["Left"]}
        where = Counter(row["Whereabouts"] for row in now.values())
        told = truth["stocks"][kind]
        people[kind] = set(now)
        assert told["people"] == len(now)
        assert sum(told["at_home"].values()) == where["At home"]
        assert (told["in_prison"], told["no_fixed_abode"], told["out_of_force"]) == (
            where["In prison"], where["No fixed abode"], where["Out of force"],
        )  # fmt: skip
    both = people["OCG member"] | people["Priority individual"]
    assert truth["stocks"]["OCG member or priority individual"]["people"] == len(both)
    assert len(both) < len(people["OCG member"]) + len(people["Priority individual"])
    young = people["UCG member"] | people["PCG member"]
    assert truth["stocks"]["UCG or PCG member"]["people"] == len(young)


def test_members_of_the_truth_are_those_of_each_register(folder: Path, truth: dict[str, Any]) -> None:
    for path in sorted((folder / "registers").glob("*-groups.csv"))[::6]:
        day = path.name[:10]
        on_file = {(r["Group id"], r["Nominal"], r["Role"]) for r in _rows(path) if not r["Left"]}
        true = set()
        for group in truth["groups"]:
            for stay in group["stays"]:
                nominal, role, joined, left = stay.split()
                if joined <= day and (left == "-" or left > day):
                    true.add((group["id"], nominal, role))
        assert on_file == true


def test_only_the_brokers_stand_in_two_groups_of_the_network(truth: dict[str, Any]) -> None:
    network = set(truth["network"]["groups"])
    groups_of = defaultdict(set)
    for group in truth["groups"]:
        for stay in group["stays"]:
            groups_of[stay.split()[0]].add(group["id"])
    for broker in truth["network"]["brokers"]:
        assert groups_of.pop(broker["nominal"]) == set(broker["connects"])
    two = [groups for groups in groups_of.values() if len(groups) > 1]
    assert len(two) > 10
    assert not any(groups & network for groups in two)


def test_diversion_is_pending_then_decided_then_ended(folder: Path, truth: dict[str, Any]) -> None:
    states: dict[str, list[Row]] = defaultdict(list)
    for day in DELIVERIES:
        for row in _rows(folder / f"diversion/{day}-referrals.csv"):
            assert row["Referred on"] <= day
            assert (row["Ended on"] == "") == (row["Outcome"] in ("Pending", "Engaged"))
            states[row["Referral id"]].append(row)
    order = ["Pending", "Did not engage", "Engaged", "Completed"]
    for rows in states.values():
        found = [order.index(row["Outcome"]) for row in rows]
        assert found == sorted(set(found))
    engaged = {r[-1]["Nominal"] for r in states.values() if r[-1]["Outcome"] in ("Engaged", "Completed")}
    assert engaged <= set(truth["diversion"]["engaged"])
    pending = {rows[-1]["Nominal"] for rows in states.values() if rows[-1]["Outcome"] == "Pending"}
    assert set(truth["diversion"]["engaged"]) - engaged <= pending


def test_a_happening_told_three_times_is_one_place_and_time(
    folder: Path, truth: dict[str, Any], crimes: dict[str, Row]
) -> None:
    reports = {row["event_id"]: row for day in DELIVERIES for row in _rows(folder / f"soc/{day}-soc.csv")}
    assert len(truth["told_three_times"]) > 5
    for told in truth["told_three_times"]:
        crime, shot, word = crimes[told["crime"]], reports[told["discharge"]], reports[told["intelligence"]]
        assert crime["Offence code"].upper()[:2] == "10"
        assert (shot["kind"], word["kind"]) == ("firearms discharge", "firearms intelligence")
        for report in (shot, word):
            apart = [int(crime[name]) - int(report[name.lower()]) for name in ("Easting", "Northing")]
            # 150 metres, and coordinates in whole metres.
            assert apart[0] ** 2 + apart[1] ** 2 <= 151**2
        begun = date.fromisoformat(crime["Committed from"][:10])
        days = datetime.fromisoformat(word["occurred_at"]).date() - begun
        assert timedelta(0) <= days <= timedelta(4)
        assert abs(datetime.fromisoformat(shot["occurred_at"]).date() - begun) <= timedelta(1)


def test_intelligence_is_graded_and_shots_say_whether_they_are_soc_related(folder: Path) -> None:
    for row in _rows(folder / "soc/2026-07-31-soc.csv"):
        grade = (row["source_evaluation"], row["intelligence_assessment"], row["handling"])
        if row["kind"] in ("firearms intelligence", "drugs supply"):
            assert grade[0] in ("1", "2", "3")
            assert grade[1] in tuple("ABCDE")
            assert grade[2] in ("P", "C")
        else:
            assert grade == ("", "", "")
        assert (row["soc_related"] != "") == (row["kind"] == "firearms discharge")
        assert row["soc_related"] in ("", "Yes", "No", "Not known")


def test_a_death_is_provisional_until_it_is_registered(folder: Path) -> None:
    seen: dict[str, Row] = {}
    for day in DELIVERIES:
        for row in _rows(folder / f"coroner/{day}-deaths.csv"):
            assert (row["Status"] == "Concluded") == (row["Date registered"] != "")
            assert row["Date of death"] < (row["Date registered"] or day) <= day
            assert row["Substances"]
            if row["Case"] in seen:
                assert (seen[row["Case"]]["Status"], row["Status"]) == ("Provisional", "Concluded")
            seen[row["Case"]] = row
    assert {row["Status"] for row in seen.values()} == {"Provisional", "Concluded"}


def test_operations_go_from_clear_to_hold_to_build(folder: Path, truth: dict[str, Any]) -> None:
    rows = _rows(folder / "operations/operations.csv")
    assert [row["Phase"] for row in rows] == ["Clear", "Hold", "Build"] * 3
    for clear, hold, build in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        for first, second in ((clear, hold), (hold, build)):
            assert date.fromisoformat(first["Ends"]) + timedelta(1) == date.fromisoformat(second["Starts"])
        assert build["Ends"] == ""
    assert [told["id"] for told in truth["operations"]] == [row["Operation id"] for row in rows[::3]]
    assert [(t["ratio"], t["displacement_ratio"]) for t in truth["operations"]] == [
        (0.7, 1.06), (1.0, 1.0), (1.0, 1.0),
    ]  # fmt: skip


def test_rare_and_serious_and_mass_and_trivial_are_named(truth: dict[str, Any]) -> None:
    # By hand from the table of offences: homicide, attempted murder and aggravated burglary; against them
    # shoplifting, three kinds of criminal damage, and public fear, alarm or distress.
    assert truth["rare_serious"] == ["1", "2", "29A"]
    assert set(truth["mass_trivial"]) == {"46", "58A", "58C", "58D", "9A"}
