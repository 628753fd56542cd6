"""The page's built assets: where they lie, and what to do when they are missing."""

from __future__ import annotations

from pathlib import Path

from harmscape.model.errors import HarmscapeError

__all__ = ["assets_folder"]


class AssetsMissingError(HarmscapeError):
    """The page was not built into this installation."""


def assets_folder(folder: Path | None = None) -> Path:
    """The folder with `index.html` and the files it asks for, made by the build hook.

    folder: where to look instead of this package; used by tests.
    Raises AssetsMissingError when the page was not built, naming the command that builds it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as built:
    ...     _ = (Path(built) / "index.html").write_text("<!doctype html>")
    ...     assets_folder(Path(built)) == Path(built)
    True
    """
    found = folder if folder is not None else Path(__file__).resolve().parent / "assets"
    if not (found / "index.html").is_file():
        raise AssetsMissingError(
            f"the page is not built: {found} holds no index.html; install again without HARMSCAPE_SKIP_WEB "
            "(`pip install .`), or run `npm ci && npm run build` in web/"
        )
    return found
