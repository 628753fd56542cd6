"""The words of a forecast: its sentence and how it was made, from the figures that draw the chart."""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.forecast.back_test import FEWEST, FLOOR, MOST_YEARS, TREND_GAINS
from harmscape.views.forecast_result import BackTested, YearAhead
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence

METHOD_TITLES = {
    FLOOR: "last year's count",
    "damped": "damped trend",
    "damped_percent": "damped trend in per cent",
    "gamma_poisson": "Gamma-Poisson rates",
}
_FAR_LESS = 0.6
"""Of what was tested, held by an 80% range: less than this is seldom bad luck alone."""
AS_THEY_HAVE = "if things go on as they have"


def about(figure: float) -> str:
    """A figure as a forecast may say it: three figures that count, and commas.

    >>> about(31416), about(874.6), about(7.2)
    ('31,400', '875', '7')
    """
    whole = round(figure)
    return f"{round(whole, -max(len(str(abs(whole))) - 3, 0)):,}"


def sentence_of(
    title: str, years: Sequence[YearAhead], known: int, tested: BackTested | None, last_year: int | None
) -> Sentence:
    """What is to come a year, with its range, and how often this method was right."""
    if not years or last_year is None:
        return Sentence(
            f"Too little is known to forecast {mid_sentence(title)}.",
            f"Twelve whole months are needed, and {known} {'is' if known == 1 else 'are'} known.",
        )
    last = years[-1]
    if last.hi_95 == 0:
        most = round(3 / known * 12, 1)
        return Sentence(
            f"{title}: none in {known} months, and none is forecast.",
            f"None in so many months can still be {most:g} a year (95%): it is not never.",
        )
    spread = f"(95% range {about(last.lo_95)} to {about(last.hi_95)})"
    when = last.ends[:4]
    if tested is None:
        return Sentence(
            f"{title}: about {about(years[0].events)} in the year to {_month(years[0].ends)}"
            f" {_range(years[0])}, {AS_THEY_HAVE}.",
            f"With {known} months known it is last year's count, and no forecast could be tested"
            + (" or made of the years after." if known < FEWEST else "."),
        )
    chosen = next(each for each in tested.methods if each.is_chosen)
    over = f" over all {mid_sentence(tested.title)}" if tested.of == "areas" else ""
    over += " by single months" if tested.unit == "months" else ""
    times = f"{chosen.held_80:,} times of {chosen.forecasts:,}{over}"
    if not tested.is_better:
        return Sentence(
            f"{title}: expect last year's count again, about {about(last.events)} a year {spread} by {when},"
            f" {AS_THEY_HAVE}.",
            f"No method beat it by enough when tested; its 80% range was right {times}.",
        )
    return Sentence(
        f"{title}: about {about(last.events)} a year by {when} {spread}, {AS_THEY_HAVE}.",
        f"This method was right within its 80% range {times} and beat last year's count.",
    )


def too_narrow(tested: BackTested | None) -> tuple[str, ...]:
    """What to mind where the ranges of the method shown held far less than they say when tested."""
    chosen = next((each for each in tested.methods if each.is_chosen), None) if tested else None
    if chosen is None or chosen.held_80 >= _FAR_LESS * chosen.forecasts:
        return ()
    return (
        f"The 80% range held only {chosen.held_80:,} of {chosen.forecasts:,} when tested: the level moved"
        " more than these ranges allow for. Take them as too narrow.",
    )


def how_made(
    total: BackTested | None,
    parts: BackTested | None,
    *,
    areas: str,
    furthest: int,
    years: int,
    stocks: Sequence[str],
) -> tuple[str, ...]:
    """How the figures came about: what chose the method, what adds up, what was not tested or left out."""
    said = []
    if total is not None and parts is not None:
        said.append(
            f"The back-test chose the method: {METHOD_TITLES[total.chosen]} for the total,"
            f" {METHOD_TITLES[parts.chosen]} for {mid_sentence(areas)}. A trend is shown only where it scored"
            f" better by {TREND_GAINS:.0%}: a few years can look like one by chance."
        )
        said.append(
            f"{areas} add up to the total to the digit: the total stands, and each keeps its share of what"
            " all were forecast (top-down by forecast proportions)."
        )
    if total is not None and furthest < years:
        many = "1 year" if furthest == 1 else f"{furthest} years"
        said.append(
            f"The data are long enough to test forecasts up to {many} ahead; what lies beyond is untested."
            if furthest
            else "The data are too short to test a whole year: tested were single months, no year to come."
        )
    if years < MOST_YEARS and total is None:
        said.append(
            f"Further years are told once more than {FEWEST} months are known, so that a test can be made."
        )
    said.append(
        "Ranges hold chance within a year and how far the level may move, which grows with the distance;"
        " they do not hold what has never happened yet: a new law, a new way of recording, another pandemic."
    )
    said.append("Harm is the number of events at the mean weight of the last two years known.")
    if stocks:
        said.append(f"Not forecast, as they are stocks of a register and not events: {', '.join(stocks)}.")
    return tuple(said)


def _range(year: YearAhead) -> str:
    return f"(95% range {about(year.lo_95)} to {about(year.hi_95)})"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _month(month: str) -> str:
    """ "2026-10" as "October 2026"."""
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"
