"""Cord and sac from one click on synthetic axial images."""

from __future__ import annotations

import time

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.spine.canal_contours import (
    RAYS,
    PolarContour,
    cord_contour,
    csf_level,
    sac_contour,
)
from workstation.imaging.spine.profile import smoothed

PIXEL_MM = 0.45
SIZE = 96
MIDDLE = (SIZE - 1) / 2.0


def ellipse(half_left, half_back, back=0.0, left=0.0):
    rows, columns = np.indices((SIZE, SIZE))
    down, right = (rows - MIDDLE) * PIXEL_MM - back, (columns - MIDDLE) * PIXEL_MM - left
    return (right / half_left) ** 2 + (down / half_back) ** 2 <= 1.0


def axial(seed: int, *, myelogram: bool = False, shift=(0.0, 0.0)):
    """Bone, epidural fat behind, a sac with CSF and the cord in it, blurred and noisy."""
    random = np.random.default_rng(seed)
    grow = random.uniform(0.92, 1.08)
    bone, fat, csf, cord_value, noise = (
        (500.0, -80.0, 420.0, 60.0, 25.0) if myelogram else (150.0, 480.0, 820.0, 330.0, 35.0)
    )
    back, left = shift
    sac = ellipse(9.2 * grow, 6.6 * grow, back, left)
    cord = ellipse(6.2 * grow, 4.0 * grow, back + 0.4, left)
    picture = np.full((SIZE, SIZE), bone)
    picture[ellipse(11.0 * grow, 8.6 * grow, back, left)] = fat
    picture[sac], picture[cord] = csf, cord_value
    picture = smoothed(smoothed(picture, 0.9, 0), 0.9, 1)
    return picture + random.normal(0.0, noise, picture.shape), sac, cord


def dice(a, b):
    return 2.0 * (a & b).sum() / (a.sum() + b.sum())


@pytest.mark.parametrize("myelogram", [False, True])
def test_cord_and_sac_from_a_click_with_jitter(myelogram):
    scores = []
    for seed in range(6):
        picture, sac, cord = axial(seed, myelogram=myelogram, shift=(1.0, -2.0))
        random = np.random.default_rng(seed + 50)
        click = (
            MIDDLE + 2.2 + random.normal(0, 1.2 / PIXEL_MM),
            MIDDLE - 4.4 + random.normal(0, 1.2 / PIXEL_MM),
        )
        found = cord_contour(picture, PIXEL_MM, click)
        around = sac_contour(picture, PIXEL_MM, found)
        scores.append((dice(found.mask(cord.shape), cord), dice(around.mask(sac.shape), sac)))
    cord_dice, sac_dice = np.array(scores).T
    assert cord_dice.min() > 0.88
    assert sac_dice.min() > 0.92
    assert sac_dice.mean() > 0.94


def test_areas_are_within_ten_percent():
    for seed in range(6):
        picture, sac, cord = axial(seed)
        found = cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE))
        around = sac_contour(picture, PIXEL_MM, found)
        assert found.mask(cord.shape).sum() == pytest.approx(cord.sum(), rel=0.12)
        assert around.mask(sac.shape).sum() == pytest.approx(sac.sum(), rel=0.10)


def test_the_csf_level_is_that_of_csf():
    picture, _, _ = axial(1)
    found = cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE))
    assert csf_level(picture, found) == pytest.approx(820.0, rel=0.12)


def test_a_pinned_ray_is_passed():
    picture, _, _ = axial(2)
    free = cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE))
    # Ray 18 points straight to the back.
    wanted = float(free.radii_mm[18]) + 0.75
    pinned = cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE), {18: wanted})
    assert pinned.radii_mm[18] == pytest.approx(wanted, abs=0.2)
    assert pinned.radii_mm[54] == pytest.approx(free.radii_mm[54], abs=0.6)


def test_without_a_dark_cord_in_csf_nothing_is_outlined():
    random = np.random.default_rng(3)
    with pytest.raises(InputRefusedError, match="by hand"):
        cord_contour(300.0 + random.normal(0.0, 5.0, (SIZE, SIZE)), PIXEL_MM, (MIDDLE, MIDDLE))


def test_a_contour_is_closed_and_smooth():
    picture, _, _ = axial(4)
    radii = sac_contour(
        picture, PIXEL_MM, cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE))
    ).radii_mm
    jumps = np.abs(np.diff(np.concatenate([radii, radii[:1]])))
    assert len(radii) == RAYS
    assert jumps.max() <= 0.51


def test_a_circle_has_its_mask_and_vertices():
    circle = PolarContour(center=(40.0, 50.0), radii_mm=np.full(RAYS, 9.0), pixel_mm=0.5)
    mask = circle.mask((96, 96))
    assert mask.sum() * 0.25 == pytest.approx(np.pi * 81.0, rel=0.02)
    vertices = circle.vertices()
    # The first ray points to the patient's left, the nineteenth to the back.
    np.testing.assert_allclose(vertices[0], [40.0, 68.0])
    np.testing.assert_allclose(vertices[18], [58.0, 50.0])


def test_both_contours_are_quick():
    picture, _, _ = axial(5)
    took = []
    for _ in range(3):
        start = time.process_time()
        sac_contour(picture, PIXEL_MM, cord_contour(picture, PIXEL_MM, (MIDDLE, MIDDLE)))
        took.append(time.process_time() - start)
    assert min(took) < 0.15
