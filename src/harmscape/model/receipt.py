"""Receipts: what a result was made from, so that it can be made again."""

from __future__ import annotations

from pydantic import Field

from harmscape.model.declared import Declared, digest_of


class Receipt(Declared):
    """Every ingredient of one result: the question, the data, the weights, the rules, the program."""

    view: str
    selection: dict[str, str]
    options: dict[str, str | int | bool] = Field(default_factory=dict)
    snapshot: str
    weights: str
    configuration: str
    policy: str
    program: str
    result: str

    @property
    def id(self) -> str:
        """A short name for the receipt, the same wherever the same question met the same data."""
        return digest_of(self)
