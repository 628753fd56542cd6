"""Roles: what a reader may count, and what a reader may see."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from harmscape.model.declared import Declared, Names, Title
from harmscape.model.source import Policy


class Grant(Declared):
    """Rows of these agencies (all, when none is named) up to a sensitivity, between two dates."""

    agencies: Names = ()
    sensitivity: int = Field(default=0, ge=0, le=4)
    subject_classes: Names = ("none", "adult", "child", "victim")
    purposes: Names = ()
    starts: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="to")

    def allows(self, policy: Policy, *, purpose: str, on: date) -> bool:
        """Whether a row under `policy` is open to this grant; every test must pass."""
        return (
            (
                not self.agencies
                or policy.agency in self.agencies
                or bool(set(self.agencies) & set(policy.share_with))
            )
            and policy.sensitivity <= self.sensitivity
            and policy.subject_class in self.subject_classes
            and (not self.purposes or purpose in self.purposes)
            and (self.starts is None or self.starts <= on)
            and (self.ends is None or on < self.ends)
        )


class Role(Declared):
    """Fixed verbs and two sets of grants: sums use `count`, rows use `see`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    verbs: tuple[Literal["read", "drill", "export", "load", "audit", "configure"], ...] = ("read",)
    count: tuple[Grant, ...] = ()
    see: tuple[Grant, ...] = ()
    reason: str


OWNER = Role(
    id="owner",
    title="Local owner of the workspace",
    verbs=("read", "drill", "export", "load", "audit", "configure"),
    count=(Grant(sensitivity=4),),
    see=(Grant(sensitivity=4),),
    reason="Whoever can read the folder can read its rows; sign-in and other roles come with the server.",
)
