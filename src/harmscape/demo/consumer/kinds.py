"""The incident types of the invented region: how common each is, what comes with it, how much it hurts."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One incident type. All but `share`, `median` and `points` are probabilities for one complaint.

    share: complaints in about 100,000. where: which people it meets (a name in `rates.SETTINGS`).
    criminal, civil: breaches; the rest are none. by_trader: the trader's conduct drove it, not a purchase
    gone wrong. vulnerable: of those asked. unknown: nobody knows the trader. loss_told: the complaint states
    a loss, of `median` pounds in the middle. points: personal, financial, emotional, before any condition.
    """

    id: str
    title: str
    branch: str
    share: int
    where: str
    criminal: float
    civil: float
    by_trader: float
    vulnerable: float
    cold_call: float
    repeat: float
    unknown: float
    loss_told: float
    median: int
    points: tuple[float, float, float]


BRANCHES = {
    "doorstep_crime": "Doorstep crime",
    "scams": "Scams",
    "used_cars": "Used cars",
    "home_improvements": "Home improvements",
    "goods": "Counterfeit and unsafe goods",
    "underage_sales": "Underage sales",
    "food": "Food",
    "energy": "Energy",
    "lettings": "Lettings",
    "telecoms": "Telecoms",
    "buying": "Buying goods and services",
}

KINDS = (
    Kind("doorstep_vulnerable", "Doorstep crime against vulnerable people", "doorstep_crime", 250, "older",
         0.85, 0.10, 0.99, 0.97, 0.90, 0.35, 0.35, 0.80, 4_200, (50, 55, 45)),
    Kind("doorstep_repairs", "Doorstep property repairs", "doorstep_crime", 720, "older",
         0.55, 0.30, 0.95, 0.45, 0.85, 0.15, 0.35, 0.70, 1_400, (6, 12, 10)),
    Kind("doorstep_selling", "Pressure selling on the doorstep", "doorstep_crime", 1_000, "older",
         0.30, 0.40, 0.92, 0.35, 0.95, 0.10, 0.30, 0.55, 600, (3, 6, 6)),
    Kind("bogus_officials", "Bogus officials", "doorstep_crime", 170, "older",
         0.95, 0.00, 0.99, 0.60, 0.95, 0.12, 0.90, 0.50, 500, (20, 20, 30)),
    Kind("impersonation", "Telephone impersonation", "scams", 1_300, "older",
         0.95, 0.00, 0.99, 0.45, 0.92, 0.20, 0.92, 0.45, 2_100, (5, 10, 10)),
    Kind("investment", "Investment scams", "scams", 900, "home",
         0.95, 0.02, 0.99, 0.30, 0.55, 0.12, 0.75, 0.85, 11_000, (10, 60, 25)),
    Kind("romance", "Romance scams", "scams", 330, "home",
         0.92, 0.00, 0.99, 0.50, 0.05, 0.30, 0.97, 0.70, 6_000, (12, 20, 30)),
    Kind("online_shopping", "Online shopping scams", "scams", 4_300, "home",
         0.80, 0.10, 0.97, 0.10, 0.00, 0.06, 0.45, 0.85, 95, (0.2, 3, 2)),
    Kind("subscription", "Subscription traps", "scams", 2_300, "home",
         0.20, 0.60, 0.90, 0.08, 0.02, 0.08, 0.15, 0.75, 60, (0.1, 1.5, 1)),
    Kind("prize_mail", "Prize draw and lottery mail", "scams", 800, "older",
         0.85, 0.05, 0.98, 0.60, 0.05, 0.55, 0.60, 0.40, 350, (4, 5, 6)),
    Kind("phishing", "Phishing texts and emails", "scams", 4_700, "home",
         0.90, 0.00, 0.99, 0.08, 0.10, 0.10, 0.98, 0.06, 180, (0.1, 0.3, 0.6)),
    Kind("car_faulty", "Faulty used car", "used_cars", 6_900, "poorer",
         0.05, 0.75, 0.70, 0.06, 0.00, 0.02, 0.02, 0.80, 2_300, (0.3, 4, 2)),
    Kind("car_misdescribed", "Misdescribed used car", "used_cars", 2_900, "poorer",
         0.30, 0.55, 0.92, 0.06, 0.00, 0.02, 0.03, 0.75, 2_900, (0.3, 5, 2.5)),
    Kind("car_clocked", "Clocked used car", "used_cars", 640, "poorer",
         0.75, 0.15, 0.98, 0.06, 0.00, 0.02, 0.05, 0.70, 2_600, (0.5, 6, 2.5)),
    Kind("work_poor", "Poor building work", "home_improvements", 5_600, "home",
         0.06, 0.72, 0.75, 0.12, 0.05, 0.03, 0.05, 0.75, 1_800, (0.3, 4, 2.5)),
    Kind("work_unfinished", "Building work not finished", "home_improvements", 2_500, "home",
         0.20, 0.62, 0.88, 0.14, 0.06, 0.03, 0.06, 0.80, 3_600, (0.5, 8, 5)),
    Kind("deposit_lost", "Deposit taken and no work done", "home_improvements", 1_100, "home",
         0.45, 0.45, 0.96, 0.15, 0.08, 0.03, 0.08, 0.92, 2_700, (0.5, 12, 8)),
    Kind("insulation", "Mis-sold insulation and panels", "home_improvements", 1_400, "older",
         0.25, 0.50, 0.90, 0.28, 0.60, 0.05, 0.08, 0.70, 3_900, (1, 7, 5)),
    Kind("counterfeit", "Counterfeit clothing and bags", "goods", 2_200, "home",
         0.85, 0.05, 0.97, 0.03, 0.00, 0.02, 0.20, 0.50, 45, (0, 0.8, 0.2)),
    Kind("unsafe_electrical", "Unsafe electrical goods", "goods", 1_600, "home",
         0.50, 0.20, 0.90, 0.06, 0.00, 0.02, 0.15, 0.55, 40, (4, 1, 1)),
    Kind("unsafe_toys", "Unsafe toys", "goods", 620, "home",
         0.55, 0.15, 0.92, 0.10, 0.00, 0.02, 0.15, 0.45, 18, (6, 0.5, 2)),
    Kind("illicit_tobacco", "Illicit tobacco", "goods", 1_900, "poorer",
         0.95, 0.00, 0.99, 0.04, 0.00, 0.03, 0.15, 0.02, 12, (2, 0.2, 0.2)),
    Kind("underage_vapes", "Vapes sold to children", "underage_sales", 1_450, "poorer",
         0.90, 0.00, 0.98, 0.20, 0.00, 0.05, 0.05, 0.01, 10, (4, 0.2, 0.8)),
    Kind("underage_alcohol", "Alcohol sold to children", "underage_sales", 760, "poorer",
         0.90, 0.00, 0.98, 0.20, 0.00, 0.05, 0.05, 0.01, 12, (4, 0.2, 1)),
    Kind("underage_knives", "Knives sold to children", "underage_sales", 120, "poorer",
         0.92, 0.00, 0.98, 0.20, 0.00, 0.03, 0.08, 0.01, 20, (25, 0.2, 8)),
    Kind("food_misdescribed", "Misdescribed food", "food", 1_150, "home",
         0.55, 0.10, 0.92, 0.04, 0.00, 0.02, 0.05, 0.30, 9, (1, 0.5, 0.5)),
    Kind("allergens", "Allergens not declared", "food", 430, "home",
         0.80, 0.05, 0.95, 0.15, 0.00, 0.03, 0.04, 0.10, 14, (15, 0.2, 4)),
    Kind("use_by", "Food past its use-by date", "food", 1_050, "poorer",
         0.75, 0.05, 0.90, 0.06, 0.00, 0.04, 0.03, 0.35, 6, (2, 0.2, 0.4)),
    Kind("energy_bill", "Energy bill in dispute", "energy", 5_400, "poorer",
         0.00, 0.45, 0.70, 0.18, 0.00, 0.08, 0.00, 0.65, 240, (0.3, 2, 1.5)),
    Kind("energy_missold", "Mis-sold energy contract", "energy", 950, "poorer",
         0.10, 0.60, 0.93, 0.22, 0.55, 0.05, 0.03, 0.50, 310, (0.4, 2.5, 2)),
    Kind("letting_fees", "Unlawful letting fees", "lettings", 1_250, "poorer",
         0.30, 0.60, 0.95, 0.12, 0.00, 0.04, 0.02, 0.85, 220, (0.3, 2, 2)),
    Kind("deposit_kept", "Tenancy deposit not protected", "lettings", 700, "poorer",
         0.05, 0.88, 0.95, 0.14, 0.00, 0.03, 0.02, 0.90, 900, (0.5, 4, 4)),
    Kind("telecom_bill", "Telecoms bill in dispute", "telecoms", 6_100, "home",
         0.00, 0.40, 0.60, 0.08, 0.00, 0.06, 0.00, 0.65, 70, (0, 1, 0.6)),
    Kind("telecom_contract", "Telecoms contract changed or not ended", "telecoms", 3_700, "home",
         0.02, 0.50, 0.72, 0.07, 0.05, 0.04, 0.00, 0.60, 120, (0, 1.2, 0.8)),
    Kind("broadband", "Broadband slow or cut off", "telecoms", 2_600, "home",
         0.00, 0.35, 0.60, 0.07, 0.00, 0.05, 0.00, 0.30, 50, (0.1, 0.5, 0.8)),
    Kind("parcel", "Parcel late or missing", "buying", 9_800, "home",
         0.00, 0.25, 0.35, 0.05, 0.00, 0.03, 0.04, 0.60, 35, (0, 0.3, 0.3)),
    Kind("goods_faulty", "Faulty goods", "buying", 7_600, "home",
         0.01, 0.65, 0.50, 0.05, 0.00, 0.02, 0.03, 0.75, 140, (0.1, 1, 0.8)),
    Kind("refund", "Refund refused", "buying", 5_200, "home",
         0.02, 0.65, 0.60, 0.05, 0.00, 0.02, 0.03, 0.85, 110, (0, 1, 0.8)),
    Kind("holiday", "Holidays and travel", "buying", 3_100, "home",
         0.03, 0.60, 0.60, 0.06, 0.03, 0.01, 0.04, 0.85, 640, (0.1, 2.5, 1.5)),
    Kind("pets", "Sick or misdescribed pets", "buying", 900, "home",
         0.25, 0.45, 0.92, 0.07, 0.00, 0.01, 0.20, 0.75, 780, (1, 3, 4)),
)  # fmt: skip

NUMBER = {kind.id: number for number, kind in enumerate(KINDS)}

RARE_SERIOUS, MASS_TRIVIAL = "doorstep_vulnerable", "parcel"

FIRST_TAKEN_FOR = {
    "doorstep_vulnerable": "doorstep_repairs",
    "doorstep_repairs": "work_poor",
    "deposit_lost": "work_unfinished",
    "car_clocked": "car_faulty",
    "car_misdescribed": "car_faulty",
    "investment": "online_shopping",
    "energy_missold": "energy_bill",
}
"""What the helpline first files some complaints under, until an officer has read them."""
