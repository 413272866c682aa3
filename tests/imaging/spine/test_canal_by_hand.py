"""Sac, cord and tumor as rectangles of whole pixels: every measure and limit by counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.escc import EsccGrade
from workstation.imaging.spine.canal import (
    CanalSlice,
    compromise_percent,
    measure_slice,
    suggest_escc,
)

SHAPE = (60, 60)
PIXEL_MM = 0.5
G = EsccGrade


def rectangle(rows, columns):
    """True from the first to before the last row and column."""
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[rows[0] : rows[1], columns[0] : columns[1]] = True
    return mask


NOTHING = np.zeros(SHAPE, dtype=np.bool_)
SAC = rectangle((20, 40), (15, 45))
CORD = rectangle((26, 34), (24, 36))
PLAIN = CanalSlice(sac=SAC, cord=CORD, tumor=NOTHING, pixel_mm=PIXEL_MM)
"""Sac 10 x 15 mm, cord 4 x 6 mm, both around row 29.5 and column 29.5."""


def pushed(rows):
    """Tumor over the whole width, ``rows`` deep from the front of the sac."""
    tumor = rectangle((20, 20 + rows), (15, 45))
    return replace(PLAIN, sac=SAC & ~tumor, tumor=tumor)


def dotted(pixels):
    """Tumor of some pixels in front of the sac, which keeps its shape."""
    tumor = NOTHING.copy()
    tumor[18, 20 : 20 + pixels] = True
    return replace(PLAIN, tumor=tumor)


def flipped(contours, axis):
    return replace(
        contours,
        sac=np.flip(contours.sac, axis),
        cord=np.flip(contours.cord, axis),
        tumor=np.flip(contours.tumor, axis),
    )


@pytest.mark.parametrize("pixel_mm", [0.25, 0.5, 1.0])
def test_areas_and_diameters_are_pixels_times_their_size(pixel_mm):
    found = measure_slice(replace(PLAIN, pixel_mm=pixel_mm))
    assert found.sac_area_mm2 == pytest.approx(600 * pixel_mm**2)
    assert found.cord_area_mm2 == pytest.approx(96 * pixel_mm**2)
    assert found.csf_area_mm2 == pytest.approx(504 * pixel_mm**2)
    assert found.sac_ap_mm == pytest.approx(20 * pixel_mm)
    assert found.cord_ap_mm == pytest.approx(8 * pixel_mm)
    assert found.cord_width_mm == pytest.approx(12 * pixel_mm)
    assert found.compression_ratio == pytest.approx(8 / 12)


@pytest.mark.parametrize("rows", [1, 2, 5, 9])
def test_tumor_takes_its_part_from_the_csf(rows):
    found = measure_slice(pushed(rows))
    lost = rows * 30
    covered = max(rows - 6, 0) * 12
    assert found.tumor_area_mm2 == pytest.approx(lost * 0.25)
    assert found.sac_area_mm2 == pytest.approx((600 - lost) * 0.25)
    # What tumor covers of the cord was never CSF.
    assert found.csf_area_mm2 == pytest.approx((504 - lost + covered) * 0.25)


@pytest.mark.parametrize("tumor_in_sac", [True, False])
def test_tumor_is_no_csf_whether_or_not_the_sac_was_drawn_around_it(tumor_in_sac):
    tumor = rectangle((20, 24), (15, 45))
    sac = SAC if tumor_in_sac else SAC & ~tumor
    found = measure_slice(replace(PLAIN, sac=sac, tumor=tumor))
    assert found.csf_area_mm2 == pytest.approx((504 - 120) * 0.25)


@pytest.mark.parametrize(("cord", "arc"), [(CORD, 360.0), (NOTHING, 0.0), (SAC, 0.0)])
def test_the_arc_of_csf_at_its_ends(cord, arc):
    assert measure_slice(replace(PLAIN, cord=cord)).csf_arc_deg == arc


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("rows", [0, 2, 4])
def test_a_mirrored_slice_has_the_same_measures(axis, rows):
    plain = measure_slice(pushed(rows))
    other = measure_slice(flipped(pushed(rows), axis))
    assert other.sac_ap_mm == pytest.approx(plain.sac_ap_mm)
    assert other.cord_width_mm == pytest.approx(plain.cord_width_mm)
    assert other.csf_area_mm2 == pytest.approx(plain.csf_area_mm2)
    assert other.csf_arc_deg == pytest.approx(plain.csf_arc_deg, abs=2.0)


def test_a_step_in_the_outline_is_interpolated_at_the_centroid():
    """Columns of 2 and 6 pixels: the centroid lies at 0.75, so the depth is 5 pixels."""
    sac = NOTHING.copy()
    sac[20:22, 10] = True
    sac[20:26, 11] = True
    found = measure_slice(replace(PLAIN, sac=sac, cord=NOTHING))
    assert found.sac_ap_mm == pytest.approx(0.25 * 2 * 0.5 + 0.75 * 6 * 0.5)


@pytest.mark.parametrize(
    ("involved", "above", "below", "percent"),
    [
        (10.0, 10.0, 10.0, 0.0),
        (5.0, 10.0, 10.0, 50.0),
        (0.0, 10.0, 10.0, 100.0),
        (12.0, 10.0, 10.0, -20.0),
        (6.0, 8.0, 16.0, 50.0),
        (6.0, 0.0, 16.0, 25.0),
    ],
)
def test_compromise_counts_against_the_mean(involved, above, below, percent):
    assert compromise_percent(involved, above, below) == pytest.approx(percent)


@pytest.mark.parametrize(("above", "below"), [(0.0, 0.0), (-4.0, 4.0), (-8.0, 2.0)])
def test_references_without_a_size_are_refused(above, below):
    with pytest.raises(InputRefusedError) as caught:
        compromise_percent(5.0, above, below)
    assert caught.value.code == "no-reference"


@pytest.mark.parametrize(
    ("pixels", "grade", "margin"),
    [
        (0, G.G0, "tumor in the canal 0.0 mm², limit 2 mm²; 1 pixel = 0.5 mm"),
        (8, G.G0, "tumor in the canal 2.0 mm², limit 2 mm²; 1 pixel = 0.5 mm"),
        (9, G.G1A, "sac indented 0.0 mm, limit 0.8 mm; 1 pixel = 0.5 mm"),
        (30, G.G1A, "sac indented 0.0 mm, limit 0.8 mm; 1 pixel = 0.5 mm"),
    ],
)
def test_more_than_two_square_millimeters_is_tumor(pixels, grade, margin):
    found = suggest_escc(dotted(pixels), PLAIN, PLAIN)
    assert (found.grade, found.margin) == (grade, margin)
    assert not found.ask_csf


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize(
    ("rows", "grade", "gap_mm", "margin"),
    [
        (1, G.G1A, 2.5, "sac indented 0.5 mm, limit 0.8 mm; 1 pixel = 0.5 mm"),
        (2, G.G1B, 2.0, "tumor-cord gap 2.0 mm, limit 1 mm; 1 pixel = 0.5 mm"),
        (3, G.G1B, 1.5, "tumor-cord gap 1.5 mm, limit 1 mm; 1 pixel = 0.5 mm"),
        (
            4,
            G.G1C,
            1.0,
            "cord flattened 0 %, limit 10 %; shifted 0.0 mm, limit 1 mm; 1 pixel = 0.5 mm",
        ),
        (
            6,
            G.G1C,
            0.0,
            "cord flattened 0 %, limit 10 %; shifted 0.0 mm, limit 1 mm; 1 pixel = 0.5 mm",
        ),
    ],
)
def test_every_row_of_tumor_pushes_the_sac_by_a_pixel(axis, rows, grade, gap_mm, margin):
    slices = [pushed(rows), PLAIN, PLAIN]
    if axis is not None:
        slices = [flipped(item, axis) for item in slices]
    found = suggest_escc(*slices)
    assert found.grade is grade
    assert found.indentation_mm == pytest.approx(rows * PIXEL_MM)
    assert found.mcc.value == pytest.approx(5.0 * rows)
    assert found.gap_mm == pytest.approx(gap_mm)
    assert found.shift_mm == pytest.approx(0.0)
    assert found.margin == margin


@pytest.mark.parametrize(
    ("cord", "deformed", "shift_mm", "mscc", "lost"),
    [
        (CORD, False, 0.0, 0.0, 0.0),
        (np.roll(CORD, 1, axis=1), False, 0.5, 0.0, 0.0),
        (np.roll(CORD, -2, axis=1), True, 1.0, 0.0, 0.0),
        (np.roll(CORD, 2, axis=1), True, 1.0, 0.0, 0.0),
        (np.roll(CORD, 2, axis=0), True, 1.0, 0.0, 0.0),
        # One row of eight: 12.5 % flatter and smaller; the center moves by half a pixel.
        (rectangle((27, 34), (24, 36)), True, 0.25, 12.5, 12.5),
        # One column of twelve: 8.3 % smaller, no flatter.
        (rectangle((26, 34), (25, 36)), False, 0.25, 0.0, 100 / 12),
        (rectangle((26, 34), (25, 35)), True, 0.0, 0.0, 100 / 6),
        # Flatter and as much wider: the area is kept.
        (rectangle((27, 33), (22, 38)), True, 0.0, 25.0, 0.0),
    ],
)
def test_the_cord_is_deformed_by_depth_area_or_shift(cord, deformed, shift_mm, mscc, lost):
    found = suggest_escc(replace(pushed(4), cord=cord), PLAIN, PLAIN)
    assert found.shift_mm == pytest.approx(shift_mm)
    assert found.mscc.value == pytest.approx(mscc)
    assert found.cord_area_loss.value == pytest.approx(lost)
    assert (found.grade is G.G2) is deformed
    assert found.ask_csf is deformed


def test_without_csf_a_deformed_cord_is_grade_3():
    flat = rectangle((30, 34), (24, 36))
    found = suggest_escc(replace(PLAIN, cord=flat, sac=flat, tumor=SAC & ~flat), PLAIN, PLAIN)
    assert found.grade is G.G3
    assert found.ask_csf
    assert found.margin == "CSF seen over 0°, limit 20°; 1 pixel = 0.5 mm"
    assert found.mscc.value == pytest.approx(50.0)
    assert found.cord_area_loss.value == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("pixel_mm", "slice_mm", "graded"),
    [(0.5, 5.0, True), (1.0, 5.0, True), (1.01, 3.0, False), (0.5, 5.01, False)],
)
def test_the_coarsest_grid_that_is_graded(pixel_mm, slice_mm, graded):
    own, plain = (
        replace(item, pixel_mm=pixel_mm, slice_mm=slice_mm) for item in (pushed(4), PLAIN)
    )
    found = suggest_escc(own, plain, plain)
    assert (found.grade is not None) is graded
    assert ("too coarse" in found.reason) is not graded
    assert bool(found.margin) is graded


@pytest.mark.parametrize("missing", ["own", "above", "below"])
def test_a_cord_missing_on_any_slice_leaves_no_measure_of_it(missing):
    slices = {"own": pushed(4), "above": PLAIN, "below": PLAIN}
    slices[missing] = replace(slices[missing], cord=NOTHING)
    found = suggest_escc(slices["own"], slices["above"], slices["below"])
    assert (found.mscc, found.cord_area_loss, found.gap_mm, found.shift_mm) == (None,) * 4
    assert found.grade is None
    assert found.reason == "The cord is not outlined on this slice and on both references."
    assert found.mcc.value == pytest.approx(20.0)


@pytest.mark.parametrize(("rows", "grade"), [(0, G.G0), (1, G.G1A), (2, None), (6, None)])
def test_below_the_conus_a_pushed_sac_has_no_grade(rows, grade):
    found = suggest_escc(pushed(rows), PLAIN, PLAIN, below_conus=True)
    assert found.grade is grade
    assert found.reason == (
        "" if grade is not None else "Below the conus a deformed sac has no ESCC grade."
    )


def test_the_expected_sac_lies_between_both_references():
    """Sacs that end 4 pixels apart in front: expected is halfway, so 2 rows are lost, not 4."""
    wide = replace(PLAIN, sac=rectangle((16, 40), (15, 45)))
    narrow = replace(PLAIN, sac=rectangle((20, 40), (15, 45)))
    found = suggest_escc(replace(PLAIN, tumor=pushed(1).tumor), wide, narrow)
    assert found.indentation_mm == pytest.approx(2 * PIXEL_MM, abs=0.26)
    assert found.mcc.value == pytest.approx(100 * (1 - 20 / 22))


@pytest.mark.parametrize("field", ["sac", "cord", "tumor"])
def test_outlines_of_another_size_are_refused(field):
    with pytest.raises(InputRefusedError) as caught:
        replace(PLAIN, **{field: np.ones((60, 61), dtype=np.bool_)})
    assert caught.value.code == "other-grid"


@pytest.mark.parametrize("which", ["above", "below"])
def test_references_of_another_size_are_refused(which):
    small = CanalSlice(sac=SAC[:, :50], cord=CORD[:, :50], tumor=NOTHING[:, :50], pixel_mm=PIXEL_MM)
    slices = {"above": PLAIN, "below": PLAIN, which: small}
    with pytest.raises(InputRefusedError) as caught:
        suggest_escc(PLAIN, slices["above"], slices["below"])
    assert caught.value.code == "other-grid"
