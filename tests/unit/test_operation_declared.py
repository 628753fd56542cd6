"""Operations declared in YAML: every fault at its place, and what no operation may be judged by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.config_workspace import broken, faults, workspace

from harmscape.config import load_domain
from harmscape.model.operation import Chosen, Operation, Registered

SOUND = """\
operation:
  id: OP-1
  title: Tide
  by: cell
  areas: [A1]
  phases:
    - {phase: clear, from: 2025-09-01, to: 2025-12-01}
    - {phase: hold, from: 2025-12-01}
  measures: [{measure: crime, chosen: 2025-08-20, by: A. Lee}]
  log: [{day: 2025-09-03, kind: Warrant}]
"""


def test_an_operation_is_read_with_its_phases_and_its_place_in_the_file(tmp_path: Path) -> None:
    domain, _ = load_domain(workspace(tmp_path, operations__tide_yml=SOUND))
    (found,) = domain.operations
    assert (found.starts, found.ends, found.areas) == (date(2025, 9, 1), None, ("A1",))
    assert (found.file, found.line) == ("operations/tide.yml", 2)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("by: cell", "by: cel", "4:7: no geography 'cel'; did you mean 'cell'?"),
        ("measure: crime", "measure: crim", "9:24: no measure 'crim'; did you mean 'crime'?"),
        ("to: 2025-12-01", "to: 2026-01-01", "2:3: the phase 'clear' of operation 'OP-1' must end before"),
        ("to: 2025-12-01", "to: 2025-08-01", "7:7: the phase 'clear' must end after it begins"),
        ("phase: clear", "phase: cler", "7:15: 'phase' cannot be 'cler'; did you mean 'clear'?"),
        ("areas: [A1]", 'within: "1,2;3"', "5:11: expected the corners of --within"),
        ("  areas: [A1]\n", "", "2:3: operation 'OP-1' names its areas, or has one drawn (within)"),
        ("  by: cell\n", "", "2:3: operation 'OP-1': areas are codes of a geography, which `by` names"),
    ],
)
def test_a_fault_is_told_at_its_line_and_column(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in SOUND
    (told,) = faults(workspace(tmp_path, operations__tide_yml=SOUND.replace(old, new, 1)))
    assert told.startswith(f"operations/tide.yml:{fault}")


def test_what_police_work_finds_is_never_the_outcome(tmp_path: Path) -> None:
    found = broken("measures/crime.yml", "  reason", "  detected_by: police activity\n  reason")
    (told,) = faults(workspace(tmp_path, operations__tide_yml=SOUND, **found))
    assert told.startswith("operations/tide.yml:9:24: Crime is found by police activity")


def test_categories_that_are_all_proactive_make_a_measure_of_looking(tmp_path: Path) -> None:
    proactive = {
        "categories__offences_yml": """\
categories:
  id: offences
  title: Offences
  source: invented
  categories:
    - {id: violence, title: Violence, detection: proactive}
    - {id: 5D, title: Wounding, parent: violence, detection: proactive}
    - {id: 1E3, title: Assault, parent: violence, detection: proactive}
    - {id: 007, title: Espionage, detection: proactive}
"""
    }
    (told,) = faults(workspace(tmp_path, operations__tide_yml=SOUND, **proactive))
    assert "is found by the activity of an agency" in told


def test_a_measure_counts_as_added_after_the_start_or_after_the_first_answer() -> None:
    operation = Operation.model_validate(
        {
            "id": "OP-1",
            "title": "Tide",
            "within": "0,54;1,54;1,55",
            "phases": [{"phase": "clear", "from": "2025-09-01"}],
        }
    )
    told = Registered(operation, 1, None, None, None, first_answer=datetime(2025, 8, 25, 12, tzinfo=UTC))

    def chosen(day: str, at: str | None = None) -> str | None:
        held = {"measure": "crime", "chosen": day, "by": "A. Lee"} | ({"at": at} if at else {})
        return told.added_after(Chosen.model_validate(held))

    assert chosen("2025-08-20") is None
    assert chosen("2025-08-25", "2025-08-25T11:59:00Z") is None
    assert chosen("2025-08-25", "2025-08-25T12:01:00Z") == "after results were first asked for"
    assert chosen("2025-08-26") == "after results were first asked for"
    late = Registered(operation, 1, None, None, None)
    assert late.added_after(Chosen(measure="crime", chosen=date(2025, 9, 1), by="A. Lee")) == (
        "after the operation began"
    )
