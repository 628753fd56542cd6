"""The way in for what people write: allowed, written to the audit trail, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harmscape.model.errors import RefusedError
from harmscape.workspace.state import Kind

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

_VERB: Mapping[Kind, str] = {
    "task": "drill",
    "correction": "drill",
    "bookmark": "read",
    "operation": "drill",
    "answer": "read",
    "finding": "read",
}
"""What a role must be allowed to do before it may write of something."""


def keep(
    workspace: Workspace,
    kind: Kind,
    body: Mapping[str, Any],
    *,
    id: int | None = None,
    why: str | None = None,
    at: datetime | None = None,
) -> int:
    """Keep a change in the reader's name and return the id of what it is about.

    The audit trail tells what was set, never the text of it. Raises RefusedError where the role may not.
    """
    reader = workspace.reader
    if _VERB[kind] not in reader.role.verbs:
        raise RefusedError(f"role {reader.role.id!r} may not write a {kind} (rule: verbs)")

    def note(number: int) -> None:
        workspace.audit.append(
            "alteration",
            actor=reader.actor,
            role=reader.role.id,
            step=kind,
            purpose=reader.purpose,
            detail={"id": number, "sets": sorted(body)},
            outcome="kept",
        )

    return workspace.state.append(kind, body, by=reader.actor, why=why, id=id, at=at, note=note)
