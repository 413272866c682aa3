"""Sac and cord measures, and the ESCC grade that geometry suggests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.escc_masks import GRADES, canal_slice, ellipse, normal_slice
from workstation.base.errors import InputRefusedError
from workstation.domain.escc import EsccGrade
from workstation.imaging.spine.canal import (
    CanalSlice,
    compromise_percent,
    measure_slice,
    suggest_escc,
)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("grade", GRADES)
def test_every_planted_grade_is_suggested(grade, mirrored):
    found = suggest_escc(canal_slice(grade, mirrored=mirrored), normal_slice(), normal_slice())
    assert found.grade == EsccGrade(grade)
    assert found.reason == ""


@pytest.mark.parametrize("grade", GRADES)
def test_csf_is_asked_for_grades_2_and_3_only(grade):
    found = suggest_escc(canal_slice(grade), normal_slice(), normal_slice())
    assert found.ask_csf is (grade in ("2", "3"))


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("0", "tumor in the canal 0.0 mm², limit 2 mm²"),
        ("1a", "sac indented"),
        ("1b", "tumor-cord gap 1.6 mm, limit 1 mm"),
        ("1c", "limit 10 %"),
        ("2", "limit 20°"),
        ("3", "CSF seen over"),
    ],
)
def test_the_margin_to_the_next_grade_is_said(grade, words):
    found = suggest_escc(canal_slice(grade), normal_slice(), normal_slice())
    assert words in found.margin
    assert found.margin.endswith("1 pixel = 0.4 mm")


@pytest.mark.parametrize("pixel_mm", [0.3, 0.5])
@pytest.mark.parametrize("grade", GRADES)
def test_the_grade_does_not_hang_on_the_pixel(grade, pixel_mm):
    plain = normal_slice(pixel_mm)
    assert suggest_escc(canal_slice(grade, pixel_mm), plain, plain).grade == EsccGrade(grade)


def test_the_measures_of_an_uninvolved_slice():
    measures = measure_slice(normal_slice())
    assert measures.sac_area_mm2 == pytest.approx(np.pi * 9.2 * 7.0, rel=0.02)
    assert measures.cord_area_mm2 == pytest.approx(np.pi * 6.2 * 4.0, rel=0.02)
    assert measures.sac_ap_mm == pytest.approx(14.0, abs=0.45)
    assert measures.cord_ap_mm == pytest.approx(8.0, abs=0.45)
    assert measures.cord_width_mm == pytest.approx(12.4, abs=0.45)
    assert measures.compression_ratio == pytest.approx(8.0 / 12.4, abs=0.05)
    assert measures.csf_area_mm2 == pytest.approx(np.pi * (9.2 * 7.0 - 6.2 * 4.0), rel=0.02)
    assert measures.csf_arc_deg == pytest.approx(360.0)
    assert measures.tumor_area_mm2 == 0.0


def test_the_arc_of_csf_is_measured_around_the_cord():
    plain = normal_slice()
    columns = np.arange(plain.sac.shape[1])
    # Tumor fills everything on the right half of the canal.
    half = np.broadcast_to(columns < columns.size // 2, plain.sac.shape)
    tumor = half & plain.sac & ~plain.cord
    measures = measure_slice(replace(plain, tumor=tumor, sac=plain.sac & ~tumor))
    assert measures.csf_arc_deg == pytest.approx(180.0, abs=6.0)


@pytest.mark.parametrize(
    ("involved", "above", "below", "percent"),
    # Test vectors of the clinical reference, section 7.8.
    [(6.0, 14.0, 13.0, 55.6), (4.2, 7.0, 6.8, 39.1), (14.0, 14.0, 14.0, 0.0)],
)
def test_compromise_against_the_mean_of_both_references(involved, above, below, percent):
    assert compromise_percent(involved, above, below) == pytest.approx(percent, abs=0.05)


def test_compromise_needs_a_reference():
    with pytest.raises(InputRefusedError, match="no diameter"):
        compromise_percent(6.0, 0.0, 0.0)


def test_the_suggestion_carries_its_measures():
    found = suggest_escc(canal_slice("2"), normal_slice(), normal_slice())
    assert found.mscc.value == pytest.approx(100.0 * (1.0 - 5.8 / 8.0), abs=6.0)
    assert found.mcc.value > 10.0
    assert (found.mcc.unit, found.mscc.unit) == ("%", "%")
    assert found.shift_mm == pytest.approx(1.4, abs=0.2)
    assert "does not define ESCC" in found.mcc.notes[0]
    assert found.cord_area_loss.value == pytest.approx(
        100.0 * (1.0 - 6.6 * 2.9 / (6.2 * 4.0)), abs=3.0
    )


def test_a_sac_pushed_in_is_measured_at_its_deepest_place():
    found = suggest_escc(canal_slice("1b"), normal_slice(), normal_slice())
    assert found.indentation_mm == pytest.approx(1.3, abs=0.3)
    assert found.gap_mm == pytest.approx(1.7, abs=0.2)


@pytest.mark.parametrize(("pixel_mm", "slice_mm"), [(1.2, 3.0), (0.4, 6.0)])
def test_coarse_images_give_measures_without_a_grade(pixel_mm, slice_mm):
    plain = normal_slice(pixel_mm)
    found = suggest_escc(canal_slice("2", pixel_mm, slice_mm), plain, plain)
    assert found.grade is None
    assert "too coarse" in found.reason
    assert not found.ask_csf
    assert found.mcc.value > 5.0


@pytest.mark.parametrize(("grade", "wanted"), [("0", "0"), ("1a", "1a"), ("1b", None), ("3", None)])
def test_below_the_conus_only_0_and_1a_are_suggested(grade, wanted):
    no_cord = np.zeros_like(normal_slice().sac)
    own = replace(canal_slice(grade), cord=no_cord)
    plain = replace(normal_slice(), cord=no_cord)
    found = suggest_escc(own, plain, plain, below_conus=True)
    assert found.grade == (None if wanted is None else EsccGrade(wanted))
    assert found.mscc is None
    assert found.cord_area_loss is None


def test_without_a_cord_no_grade_above_1a_is_guessed():
    own = replace(canal_slice("2"), cord=np.zeros_like(normal_slice().sac))
    found = suggest_escc(own, normal_slice(), normal_slice())
    assert found.grade is None
    assert "cord is not outlined" in found.reason
    assert measure_slice(own).compression_ratio is None
    assert measure_slice(own).csf_arc_deg == 0.0


def test_an_uninvolved_slice_is_grade_0_even_when_the_canal_is_narrow():
    narrow = CanalSlice(
        sac=ellipse(8.0, 5.0),
        cord=ellipse(6.0, 3.9),
        tumor=np.zeros_like(normal_slice().sac),
        pixel_mm=0.4,
    )
    assert suggest_escc(narrow, normal_slice(), normal_slice()).grade is EsccGrade.G0


def test_slices_of_other_grids_and_empty_sacs_are_refused():
    with pytest.raises(InputRefusedError, match="one grid"):
        suggest_escc(canal_slice("1b"), normal_slice(0.5), normal_slice(0.5))
    plain = normal_slice()
    with pytest.raises(InputRefusedError, match="thecal sac"):
        replace(plain, sac=np.zeros_like(plain.sac))
    with pytest.raises(InputRefusedError, match="one picture"):
        replace(plain, cord=np.zeros((3, 3), dtype=bool))
