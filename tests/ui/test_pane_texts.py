"""The words of a pane: title, plane and slice, window, place, level, warnings, evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support import cases
from tests.ui.window_support import (
    OTHER_FRAME,
    SAGITTAL,
    make_spine,
    make_state,
    make_volume,
)
from workstation.domain.spine import VertebralLevel
from workstation.imaging.volume import Finding, Unit, WindowSetting
from workstation.rendering.plane import PlaneName
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.pane_state import at_slice, slice_position
from workstation.ui.pane_texts import (
    LISTED_ONLY,
    corner_content,
    evidence_badge,
    first_clause,
    level_text,
    number_text,
    pane_title,
    plane_line,
    position_line,
    series_title,
    short_unit,
    warning_lines,
    window_line,
)

SHAPE = (8, 10, 12)


@pytest.fixture(scope="module")
def volume():
    return make_volume(shape=SHAPE)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (3.14159, 1, "3.1"),
        (-3.14159, 2, "−3.14"),
        (-0.04, 1, "0.0"),
        (0.0, 0, "0"),
        (-0.4, 0, "0"),
        (-1024.0, 0, "−1024"),
        (0.06, 1, "0.1"),
        (1e6, 0, "1000000"),
    ],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(value, digits, text):
    assert number_text(value, digits) == text


@pytest.mark.parametrize(
    ("unit", "short"),
    [
        (Unit.SUVBW, "SUVbw"),
        (Unit.SUVLBM, "SUVlbm"),
        (Unit.SUVBSA, "SUVbsa"),
        (Unit.HU, "HU"),
        (Unit.ARBITRARY, "a.u."),
        (Unit.BQML, "Bq/mL"),
    ],
)
def test_short_units(unit, short):
    assert short_unit(unit) == short


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "3  T2 sag"),
        ({"series_number": None}, "T2 sag"),
        ({"series_number": 0}, "0  T2 sag"),
        ({"series_description": ""}, "3  CT"),
        ({"series_description": "", "modality": ""}, "3  Series"),
        ({"series_description": "<b>T1</b>"}, "3  <b>T1</b>"),
    ],
)
def test_the_title_of_a_series(volume, changes, title):
    named = replace(volume, identity=replace(volume.identity, **changes))
    assert series_title(named) == title
    assert pane_title(make_state(named)) == title


@pytest.mark.parametrize(
    ("lower", "upper", "title"),
    [(3, 7, "3 + 7  CT with PT"), (3, None, "3  CT with PT"), (None, 7, "7  CT with PT")],
)
def test_a_fused_pane_names_both(volume, lower, upper, title):
    one = replace(volume, identity=replace(volume.identity, series_number=lower))
    two = replace(volume, identity=replace(volume.identity, series_number=upper, modality="PT"))
    state = make_state(one)
    fused = state.with_layers((*state.layers, SliceLayer(volume=two, window=state.window)))
    assert pane_title(fused) == title


class TestPlaneLine:
    @pytest.mark.parametrize("index", [0, 3, 7])
    def test_an_acquired_slice_has_its_number_and_thickness(self, volume, index):
        state = at_slice(make_state(volume, PlaneName.AXIAL), index)
        number = slice_position(state).number
        assert plane_line(state) == f"Axial · {number} / 8 · 2.0 mm"

    @pytest.mark.parametrize("plane", [PlaneName.SAGITTAL, PlaneName.CORONAL])
    def test_other_planes_say_that_they_are_reformatted(self, volume, plane):
        line = plane_line(make_state(volume, plane))
        assert line == f"{plane.value.capitalize()}, reformatted · 1.0 mm"

    def test_a_sagittal_scan_is_acquired_in_its_plane(self):
        scan = make_volume(direction=SAGITTAL, shape=SHAPE)
        assert "reformatted" not in plane_line(make_state(scan, PlaneName.SAGITTAL))
        assert "reformatted" in plane_line(make_state(scan, PlaneName.AXIAL))

    def test_a_note_stands_at_the_end(self, volume):
        state = replace(make_state(volume), note="close-up")
        assert plane_line(state).endswith(" · close-up")

    def test_a_projection_has_no_slice(self, volume):
        state = make_state(volume, PlaneName.CORONAL)
        thick = replace(state, view=replace(state.view, slab_thickness_mm=500.0), note="MIP")
        assert plane_line(thick) == "Coronal · MIP"
        assert plane_line(replace(thick, note="")) == "Coronal"

    def test_a_plane_along_an_end_plate_names_the_vertebra(self, volume):
        state = replace(make_state(volume), level=VertebralLevel.L1)
        assert plane_line(state) == "Axial, parallel to L1 end-plate"

    def test_a_level_means_nothing_in_other_planes(self, volume):
        state = replace(make_state(volume, PlaneName.SAGITTAL), level=VertebralLevel.L1)
        assert "parallel" not in plane_line(state)

    @pytest.mark.parametrize("numbers", [tuple(range(1, 9)), tuple(range(8, 0, -1))])
    def test_instance_numbers_are_shown_where_they_count_the_images(self, volume, numbers):
        numbered = replace(volume, slice_numbers=numbers)
        state = at_slice(make_state(numbered), 0)
        top = numbers[7]
        assert f" {top} / 8" in plane_line(state)

    def test_other_instance_numbers_are_not(self, volume):
        odd = replace(volume, slice_numbers=(5, 5, 5, 9, 9, 9, 0, 1))
        assert " 1 / 8" in plane_line(at_slice(make_state(odd), 0))


@pytest.mark.parametrize(
    ("unit", "center", "width", "line"),
    [
        (Unit.HU, 50.0, 350.0, "W 350  L 50  HU"),
        (Unit.HU, -600.0, 1500.0, "W 1500  L −600  HU"),
        (Unit.HU, 62.5, 125.4, "W 125  L 62  HU"),
        (Unit.ARBITRARY, 12.25, 7.5, "W 7.5  L 12.2  a.u."),
        (Unit.ARBITRARY, 0.25, 0.5, "W 0.50  L 0.25  a.u."),
        (Unit.SUVBW, 2.5, 5.0, "SUVbw 0–5  g/mL"),
        (Unit.SUVBW, 3.75, 7.5, "SUVbw 0–7.5  g/mL"),
        (Unit.SUVLBM, 5.0, 8.0, "SUVlbm 1–9  g/mL"),
        (Unit.SUVBSA, 1.0, 1.0, "SUVbsa 0.50–1.5  cm2/mL"),
        (Unit.ADC, 1.25, 2.5, "W 2.5  L 1.2  10^-3 mm2/s"),
    ],
)
def test_window_and_unit(volume, unit, center, width, line):
    layer = SliceLayer(
        volume=replace(volume, unit=unit), window=WindowSetting(center=center, width=width)
    )
    assert window_line(layer) == line


@pytest.mark.parametrize(
    ("plane", "line"),
    [
        (PlaneName.SAGITTAL, "x 10.0 mm"),
        (PlaneName.CORONAL, "y −20.0 mm"),
        (PlaneName.AXIAL, "z 30.0 mm"),
    ],
)
def test_the_place_along_the_planes_own_axis(plane, line):
    even = make_volume(shape=(9, 11, 13))
    assert position_line(make_state(even, plane)) == line


@pytest.mark.parametrize(
    ("spine", "point", "expected"),
    [
        (None, (10.0, -20.0, 60.0), ("", True)),
        (make_spine("T12", "L1"), (10.0, -20.0, 60.0), ("T12?", False)),
        (make_spine("T12", "L1", confirmed=True), (10.0, -20.0, 41.0), ("L1", True)),
        (make_spine("T12", "L1", frame=OTHER_FRAME), (10.0, -20.0, 60.0), ("", True)),
    ],
)
def test_the_level_at_a_point(volume, spine, point, expected):
    case = replace(cases.studied_case(), spines=(spine,) if spine else ())
    assert level_text(case, make_state(volume), point) == expected
    assert level_text(None, make_state(volume), point) == ("", True)


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("1 slice is missing (after 4); nothing is measured.", "1 slice is missing (after 4)"),
        ("Slices overlap: each is 5 mm thick.", "Slices overlap: each is 5 mm thick"),
        ("One. Two. Three.", "One"),
        ("No end", "No end"),
        ("", ""),
    ],
)
def test_a_chip_has_the_first_clause(sentence, clause):
    assert first_clause(sentence) == clause


class TestWarnings:
    def findings(self, volume, *codes):
        made = tuple(Finding(code=code, message=f"About {code}; and more.") for code in codes)
        return replace(volume, findings=made)

    def test_each_finding_is_a_chip(self, volume):
        state = make_state(self.findings(volume, "missing-slice", "tilted"))
        assert warning_lines(state) == ("⚠ About missing-slice", "⚠ About tilted")

    def test_none_without_findings(self, volume):
        assert warning_lines(make_state(volume)) == ()

    @pytest.mark.parametrize("code", sorted(LISTED_ONLY))
    def test_what_changes_no_number_is_only_listed(self, volume, code):
        assert warning_lines(make_state(self.findings(volume, code))) == ()

    def test_a_mirrored_picture_says_so_first(self, volume):
        state = make_state(self.findings(volume, "tilted"))
        mirrored = state.with_view(state.view.flip())
        assert warning_lines(mirrored) == ("⚠ Mirrored", "⚠ About tilted")

    def test_the_same_finding_of_two_layers_is_one_chip(self, volume):
        found = self.findings(volume, "tilted")
        state = make_state(found)
        both = state.with_layers((*state.layers, *state.layers))
        assert warning_lines(both) == ("⚠ About tilted",)


class TestEvidence:
    @pytest.fixture
    def state(self, volume):
        return make_state(volume)

    def image(self, state, *proves, moved_mm=0.0, series=None, plane=None):
        view = (plane or state).view
        normal = np.asarray(view.direction)
        center = tuple(float(v) for v in np.asarray(view.center_lps) + moved_mm * normal)
        return replace(
            cases.key_image(),
            series_uid=series or state.volume.identity.series_uid,
            center_lps=center,
            direction=tuple(float(part) for part in normal),
            proves=proves,
        )

    def badge(self, state, *images):
        return evidence_badge(replace(cases.studied_case(), key_images=images), state)

    @pytest.mark.parametrize(
        ("proves", "badge"),
        [
            (("sins.T9.bone_lesion",), "• SINS"),
            (("escc.T9.grade",), "• ESCC"),
            (("noms.systemic",), "• NOMS"),
            (("lesion.1",), "• Lesion"),
            (("sins.T9.bone_lesion", "escc.T9.grade"), "• ESCC and SINS"),
            (("sins.T9.bone_lesion", "sins.T9.alignment"), "• SINS"),
            (("report.free",), ""),
            ((), ""),
        ],
    )
    def test_what_the_slice_proves(self, state, proves, badge):
        assert self.badge(state, self.image(state, *proves)) == badge

    @pytest.mark.parametrize(("moved_mm", "shown"), [(0.0, True), (0.9, True), (1.1, False)])
    def test_only_on_its_own_slice(self, state, moved_mm, shown):
        image = self.image(state, "sins.T9.alignment", moved_mm=moved_mm)
        assert bool(self.badge(state, image)) is shown

    def test_not_on_another_series(self, state):
        assert self.badge(state, self.image(state, "sins.x", series="1.9.9")) == ""

    def test_not_in_another_plane(self, state, volume):
        sagittal = make_state(volume, PlaneName.SAGITTAL)
        assert self.badge(state, self.image(state, "sins.x", plane=sagittal)) == ""

    def test_without_a_case_there_is_none(self, state):
        assert evidence_badge(None, state) == ""


class TestCorners:
    def test_all_four(self, volume):
        case = replace(cases.studied_case(), spines=(make_spine("T12", "L1"),))
        content = corner_content(make_state(volume), case, (10.0, -20.0, 41.0))
        assert content.top_left[0] == "3  T2 sag"
        assert content.top_left[1].startswith("Axial · ")
        assert content.top_right == ("L1?",)
        assert not content.level_confirmed
        assert content.bottom_left[0] == "W 200  L 100  HU"
        assert content.bottom_left[-1].startswith("z ")

    def test_no_level_leaves_its_corner_empty(self, volume):
        content = corner_content(make_state(volume), None, (0.0, 0.0, 0.0))
        assert content.top_right == ()
        assert content.level_confirmed

    def test_a_corrected_tilt_is_named(self, volume):
        corrected = replace(volume, resampled="gantry tilt corrected")
        content = corner_content(make_state(corrected), None, (0.0, 0.0, 0.0))
        assert content.top_left[2] == "Gantry tilt corrected"

    def test_a_plane_along_an_end_plate_says_how_thick_it_is(self, volume):
        state = replace(make_state(volume), level=VertebralLevel.L1)
        content = corner_content(state, None, (0.0, 0.0, 0.0))
        assert content.top_left[2] == "Reformatted · 2.0 mm"

    def test_the_upper_layer_has_the_upper_window(self, volume):
        state = make_state(volume)
        pet = replace(volume, unit=Unit.SUVBW)
        window = WindowSetting(center=2.5, width=5.0)
        fused = state.with_layers((*state.layers, SliceLayer(volume=pet, window=window)))
        content = corner_content(fused, None, (0.0, 0.0, 0.0))
        assert content.bottom_left[:2] == ("SUVbw 0–5  g/mL", "W 200  L 100  HU")
