"""No word of a domain stands below the views: the core knows events, entities and areas, and nothing else.

Read are all identifiers, texts and docstrings of the folders below. A docstring may say a word of a domain in
an example that runs, and nowhere else; comments may, as they tell where a figure or a rule comes from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import harmscape

SOURCE = Path(harmscape.__file__).parent
CORE = (
    "model", "config", "engine", "sandbox", "ingest", "places", "linkage", "rollup", "access", "scoring",
    "ranking",
)  # fmt: skip

ORGANISED_CRIME = """
    arrest arson assault burglar burglary cannabis charged constable coroner crime criminal custody
    drug firearm gang homicide knife murder narcotic nominal ocg offence offender offending pcg police
    policing robbery sector suspect theft thief ucg victim weapon
"""
CONSUMER = """
    complainant complaint consumer detriment doorstep loan merchant parcel retailer scam shop trader trading
"""
SAFEGUARDING = """
    abuse child family father hub household mash mother neglect parenting pupil referral safeguarding school
    sibling social_care teacher enquiry
"""
WORDS = frozenset(f"{ORGANISED_CRIME} {CONSUMER} {SAFEGUARDING}".split())
"""Singular, lower case. Left out are words that the core needs in a sense of its own: in *force*, *incident*
(events that share a cause), *parent* (of a category), *missing* (a value), *register*, *member*, *beat* (to
come before)."""

_NODE = "a node below another, in a tree of YAML or of categories"
_PROCESS = "a child process"
_CLASSES = "the classes of people that data protection tells apart, the same in every domain"
_HEADING = "a heading of published tables of weights, which are mapped on reading"
_VERDICT = "`unknown_crime_type`, a verdict named by the written contract of ingestion"
ALLOWED: dict[str, dict[str, str]] = {
    "config/cross_checks.py": {"child": _NODE},
    "config/shape.py": {"child": _NODE},
    "config/weight_table.py": {"child": _NODE},
    "config/yaml_tree.py": {"child": _NODE},
    "sandbox/__init__.py": {"child": _PROCESS},
    "sandbox/child.py": {"child": _PROCESS},
    "sandbox/limits.py": {"child": _PROCESS},
    "sandbox/wire.py": {"child": _PROCESS},
    "sandbox/worker.py": {"child": _PROCESS},
    "ingest/recognise.py": {"child": _PROCESS},
    "model/entity.py": {"child": _CLASSES},
    "model/role.py": {"child": _CLASSES, "victim": _CLASSES},
    "model/source.py": {"child": _CLASSES, "victim": _CLASSES},
    "config/words.py": {
        "child": f"{_CLASSES}; and children as a figure of the census",
        "victim": _CLASSES,
        "household": "a figure of the census, as residents",
    },
    "model/geography.py": {"household": "a figure of the census", "child": "a figure of the census"},
    "model/selection.py": {"household": "a figure of the census"},
    "places/denominators.py": {"household": "a figure of the census"},
    "model/domain.py": {"sector": "`sector_overview`, a view by its name"},
    "config/weights_sheet.py": {
        "offence": _HEADING,
        "crime": _HEADING,
    },
    "ingest/reasons.py": {"crime": _VERDICT},
    "ingest/rows.py": {"crime": _VERDICT},
    "places/fields.py": {"sector": "how published boundary files head their codes"},
    "ranking/simulation.py": {
        "homicide": "the name of a simulated mix, printed in documents",
        "sector": "the name of a simulated scenario, printed in documents",
    },
}  # fmt: skip

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words_of(text: str) -> Iterator[str]:
    """The words of a domain in a text or an identifier, in the singular; one written `social_care` too."""
    for part in _WORD.findall(text):
        word = part.lower()
        ends = ((word, ""), (word.removesuffix("s"), ""), (word.removesuffix("ies"), "y"))
        forms = {stem + end for stem, end in ends} | {"child" if word == "children" else word}
        yield from forms & WORDS
    if "social_care" in text.lower() or "social care" in text.lower():
        yield "social_care"


def prose_of(docstring: str) -> str:
    """A docstring without its examples: from `>>>` to the next blank line."""
    kept, in_example = [], False
    for line in docstring.splitlines():
        in_example = line.lstrip().startswith(">>>") or (in_example and bool(line.strip()))
        if not in_example:
            kept.append(line)
    return "\n".join(kept)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every identifier, text and piece of prose of a file, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_text(node.value)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield line, prose_of(node.value) if id(node) in bare else node.value
            continue
        for field in ("id", "attr", "name", "arg", "asname", "module"):
            held = getattr(node, field, None)
            if isinstance(held, str):
                yield line, held


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def found_in(path: Path) -> dict[str, int]:
    """The words of a domain in a file with the first line of each."""
    found: dict[str, int] = {}
    for line, text in texts_of(path):
        for word in words_of(text):
            found.setdefault(word, line)
    return found


@pytest.mark.parametrize("folder", CORE)
def test_no_word_of_a_domain_stands_in(folder: str) -> None:
    files = sorted((SOURCE / folder).rglob("*.py"))
    assert files, folder
    told = [
        f"{path.relative_to(SOURCE)}:{line}: {word}"
        for path in files
        for word, line in found_in(path).items()
        if word not in ALLOWED.get(path.relative_to(SOURCE).as_posix(), {})
    ]
    assert told == []


def test_every_exception_is_still_needed() -> None:
    for name, words in ALLOWED.items():
        assert words.keys() <= found_in(SOURCE / name).keys(), name


def test_core_files_name_no_domain() -> None:
    named = [
        path.name for folder in CORE for path in (SOURCE / folder).rglob("*.py") if set(words_of(path.stem))
    ]
    assert named == ["child.py"]  # of the sandbox: a child process


def test_the_search_finds_what_it_should(tmp_path: Path) -> None:
    # By hand: an identifier, a plural, camel case, a text, and prose; not the example that runs.
    path = tmp_path / "seen.py"
    path.write_text(
        '"""What families do.\n\n    >>> "a gang"\n    \'a gang\'\n\n    And traders.\n    """\n'
        'class OcgTable:\n    drug_supply = "three burglaries"\n\n'
        "def told(suspects, forced, parcels_m): return suspects.mash\n",
        encoding="utf-8",
    )
    assert set(found_in(path)) == {
        "family", "trader", "ocg", "drug", "burglary", "suspect", "parcel", "mash",
    }  # fmt: skip
