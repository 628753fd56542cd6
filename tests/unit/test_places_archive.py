"""Zip files: names that climb, sizes that lie, and packing past the limits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from harmscape.model.errors import FileRefusedError
from harmscape.places.archive import members_of, unpack
from harmscape.places.features import Limits


def archive_of(folder: Path, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../../x.shp", "..\\x.shp", "/etc/x.shp", "C:\\x.shp", "ok/../../x.shp"])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(archive_of(tmp_path, name, b"1")) as archive:
        with pytest.raises(FileRefusedError) as caught:
            members_of(archive, Limits())
        assert caught.value.reason == "file_path_traversal"


def test_declared_sizes_are_checked_before_unpacking(tmp_path: Path) -> None:
    path = archive_of(tmp_path, "x.shp", b"0" * 5_000_000)
    with zipfile.ZipFile(path) as archive:
        with pytest.raises(FileRefusedError) as caught:
            members_of(archive, Limits())
        assert caught.value.reason == "file_expands_too_much"
        assert list(members_of(archive, Limits(unpacked_ratio=10_000))) == ["x.shp"]
        with pytest.raises(FileRefusedError):
            members_of(archive, Limits(unpacked_ratio=10_000, unpacked_bytes=4_999_999))


def test_bytes_are_counted_while_unpacking(tmp_path: Path) -> None:
    path = archive_of(tmp_path, "x.shp", b"0" * 5_000_000)
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("x.shp")
        with pytest.raises(FileRefusedError) as caught:
            unpack(archive, member, tmp_path / "out", Limits())
    assert caught.value.reason == "file_expands_too_much"
    # It stopped within a step of the point where the ratio went past 100 to 1.
    assert (tmp_path / "out").stat().st_size < 3_000_000


def test_a_declared_size_that_lies_is_found_out(tmp_path: Path) -> None:
    path = archive_of(tmp_path, "x.shp", bytes(range(256)) * 8, zipfile.ZIP_STORED)
    content = path.read_bytes().replace((2048).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive, pytest.raises(FileRefusedError) as caught:
        unpack(archive, archive.getinfo("x.shp"), tmp_path / "out", Limits())
    assert caught.value.reason == "file_malformed"


def test_an_ordinary_member_is_unpacked_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(archive_of(tmp_path, "x.dbf", b"abc" * 1000)) as archive:
        unpack(archive, members_of(archive, Limits())["x.dbf"], tmp_path / "out", Limits())
    assert (tmp_path / "out").read_bytes() == b"abc" * 1000
