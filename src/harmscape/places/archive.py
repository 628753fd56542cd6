"""The members of a zip file, with sizes checked before and counted while unpacking."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from harmscape.model.errors import FileRefusedError
from harmscape.places.features import MEBIBYTE, Limits

STEP_BYTES = MEBIBYTE
# Small text files pack very well; below this size a high ratio is no danger.
HARMLESS_BYTES = MEBIBYTE


def members_of(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files in an archive by name, once all names and declared sizes have been found harmless.

    Raises FileRefusedError: file_path_traversal for a name that leaves the folder, file_expands_too_much.
    """
    members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    for name in members:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\0" in name:
            raise FileRefusedError("file_path_traversal", "a name in the archive leads out of its folder")
    unpacked = sum(info.file_size for info in members.values())
    packed = sum(info.compress_size for info in members.values())
    refuse_expansion(packed, unpacked, limits)
    return members


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, limits: Limits) -> None:
    """Write one member to a path of our own; raises FileRefusedError as soon as it grows past its bounds."""
    written = 0
    try:
        with archive.open(member) as source, target.open("wb") as sink:
            while piece := source.read(STEP_BYTES):
                written += len(piece)
                refuse_expansion(member.compress_size, written, limits)
                sink.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise FileRefusedError("file_malformed", "a file in the archive is damaged or encrypted") from None


def refuse_expansion(packed: int, unpacked: int, limits: Limits) -> None:
    """Raise FileRefusedError if the unpacked size is past the limit, or too large for the packed size."""
    too_dense = unpacked > HARMLESS_BYTES and unpacked > limits.unpacked_ratio * max(packed, 1)
    if too_dense or unpacked > limits.unpacked_bytes:
        raise FileRefusedError(
            "file_expands_too_much",
            f"{packed:,} bytes unpack to {unpacked:,} or more; at most {limits.unpacked_ratio} to 1 "
            f"and {limits.unpacked_bytes:,} bytes are unpacked",
        )
