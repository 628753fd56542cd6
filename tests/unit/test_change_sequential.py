"""Watching week by week: the evidence by hand and by integration, and false alarms over a year of peeking."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from harmscape.change.sequential import watch


def slow_evidence(observed: int, against: int, share: float) -> float:
    """The e-value by integrating over the log ratio, normal about 0 with the width of a doubling."""

    def weighed(z: float) -> float:
        odds, even = share * np.exp(z), share
        foretold = stats.binom.pmf(observed, observed + against, odds / (1 + odds))
        usual = stats.binom.pmf(observed, observed + against, even / (1 + even))
        return float(foretold / usual * stats.norm.pdf(z, 0, np.log(2)))

    return float(integrate.quad(weighed, -np.log(16), np.log(16), limit=200)[0])


@pytest.mark.parametrize(("observed", "against", "share"), [(3, 20, 1.0), (9, 12, 0.25), (0, 8, 1.0)])
def test_the_evidence_is_a_mixture_over_an_unchanged_rate(observed: int, against: int, share: float) -> None:
    found = watch([observed], [against], share)
    assert found.evidence[0] == pytest.approx(slow_evidence(observed, against, share), rel=1e-3)


def test_evidence_is_worth_one_on_average_where_nothing_changed() -> None:
    # The defining property of an e-value, by summing over every outcome of 30 events.
    for share in (1.0, 0.3):
        chance = stats.binom.pmf(np.arange(31), 30, share / (1 + share))
        worth = [watch([k], [30 - k], share).evidence[0] for k in range(31)]
        assert chance @ worth == pytest.approx(1.0, abs=1e-9)


def test_the_order_of_periods_leaves_the_evidence_alone_and_ranges_never_widen() -> None:
    x, y = [3, 0, 5, 1, 2, 0], [8, 9, 7, 12, 8, 10]
    first, second = watch(x, y), watch(x[::-1], y[::-1])
    assert first.evidence[-1] == pytest.approx(second.evidence[-1])
    assert (np.diff(first.lo) >= 0).all()
    assert (np.diff(first.hi) <= 0).all()
    assert first.lo[-1] < 11 / 54 < first.hi[-1]


def test_a_past_of_few_events_makes_one_wait_longer() -> None:
    x, y = [4] * 60, [40] * 60
    alarms = [watch(x, y, 0.25, past=past).first for past in (None, (1_000, 4_000), (100, 400))]
    assert None not in alarms
    assert alarms == sorted(alarms)
    # Five beside twenty allow any share from a tenth to two thirds or so, and 4 beside 40 is a tenth.
    assert watch(x, y, 0.25, past=(5, 20)).first is None
    assert watch(x, y, 0.25, past=(0, 20)).first is None


def test_no_events_say_nothing() -> None:
    found = watch([0, 0], [0, 0])
    assert np.isnan(found.ratio).all()
    assert (found.lo.tolist(), found.first) == ([0.0, 0.0], None)
    assert np.isinf(found.hi).all()
    assert found.evidence == pytest.approx([1.0, 1.0])
    with pytest.raises(ValueError, match="at least 0"):
        watch([-1], [2])
    with pytest.raises(ValueError, match="at least 1"):
        watch([1], [2], dispersion=0.5)


def drawn(rng: np.random.Generator, mean: float, phi: float, weeks: int) -> np.ndarray:
    return rng.poisson(mean, weeks) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi, weeks)


def alarms(mean: float, phi: float, times: int, ratio: float, seed: int = 1) -> tuple[float, float, float]:
    """How often a year of weekly peeking alarms where the share is known, and where two years before told it;
    how often the ranges of the latter hold."""
    rng = np.random.default_rng(seed)
    known, learned, held = 0, 0, 0
    for _ in range(times):
        ours, theirs = drawn(rng, mean * ratio, phi, 52), drawn(rng, 4 * mean, phi, 52)
        known += watch(ours, theirs, 0.25, dispersion=phi).first is not None
        past = (float(drawn(rng, mean, phi, 104).sum()), float(drawn(rng, 4 * mean, phi, 104).sum()))
        share = past[0] / past[1] if min(past) > 0 else 0.25
        found = watch(ours, theirs, share, past=past, dispersion=phi)
        learned += found.first is not None
        held += bool(((found.lo <= ratio) & (ratio <= found.hi)).all())
    return known / times, learned / times, held / times


@pytest.mark.parametrize(("mean", "phi"), [(3.0, 1.0), (10.0, 2.0)])
def test_a_year_of_peeking_seldom_alarms_where_nothing_changed(mean: float, phi: float) -> None:
    known, learned, held = alarms(mean, phi, 60, 1.0)
    # The bar is 0.05; of 60 years even 0.05 would seldom bring more than 7 alarms.
    assert max(known, learned) <= 7 / 60
    assert held >= 53 / 60
    assert alarms(mean, phi, 20, 0.5)[0] >= 0.8


@pytest.mark.soak
@pytest.mark.parametrize(
    ("mean", "phi"), [(0.5, 1.0), (3.0, 1.0), (20.0, 1.0), (1.0, 3.0), (20.0, 2.0), (20.0, 4.0)]
)
def test_a_year_of_peeking_keeps_false_alarms_at_five_in_a_hundred(mean: float, phi: float) -> None:
    known, learned, held = alarms(mean, phi, 3_000, 1.0, seed=2)
    told = f"alarms {known:.3f} (share known), {learned:.3f} (learned); held {held:.3f}"
    print(f"\n{mean:5} a week, phi {phi}: {told}")
    assert max(known, learned) <= 0.05
    assert held >= 0.95
