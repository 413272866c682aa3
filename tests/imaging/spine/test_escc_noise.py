"""The suggested grade under hand-drawn contours: the line between low and high holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.escc_masks import GRADES, PIXEL_MM, canal_slice, normal_slice
from workstation.imaging.spine.canal import CanalSlice, suggest_escc
from workstation.imaging.spine.profile import smoothed

NOISE_MM = 0.3
RUNS = 12
LOW = {"0", "1a", "1b"}


def redrawn(mask: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A mask as another hand would draw it: its edge moved by smooth noise of 0.3 mm."""
    if not mask.any():
        return mask
    soft = smoothed(smoothed(mask.astype(float), 1.5, 0), 1.5, 1)
    noise = smoothed(smoothed(random.standard_normal(mask.shape), 5.0, 0), 5.0, 1)
    noise *= NOISE_MM / PIXEL_MM / (1.5 * 2.5) / noise.std()
    drawn: np.ndarray = soft + noise * 0.4 >= 0.5
    return drawn


def noisy(contours: CanalSlice, random: np.random.Generator) -> CanalSlice:
    sac = redrawn(contours.sac, random)
    cord = redrawn(contours.cord, random)
    tumor = redrawn(contours.tumor, random) & ~sac & ~cord
    return replace(contours, sac=sac, cord=cord, tumor=tumor)


@pytest.fixture(scope="module")
def suggested() -> dict[str, list[str | None]]:
    random = np.random.default_rng(8)
    found: dict[str, list[str | None]] = {}
    for grade in GRADES:
        slices = [noisy(canal_slice(grade), random) for _ in range(RUNS)]
        results = [
            suggest_escc(item, noisy(normal_slice(), random), noisy(normal_slice(), random))
            for item in slices
        ]
        found[grade] = [None if r.grade is None else r.grade.value for r in results]
    return found


def test_low_and_high_are_told_apart(suggested):
    right = [
        (found in LOW) == (grade in LOW) for grade, grades in suggested.items() for found in grades
    ]
    assert np.mean(right) >= 0.95


def test_most_grades_are_exact_and_none_is_far_off(suggested):
    order = {grade: n for n, grade in enumerate(GRADES)}
    steps = [
        abs(order[found] - order[grade])
        for grade, grades in suggested.items()
        for found in grades
        if found is not None
    ]
    assert np.mean(np.array(steps) == 0) >= 0.7
    assert max(steps) <= 2


def test_an_empty_canal_is_never_more_than_zero(suggested):
    assert set(suggested["0"]) == {"0"}


def test_a_compressed_cord_is_always_seen_and_always_asks(suggested):
    assert set(suggested["2"]) | set(suggested["3"]) <= {"2", "3"}
