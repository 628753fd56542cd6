"""Which fields hold codes and names: guesses on the fields of real publishers, and the reasons shown."""

from __future__ import annotations

from typing import Any

import pytest

from harmscape.model.errors import FileRefusedError
from harmscape.places.fields import find_field, guess_fields


def guessed(**sample: list[Any]) -> tuple[str, str | None]:
    code, name, _ = guess_fields(list(sample), sample)
    return code, name


def test_official_codes_win_and_the_name_shares_their_stem() -> None:
    two = ["E01000001", "E01000002"]
    assert guessed(
        LADNM=["Moor", "Moor"],
        LADCD=["E06000001"] * 2,
        LSOA11CD=two,
        LADNM2=["a", "b"],
        LSOA11NM=["M 1A", "M 1B"],
    ) == ("LSOA11CD", "LSOA11NM")
    assert guessed(lsoa11_name=["M 1A", "M 1B"], lsoa11_code=two) == ("lsoa11_code", "lsoa11_name")
    assert guessed(objectid=two, district=["Moor", "Tyne"]) == ("objectid", "district")


def test_a_parent_shared_by_areas_is_not_their_code() -> None:
    assert guessed(RGNCD=["E12000001"] * 3, msoa11cd=["E02000001", "E02000002", "E02000003"])[0] == "msoa11cd"


def test_local_codes_are_found_by_name_and_serial_numbers_left_aside() -> None:
    assert guessed(OBJECTID=[1, 2], sector_id=["S1", "S2"], name=["North", "South"]) == ("sector_id", "name")
    assert guessed(fid=[1, 2], beat=["B1", "B2"]) == ("beat", None)
    assert guessed(OBJECTID=[1, 2]) == ("OBJECTID", None)
    assert guessed(name=["North", "South"]) == ("name", None)


def test_a_code_repeated_now_and_then_is_still_the_code() -> None:
    codes = [f"S{number:02d}" for number in range(13)] + ["S01"]
    assert guessed(kind=["sector"] * 14, sector_id=codes)[0] == "sector_id"


def test_no_field_that_tells_areas_apart_is_an_error() -> None:
    with pytest.raises(FileRefusedError, match="name the one that holds their codes") as caught:
        guessed(kind=["sector", "sector"], note=[None, ""])
    assert caught.value.reason == "header_missing_column"


def test_the_reason_is_told() -> None:
    _, _, why = guess_fields(["zone", "label"], {"zone": ["a", "b"], "label": ["North", "South"]})
    assert why == "no field is named like a code; the values of zone differ; label is named like a name"


def test_fields_named_by_a_person() -> None:
    assert find_field("wd25cd", ["WD25CD", "WD25NM"]) == "WD25CD"
    assert find_field("name", ["Name", "name"]) == "name"
    with pytest.raises(FileRefusedError, match="differ only in case") as caught:
        find_field("NAME", ["Name", "name"])
    assert caught.value.reason == "header_duplicate_column"
    with pytest.raises(FileRefusedError, match="did you mean 'WD25CD'"):
        find_field("WD24CD", ["WD25CD", "WD25NM"])
