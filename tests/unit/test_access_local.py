"""Who reads where nobody signs in: the account, or plainly `local`."""

from __future__ import annotations

import getpass

import pytest

from harmscape.access import local_user


def test_an_account_without_a_name_reads_as_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    assert local_user() == "ada"

    def nobody() -> str:
        raise OSError("no such uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert local_user() == "local"
