"""How much is to come? Demand in the next year and four years on, with its ranges and its back-test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harmscape.engine import Engine
from harmscape.forecast.back_test import FLOOR, MOST_YEARS
from harmscape.forecast.demand import Demand, demand
from harmscape.model.errors import SelectionError
from harmscape.views.context import Context
from harmscape.views.forecast_figures import (
    areas_ahead,
    furthest_tested,
    history_of,
    last_year_of,
    months_ahead,
    years_ahead,
)
from harmscape.views.forecast_past import Months, months_of
from harmscape.views.forecast_result import BackTested, Forecast, MeasureAhead
from harmscape.views.forecast_tested import harm_tested, tested_table, where_tested
from harmscape.views.forecast_words import METHOD_TITLES, how_made, sentence_of, too_narrow
from harmscape.views.question import Question, ask, kind_of

Words = Mapping[str, object]


def forecast(cursor: Engine, context: Context, words: Words) -> Forecast:
    """Forecast the events and harm of a flow, or of a sum's flows, in all areas or in one.

    It learns from all whole months up to the end of the window, whatever the window's length. `areas` names
    one area at most, whose months and years are then shown. Raises SelectionError for a stock, for what is
    not an area, and for a window that cuts a month."""
    flows, stocks = _flows_alone(context, words)
    question = ask(cursor, context, flows)
    if kind_of(question) != "area":
        raise SelectionError("a forecast is told of areas: say --by with a geography, such as sector")
    place = _place(question)
    past = months_of(question)
    found = demand(past.events, past.calendar, MOST_YEARS) if past else None
    measures = _measures(cursor, context, flows, place)
    if past is None or found is None:
        return _too_little(question, past, place, measures)
    return _answer(question, past, found, place, measures, stocks)


def _flows_alone(context: Context, words: Words) -> tuple[dict[str, object], tuple[str, ...]]:
    """The words of a selection without its stocks, and the titles of those."""
    domain = context.domain
    measure = domain.measure(str(words.get("measure") or domain.settings.defaults.measure))
    if measure.kind in ("stock", "together"):
        raise SelectionError(
            f"{measure.title} counts who stands on a register, not what happens: stocks are not forecast"
        )
    parts = [domain.measure(name) for name in measure.measures]
    stocks = tuple(each.title for each in parts if each.kind != "flow")
    if parts and len(stocks) == len(parts):
        raise SelectionError(f"{measure.title} counts no events, so there is nothing to forecast")
    return {**words, **({"stocks": "no"} if stocks else {})}, stocks


def _place(question: Question) -> int | None:
    """The row of the one area asked for, counted with UNPLACED as 0; None for all of them."""
    named = question.selection.areas
    if len(named) > 1:
        raise SelectionError("a forecast is of all areas or of one: leave out --areas, or name one")
    return question.book.index(named[0]) + 1 if named else None


def _answer(
    question: Question,
    past: Months,
    found: Demand,
    place: int | None,
    measures: tuple[MeasureAhead, ...],
    stocks: tuple[str, ...],
) -> Forecast:
    book, title = question.book, _title(question, place)
    years = years_ahead(past, found, place)
    tests = _tests(past, found, book.geography.many)
    total, parts = tests.get("total"), tests.get("areas")
    shown = total if place is None else parts
    last = last_year_of(past)
    own_last = sum(last) if place is None else last[place]
    unplaced, *areas = areas_ahead(past, found, book)
    how = how_made(
        total,
        parts,
        areas=book.geography.many,
        furthest=furthest_tested(found.whole_tested if place is None else found.parts_tested),
        years=len(years),
        stocks=stocks,
    )
    return Forecast(
        sentence=sentence_of(title, years, past.known, shown, own_last),
        title=title,
        method=METHOD_TITLES[shown.chosen if shown else FLOOR],
        place=_named(question, place),
        history=history_of(past, place),
        months=months_ahead(past, found, place),
        years=years,
        last_year=own_last,
        areas=tuple(areas),
        unplaced=unplaced,
        measures=measures,
        back_tests=tuple(tests.values()),
        where=where_tested(found.parts_tested, past, book, question.selection.k)
        if found.parts_tested
        else None,
        how=how,
        warnings=(*too_narrow(shown), *past.notes),
        **_asked(question),
    )


def _too_little(
    question: Question, past: Months | None, place: int | None, measures: tuple[MeasureAhead, ...]
) -> Forecast:
    """The plain answer where fewer than twelve months are known."""
    title = _title(question, place)
    return Forecast(
        sentence=sentence_of(title, (), past.known if past else 0, None, None),
        title=title,
        method="",
        place=_named(question, place),
        history=history_of(past, place) if past else (),
        months=(),
        years=(),
        last_year=None,
        areas=(),
        unplaced=None,
        measures=measures,
        back_tests=(),
        where=None,
        how=(),
        warnings=past.notes if past else tuple(question.notes()),
        **_asked(question),
    )


def _asked(question: Question) -> dict[str, Any]:
    """What was asked, as every answer says it."""
    geography, measure, selection = question.book.geography, question.measure, question.selection
    return {
        "by": {"id": geography.id, "title": geography.title, "plural": geography.many},
        "measure": {"id": measure.id, "title": measure.title},
        "unit": question.context.domain.scheme(selection.weights).unit,
        "selection": selection.words(),
    }


def _tests(past: Months, found: Demand, areas: str) -> dict[str, BackTested]:
    """The back-tests that could be made: of the total, of the areas, of harm."""
    tests = {}
    if found.whole_tested:
        tests["total"] = tested_table(found.whole_tested, "total", "All areas together")
    if found.parts_tested:
        tests["areas"] = tested_table(found.parts_tested, "areas", areas)
    harm = harm_tested(found.whole_tested, past) if found.whole_tested else None
    return {**tests, **({"harm": harm} if harm else {})}


def _measures(cursor: Engine, context: Context, words: Words, place: int | None) -> tuple[MeasureAhead, ...]:
    """The flows of a sum, each by itself: they share events, and so do not add up to the sum."""
    domain = context.domain
    asked = domain.measure(str(words.get("measure") or domain.settings.defaults.measure))
    said = {key: value for key, value in words.items() if key not in ("measure", "stocks")}
    flows = [each for name in asked.measures if (each := domain.measure(name)).kind == "flow"]
    return tuple(_measure(ask(cursor, context, {**said, "measure": each.id}), place) for each in flows)


def _measure(question: Question, place: int | None) -> MeasureAhead:
    measure, past = question.measure, months_of(question)
    # Without a place the total alone is shown, and it is forecast from its own counts.
    summed = past.total if past and place is None else past
    found = demand(summed.events, summed.calendar, MOST_YEARS) if summed else None
    if summed is None or found is None:
        return MeasureAhead(measure.id, measure.title)
    years, last = years_ahead(summed, found, place), last_year_of(summed)
    first, final = years[0], years[-1] if len(years) > 1 else None
    tested = found.whole_tested if place is None else found.parts_tested
    return MeasureAhead(
        measure.id,
        measure.title,
        sum(last) if place is None else last[place],
        first.events,
        first.lo_95,
        first.hi_95,
        final.events if final else None,
        final.lo_95 if final else None,
        final.hi_95 if final else None,
        METHOD_TITLES[tested.chosen] if tested else None,
        tested.is_better if tested else False,
    )


def _title(question: Question, place: int | None) -> str:
    title = question.measure.title
    return title if place is None else f"{title} in {question.book.names[place - 1]}"


def _named(question: Question, place: int | None) -> dict[str, str] | None:
    if place is None:
        return None
    return {"area_id": question.book.codes[place - 1], "name": question.book.names[place - 1]}
