"""Damaged files of every format: each is read, its rows accounted for, or refused; nothing else happens."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.ingest_sources import AS_OF, EVENT_KINDS, ZONE, events

from harmscape.ingest.contents import TableFile
from harmscape.ingest.read import ReadResult, read_table
from harmscape.ingest.recognise import content_digest, match_source, tables_in
from harmscape.model.errors import FileRefusedError
from harmscape.sandbox import Workers

HEADER = ("event_id", "occurred_at", "kind", "easting", "northing", "source")
ROWS = [(f"e{at}", "2023-06-01T10:15", "drugs supply", "425000", "565000", "Police, “A”") for at in range(40)]
SEED = 20241121


def text() -> bytes:
    lines = [",".join(HEADER), *(",".join([*row[:5], f'"{row[5]}"']) for row in ROWS)]
    return "\n".join(lines).encode()


def parquet() -> bytes:
    content = io.BytesIO()
    columns = dict(zip(HEADER, zip(*ROWS, strict=True), strict=True))
    pq.write_table(pa.table({name: list(column) for name, column in columns.items()}), content)
    return content.getvalue()


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *ROWS):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def geojson() -> bytes:
    point = {"type": "Point", "coordinates": [425000, 565000]}
    features = [
        {"type": "Feature", "geometry": point, "properties": dict(zip(HEADER, row, strict=True))}
        for row in ROWS
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a/events.csv", text())
    return content.getvalue()


FORMATS = {
    "events.csv": text(),
    "events.csv.gz": gzip.compress(text()),
    "events.parquet": parquet(),
    "events.xlsx": workbook(),
    "events.geojson": geojson(),
    "events.zip": archive(),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, taken out, doubled, or the end cut off."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.choice([1, 4, 50])]
            case 2:
                data[at:at] = data[at : at + 20]
            case 3:
                data[at : at + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x7f"]
                )
            case _ if chance.random() < 0.3:
                del data[at:]
            case _:
                data[at : at + 1] = b'"'
    return bytes(data)


def load(path: Path, out: Path) -> list[ReadResult]:
    """What a load asks of one file, from looking at it to reading it."""
    results = []
    for number, table in enumerate(tables_in(path)):
        content_digest(table)
        match_source(table, [events(files=("never",))])
        results.append(
            read_table(table, events(), EVENT_KINDS, as_of=AS_OF, timezone=ZONE, out=out, number=number)
        )
    return results


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(preload=["harmscape.ingest.read"]) as started:
        yield started


def survive(name: str, times: int, folder: Path, workers: Workers) -> None:
    chance = random.Random(SEED)
    out = folder / "out"
    out.mkdir()
    for turn in range(times):
        path = folder / name
        path.write_bytes(damaged(FORMATS[name], chance))
        try:
            results = workers.submit(load, path, out, name=name).result()
        except FileRefusedError as refused:
            reason, message, results = refused.reason, str(refused), []
            assert reason != "reader_failed", f"{message}, turn {turn} of seed {SEED}"
            assert name in message, f"turn {turn} of seed {SEED}"
            assert not list(out.glob("*.arrow"))
        for result in results:
            assert result.records == result.accepted + result.rejected
            result.events.unlink()
            result.rejects.unlink()


@pytest.mark.parametrize("name", FORMATS)
def test_an_undamaged_file_is_read_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMATS[name])
    (table,) = tables_in(path)
    assert isinstance(table, TableFile)
    (result,) = load(path, tmp_path)
    assert (result.records, result.accepted) == (40, 40)


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path, workers: Workers) -> None:
    survive(name, 40, tmp_path, workers)


@pytest.mark.soak
@pytest.mark.parametrize("name", FORMATS)
def test_many_damaged_files_are_read_or_refused(name: str, tmp_path: Path, workers: Workers) -> None:
    survive(name, 2_000, tmp_path, workers)
