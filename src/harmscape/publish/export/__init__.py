"""Exports: what is on screen as a file, whole, with a head that says what it is."""

from harmscape.publish.export.impact_page import page_policy
from harmscape.publish.export.sheet import Sheet, sheet_of_result
from harmscape.publish.export.write import FORMS, Exported, export, media_type, write_result

__all__ = [
    "FORMS",
    "Exported",
    "Sheet",
    "export",
    "media_type",
    "page_policy",
    "sheet_of_result",
    "write_result",
]
