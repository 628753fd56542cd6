"""The sentences of an impact, in the fixed words, from the figures that draw its charts.

"Consistent with", never "caused", unless chance decided where the operation was.
"""

from __future__ import annotations

from collections.abc import Sequence

from harmscape.views.areas import FEW
from harmscape.views.impact_figure import Figure
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence


def finding(
    found: Figure, *, observed: float, where: str, randomised: bool, turned: tuple[str, ...]
) -> Sentence:
    """The answer in one sentence; a choice that would turn its sign is said in it.

    >>> caused = Figure("wdd", "", -31.2, -53.0, -9.4, 0.7, 0.5, 0.9, "clearly")
    >>> said = finding(caused, observed=227, where="8 beats", randomised=False, turned=())
    >>> said.sure
    'About 31 fewer events than expected'
    >>> said.rest.split(", ")
    ['in 8 beats (95% range 9 to 53 fewer)', 'consistent with an effect of the operation.']
    """
    expected = observed - found.estimate
    tail = "." if not turned else f"; the sign turns with {listed(turned)}."
    if not _is_known(found):
        return Sentence("Nothing can be told.", f"Too little happened in {where} to expect anything of it.")
    if max(observed, expected) < FEW:
        lo, hi = max(observed - found.hi, 0.0), max(observed - found.lo, 0.0)
        return Sentence(
            f"{observed:,.0f} {'event' if observed == 1 else 'events'} in {where}, where {lo:,.0f}–{hi:,.0f}"
            " were expected.",
            f"So few cannot tell what the operation did{tail}",
        )
    if found.surety == "not_told_apart":
        return Sentence(
            f"No effect can be told from chance in {where}:",
            f"about {more_or_fewer(found.estimate)} events than expected"
            f" (95% range {span(found.lo, found.hi)}){tail}",
        )
    if found.surety == "probably":
        return Sentence(
            f"Probably {'fewer' if found.estimate < 0 else 'more'} events than expected in {where}:",
            f"about {more_or_fewer(found.estimate)} (95% range {span(found.lo, found.hi)}), which chance"
            f" could still explain{tail}",
        )
    effect = "consistent with an effect of the operation"
    if found.estimate > 0:
        effect = "which the operation did not prevent"
    elif randomised:
        effect = "caused by the operation"
    return Sentence(
        f"About {more_or_fewer(found.estimate)} events than expected",
        f"in {where} (95% range {span(found.lo, found.hi)}), {effect}{tail}",
    )


def displacement_words(found: Figure | None, where: str) -> str:
    """What the ring tells, in one sentence. where: "within 500 m", "in the bordering beats".

    >>> ring = Figure("ring", "", 1.2, -12.0, 15.0, 1.0, 0.8, 1.2, "not_told_apart")
    >>> displacement_words(ring, "within 500 m")
    'No sign of displacement within 500 m (range 12 fewer to 15 more).'
    """
    if found is None or not _is_known(found):
        return f"Nothing can be told of displacement: too little happened {where}."
    reach = f"(range {span(found.lo, found.hi)})"
    if found.surety == "not_told_apart":
        return f"No sign of displacement {where} {reach}."
    likely = "About" if found.surety == "clearly" else "Probably about"
    side = "displacement" if found.estimate > 0 else "a benefit that spread"
    return f"{likely} {more_or_fewer(found.estimate)} {where} {reach}, consistent with {side}."


def harm_words(found: Figure, turned: tuple[str, ...]) -> str:
    """What became of the harm, in one sentence.

    >>> harm_words(Figure("harm", "", -4100.0, -11800.0, 3600.0, None, None, None, "not_told_apart"), ())
    'Harm score: −4,100 (range −11,800 to +3,600): cannot be told from chance.'
    """
    said = f"Harm score: {signed(found.estimate)} (range {signed(found.lo)} to {signed(found.hi)})"
    if found.surety == "not_told_apart":
        said += ": cannot be told from chance"
    else:
        side = "lower" if found.estimate < 0 else "higher"
        said += f": {found.surety} {side} than expected"
    return said + (f"; the sign turns with {listed(turned)}." if turned else ".")


def more_or_fewer(estimate: float) -> str:
    """A change in events.

    >>> more_or_fewer(-31.2), more_or_fewer(0.6), more_or_fewer(0.2)
    ('31 fewer', '1 more', '0 more')
    """
    return f"{abs(round(estimate)):,} {'fewer' if round(estimate) < 0 else 'more'}"


def span(lo: float, hi: float) -> str:
    """The range of a change in events, its nearer end first where both lie on one side.

    >>> span(-53.0, -9.4), span(-12.0, 15.0), span(3.0, 9.0)
    ('9 to 53 fewer', '12 fewer to 15 more', '3 to 9 more')
    """
    low, high = round(lo), round(hi)
    if high < 0:
        return f"{-high:,} to {-low:,} fewer"
    if low >= 0:
        return f"{low:,} to {high:,} more"
    return f"{-low:,} fewer to {high:,} more"


def signed(points: float) -> str:
    """Points with their sign.

    >>> signed(-4100.2), signed(3600.0), signed(0.0)
    ('−4,100', '+3,600', '0')
    """
    whole = round(points)
    return f"{'−' if whole < 0 else '+' if whole > 0 else ''}{abs(whole):,}"


def places(count: int, one: str, many: str, names: tuple[str, ...]) -> str:
    """Where: by name for one area, by number for several."""
    return names[0] if count == 1 else f"{count:,} {mid_sentence(many if count > 1 else one)}"


def _is_known(found: Figure) -> bool:
    return found.estimate == found.estimate  # nan where nothing could be expected


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["level", "trend", "mix"])
    'level, trend and mix'
    """
    low = [mid_sentence(each) for each in names]
    return low[0] if len(low) == 1 else ", ".join(low[:-1]) + f" and {low[-1]}"
