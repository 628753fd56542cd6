"""The smallest fall that would be seen: by hand at the edges, else by simulation of the test itself."""

from __future__ import annotations

import numpy as np
import pytest

from harmscape.change.counts import compare_counts
from harmscape.change.effect import ratios_of_ratios
from harmscape.change.power import chance_seen, power_sentence, smallest_seen


def test_a_large_known_past_gives_what_one_count_would() -> None:
    # By hand, with the mean 14 known: P(K <= 6) + P(K = 7) / 2 = 0.0142 + 0.0087 = 0.023 is below 0.025 and
    # the next, 0.0471, is not; so 7 or fewer are seen: P(K <= 7) is 0.80 at a mean of 5.576, a fall of 8.4.
    found = smallest_seen(14e6, 1e-6)
    assert found.fall == pytest.approx(14 - 5.576, abs=0.02)


@pytest.mark.parametrize(
    ("before", "exposure", "ratio"), [(168, 1 / 12, 0.4), (40, 1.0, 1.6), (30, 0.5, 0.3)]
)
def test_the_chance_of_being_seen_is_that_of_the_test_itself(
    before: float, exposure: float, ratio: float
) -> None:
    rng = np.random.default_rng(11)
    earlier, later = rng.poisson(before, 20_000), rng.poisson(before * exposure * ratio, 20_000)
    found = compare_counts(later, earlier, exposure)
    right_side = (found.ratio < 1) == (ratio < 1)
    seen = float(((found.p < 0.05) & right_side).mean())
    assert chance_seen(before, exposure, ratio) == pytest.approx(seen, abs=0.011)  # three standard errors


def test_the_smallest_fall_is_seen_with_the_power_asked_for() -> None:
    found = smallest_seen(120, 0.25, power=0.9)
    assert found.fall is not None
    assert chance_seen(120, 0.25, 1 - found.fall / found.expected) == pytest.approx(0.9, abs=0.01)
    assert found.fall_share == pytest.approx(found.fall / 30)


def test_controls_and_scatter_leave_only_larger_falls_to_be_seen() -> None:
    alone = smallest_seen(200, 0.5).fall
    beside = smallest_seen(200, 0.5, control=(200, 100)).fall
    scattered = smallest_seen(200, 0.5, control=(200, 100), dispersion=2.0).fall
    assert alone is not None
    assert beside is not None
    assert scattered is not None
    assert alone < beside < scattered


def test_with_a_control_the_power_is_that_of_a_ratio_of_ratios() -> None:
    found = smallest_seen(200, 0.5, control=(400, 200))
    assert found.fall_share is not None
    rng, n = np.random.default_rng(12), 4_000
    after = rng.poisson(100 * (1 - found.fall_share), n)
    tested = ratios_of_ratios(after, rng.poisson(200, n), rng.poisson(200, n), rng.poisson(400, n))
    assert float(((tested.p < 0.05) & (tested.ratio < 1)).mean()) == pytest.approx(0.8, abs=0.03)


def test_what_cannot_be_seen_is_said() -> None:
    assert smallest_seen(3, 1 / 12).fall is None
    assert "not even a fall to none" in power_sentence(smallest_seen(24, 1 / 12), "month")
    assert smallest_seen(0, 1.0).rise is None
    assert smallest_seen(50, 1.0, control=(0, 0)).fall is None
    with pytest.raises(ValueError, match="above 0"):
        smallest_seen(5, 0.0)
