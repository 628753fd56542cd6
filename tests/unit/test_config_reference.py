"""The reference of the configuration is complete and current, and the how-to on weights runs as it is"
" written."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from harmscape.config.kinds import KINDS
from harmscape.config.reference import reference
from harmscape.config.shape import bare, keys_of
from harmscape.config.words import WORDS
from harmscape.model.domain import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


def models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A declaration and all declarations inside it, by name."""
    found: dict[str, type[BaseModel]] = {model.__name__: model}

    def look(kind: Any) -> None:
        wanted, _ = bare(kind)
        for inside in get_args(wanted):
            look(inside)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel) and wanted.__name__ not in found:
            found.update(models(wanted))

    for kind in keys_of(model).values():
        look(kind)
    return found


KNOWN: list[type[BaseModel]] = [Settings, *(kind.model for kind in KINDS.values())]
ALL = {name: each for model in KNOWN for name, each in models(model).items()}


def test_every_key_has_its_words_and_no_words_lack_their_key() -> None:
    # `table` stands in the place of `weights`, and is no field of a scheme.
    written = {
        name: {*keys_of(model), *({"table"} if name == "Scheme" else ())} for name, model in ALL.items()
    }
    assert {name: set(words) for name, words in WORDS.items()} == written


def test_the_reference_is_current() -> None:
    on_disk = (DOCS / "reference/configuration.md").read_text(encoding="utf-8")
    assert on_disk == reference(), (
        "write it again: python -m harmscape.config.reference > docs/reference/configuration.md"
    )


def test_the_reference_tells_of_every_key() -> None:
    text = reference()
    for words in WORDS.values():
        for key, meaning in words.items():
            assert f"| `{key}` |" in text
            assert f"| {meaning} |" in text


def test_the_how_to_on_importing_weights_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DOCS / "how-to/import-weights.md"
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert (result.failed, result.attempted) == (0, 14)
