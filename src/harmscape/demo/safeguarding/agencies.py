"""The agencies of the hub: how much each tells, how freely its rows may travel, and what it asks about."""

from __future__ import annotations

from typing import NamedTuple

HUB = "hub"
CIRCUMSTANCES = ("Domestic abuse", "Mental ill-health", "Substance misuse", "Past sexual abuse")
RECORDED, NONE, NOT_ASKED = 0, 1, 2
ANSWERS = ("recorded", "looked for, none", "not asked")
"""What a form says of a circumstance. That nobody asked is not an answer: it is never a no."""


class Agency(NamedTuple):
    """One agency: its prefix, its shares of contacts and of forms, and its chance to ask (in the order of
    `CIRCUMSTANCES`). `office` agencies rarely write at weekends; `term` ones hardly in August either.

    sensitivity: of its circumstances; 4 is sealed. Contacts travel as official-sensitive (2).
    """

    id: str
    prefix: str
    contacts: float
    forms: float
    asks: tuple[float, float, float, float]
    sensitivity: int = 3
    office: bool = True
    term: bool = False


AGENCIES = (
    Agency("police", "POL", 0.38, 0.20, (0.95, 0.45, 0.50, 0.08), office=False),
    Agency("social_care", "SOC", 0.07, 0.30, (0.95, 0.95, 0.95, 0.70)),
    Agency("health", "HEA", 0.15, 0.20, (0.60, 0.90, 0.70, 0.35), sensitivity=4, office=False),
    Agency("education", "EDU", 0.17, 0.05, (0.30, 0.25, 0.20, 0.05), term=True),
    Agency("probation", "PRO", 0.03, 0.06, (0.80, 0.85, 0.95, 0.25)),
    Agency("youth_offending", "YOT", 0.04, 0.05, (0.60, 0.80, 0.85, 0.30)),
    Agency("early_years", "EAR", 0.05, 0.03, (0.40, 0.40, 0.20, 0.03), term=True),
    Agency("domestic_abuse_service", "DAS", 0.06, 0.08, (1.00, 0.70, 0.60, 0.60)),
    Agency("housing", "HOU", 0.05, 0.03, (0.35, 0.30, 0.30, 0.02)),
)
NUMBER = {agency.id: number for number, agency in enumerate(AGENCIES)}
SOCIAL_CARE = NUMBER["social_care"]
