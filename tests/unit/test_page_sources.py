"""The page's sources: readable colours in one file, nothing from outside, small, built only when due."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import re
from pathlib import Path
from types import ModuleType

import pytest

from harmscape.publish.web import AssetsMissingError, assets_folder

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
TOKENS = (WEB / "src" / "styles" / "tokens.css").read_text(encoding="utf-8")


def hook() -> ModuleType:
    pytest.importorskip("hatchling", reason="the build hook runs inside hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def colours(theme: str) -> dict[str, str]:
    """The tokens of a theme; dark ones stand over the light ones."""
    light, dark = re.findall(r"^:root(?:\[data-theme=\"dark\"\])?\{(.*?)^\}", TOKENS, re.S | re.M)[:2]
    found = dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})", light))
    return found if theme == "light" else found | dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})", dark))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio: black on white is 21.

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_surface(theme: str) -> None:
    held = colours(theme)
    for ink in ("ink", "ink-2", "ink-3", "act", "fault", "signal"):
        for surface in ("sheet", "sheet-2", "ground"):
            assert contrast(held[ink], held[surface]) >= 4.5, (ink, surface)
    for step in range(1, 6):
        assert contrast(held[f"on-h{step}"], held[f"h{step}"]) >= 4.5
    for edge in ("rule-2", "focus", "m1", "m2", "m3", "m4", "m5", "m6", "bar-high", "bar-low"):
        assert contrast(held[edge], held["sheet"]) >= 3, edge


def test_no_component_names_a_colour() -> None:
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![\w-])|\b(?:rgb|hsl)a?\(")
    for file in sorted((WEB / "src").rglob("*")):
        if file.suffix in {".svelte", ".ts", ".css"} and file.name != "tokens.css":
            text = re.sub(r"\{#\w+|url\(#[\w-]+\)", "", file.read_text(encoding="utf-8"))
            assert named.findall(text) == [], file.name


def test_nothing_is_fetched_from_outside_and_no_registry_is_named() -> None:
    for file in [WEB / "index.html", *sorted((WEB / "src").rglob("*.*"))]:
        outside = re.findall(r"https?://(?!www\.w3\.org/)[\w.-]+", file.read_text(encoding="utf-8"))
        assert outside == [], file.name
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert not any("resolved" in package for package in lock["packages"].values())
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_the_html_holds_no_script_or_style_of_its_own() -> None:
    # The server's content security policy allows neither.
    html = (WEB / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html) == []
    for file in sorted((WEB / "src").rglob("*.svelte")):
        assert not re.search(r"\sstyle=[\"{]", file.read_text(encoding="utf-8")), file.name


def test_the_built_page_stays_under_900_kilobytes_gzipped() -> None:
    files = [file for file in assets_folder().rglob("*") if file.is_file()]
    # Fonts are compressed already; gzip leaves them about as they are.
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 900_000
    assert not any("http" in file.name for file in files)


def test_a_missing_page_names_the_command_that_builds_it(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissingError, match="npm ci && npm run build"):
        assets_folder(tmp_path)


def test_the_hook_builds_only_when_a_source_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARMSCAPE_SKIP_WEB", raising=False)
    build = hook()
    assert build.why_no_build(tmp_path) == "this copy holds no web sources"
    (tmp_path / "web" / "src").mkdir(parents=True)
    source = tmp_path / "web" / "src" / "main.ts"
    for file in (tmp_path / "web" / "package.json", source):
        file.write_text("{}")
        os.utime(file, (1_000, 1_000))
    assert build.why_no_build(tmp_path) == ""
    built = build.assets_of(tmp_path)
    built.parent.mkdir(parents=True)
    built.write_text("<!doctype html>")
    os.utime(built, (2_000, 2_000))
    assert build.why_no_build(tmp_path) == "they are newer than every source"
    os.utime(source, (3_000, 3_000))
    assert build.why_no_build(tmp_path) == ""
    monkeypatch.setenv("HARMSCAPE_SKIP_WEB", "1")
    assert build.why_no_build(tmp_path) == "HARMSCAPE_SKIP_WEB is 1"


def test_what_npm_leaves_behind_is_no_source(tmp_path: Path) -> None:
    build = hook()
    (tmp_path / "node_modules" / "vite").mkdir(parents=True)
    (tmp_path / "node_modules" / "vite" / "new.js").write_text("")
    (tmp_path / "package.json").write_text("{}")
    os.utime(tmp_path / "package.json", (1_000, 1_000))
    assert build.newest(tmp_path) == 1_000


def test_a_failed_step_says_what_helps(tmp_path: Path) -> None:
    build = hook()
    with pytest.raises(RuntimeError, match="HARMSCAPE_SKIP_WEB=1") as told:
        build.run(["false"], tmp_path, dict(os.environ))
    assert "`false` failed" in str(told.value)


def test_only_a_node_that_the_builder_runs_on_is_taken() -> None:
    # Vite 8 declares ^20.19.0 || >=22.12.0.
    fits = hook().is_fit
    assert [fits(v) for v in ("v20.19.0", "v22.12.1", "v24.19.0")] == [True] * 3
    assert [fits(v) for v in ("v18.20.0", "v20.18.9", "v21.7.3", "v22.11.0", "not a version")] == [False] * 5
