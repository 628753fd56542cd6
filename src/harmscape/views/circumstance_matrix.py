"""What was recorded, what was looked for and not found, and what nobody asked: by circumstance and agency.

"Not asked" is never a no: it is never counted as one and never shown as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from harmscape.model.measure import Measure
from harmscape.views.question import Question

RECORDED, LOOKED, NOT_ASKED, WITHHELD = "recorded", "looked_for_none", "not_asked", "withheld"


@dataclass(frozen=True, slots=True)
class Told:
    """Rows about one circumstance from one source: the answer they give, whether they may be opened, how
    many, and the day of the latest."""

    circumstance: str
    answer: str
    source: str
    visible: bool
    rows: int
    latest: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One circumstance as one agency tells of it in the window.

    state: recorded; looked_for_none; not_asked, also where there is no row at all; withheld where every row
    is one that this reader may not open. latest: the day of the latest row that gives the state. withheld:
    how many rows may not be opened.
    """

    circumstance: str
    title: str
    agency: str
    state: str
    latest: date | None
    withheld: int


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What the rule says: yes, no, or cannot_be_told, because so many circumstances were never asked about.

    recorded, looked_for_none and not_asked: how many of the `of` circumstances stand so over all rows that
    this reader may count; withheld_rows: how many of those rows may not be opened.
    """

    measure: str
    title: str
    at_least: int
    of: int
    recorded: int
    looked_for_none: int
    not_asked: int
    withheld_rows: int
    verdict: str

    def __str__(self) -> str:
        rule = f"at least {self.at_least} of {self.of}"
        if self.verdict == "yes":
            return f"Yes: {self.recorded} recorded, the rule is {rule}."
        if self.verdict == "no":
            return f"No: {self.recorded} recorded, and too few are left unasked for {rule}."
        return (
            f"Cannot be told: {self.recorded} recorded, {self.not_asked} never asked about;"
            f" the rule is {rule}."
        )


def answers_of(question: Question, measure: Measure) -> dict[int, tuple[str, str]]:
    """What each category of an answer says: circumstance and answer, by category number.

    A circumstance is one of the measure's categories with all below it. Its other answers are the categories
    that declare to answer it, with all below them.
    """
    domain, numbers = question.context.domain, question.context.lookup.dictionaries.category
    says = [(name, name, RECORDED) for name in measure.categories]
    says += [
        (each.id, each.answers, each.answer)
        for each in domain.categories.values()
        if each.answers in measure.categories and each.answer
    ]
    return {numbers[each]: (of, answer) for name, of, answer in says for each in domain.below.get(name, ())}


def cells(question: Question, measure: Measure, told: Sequence[Told]) -> list[Cell]:
    """The matrix: a row a circumstance, a column an agency that has a source of such answers, as far as this
    reader may know of the source; agencies stand in the order of their declaration."""
    domain = question.context.domain
    agencies = agencies_of(question, measure)
    found = []
    for name in measure.categories:
        for agency in agencies:
            own = [
                each
                for each in told
                if each.circumstance == name and domain.source(each.source).policy.agency == agency
            ]
            found.append(_cell(name, domain.categories[name].title, agency, own))
    return found


def agencies_of(question: Question, measure: Measure) -> list[str]:
    """The agencies with a source whose categories hold the measure's, and which this reader may know of."""
    domain = question.context.domain
    wanted = domain.categories_of(measure)
    lists = {each.id for each in domain.category_lists if any(c.id in wanted for c in each.categories)}
    return list(
        dict.fromkeys(
            source.policy.agency
            for source in domain.sources
            if source.category.list in lists and source.id in question.known_sources
        )
    )


def _cell(name: str, title: str, agency: str, own: Iterable[Told]) -> Cell:
    rows = list(own)
    withheld = sum(each.rows for each in rows if not each.visible)
    for answer in (RECORDED, LOOKED, NOT_ASKED):
        days = [each.latest for each in rows if each.visible and each.answer == answer]
        if days:
            return Cell(name, title, agency, answer, max(days), withheld)
    return Cell(name, title, agency, WITHHELD if withheld else NOT_ASKED, None, withheld)


def rule_verdict(measure: Measure, told: Sequence[Told]) -> RuleVerdict:
    """Whether at least n of m circumstances are on record, over every row this reader may count.

    One row that records is enough; else one that looked is; a circumstance with neither is not asked, and
    whether it is there cannot be told.
    """
    recorded = {each.circumstance for each in told if each.answer == RECORDED}
    looked = {each.circumstance for each in told if each.answer == LOOKED} - recorded
    unknown = set(measure.categories) - recorded - looked
    least = measure.at_least or 1
    if len(recorded) >= least:
        verdict = "yes"
    elif len(recorded) + len(unknown) >= least:
        verdict = "cannot_be_told"
    else:
        verdict = "no"
    return RuleVerdict(
        measure=measure.id,
        title=measure.title,
        at_least=least,
        of=len(measure.categories),
        recorded=len(recorded),
        looked_for_none=len(looked),
        not_asked=len(unknown),
        withheld_rows=sum(each.rows for each in told if not each.visible),
        verdict=verdict,
    )
