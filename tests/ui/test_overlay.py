"""What is drawn over a pane: words, letters, marks, and that none of it collides."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from tests.ui.window_support import (
    AXIAL,
    FRAME,
    OTHER_FRAME,
    PLANES,
    REVERSED,
    SAGITTAL,
    make_spine,
    make_state,
    make_volume,
    oblique,
)
from workstation.domain.case import Case, KeyImage
from workstation.domain.changes import apply
from workstation.domain.commands import AddLesion, SetSins, SetSpine
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.sins import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import VertebralLevel
from workstation.imaging.volume import Finding, Unit, WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.overlay import Chip, Ellipse, Ink, Line, Rect, Text
from workstation.rendering.placement import Box, text_box
from workstation.rendering.plane import PlaneName
from workstation.rendering.primitives import Dash, TextStyle
from workstation.ui.marks import LandmarkMark, SphereMark
from workstation.ui.overlay_painter import text_measure
from workstation.ui.pane import describe_pane
from workstation.ui.pane_overlay import build_drawing, missing_runs
from workstation.ui.pane_texts import (
    corner_content,
    first_clause,
    number_text,
    pane_title,
    plane_line,
    window_line,
)
from workstation.ui.reading_context import OtherPane, ReadingContext, TextMode

SIZE = (588, 375)
CENTER = (10.0, -20.0, 30.0)


def empty_case() -> Case:
    return Case(id="c", created_at="2026-03-14T10:00:00+01:00")


def case_with(*commands) -> Case:
    case = empty_case()
    for command in commands:
        case = apply(case, command)
    return case


def lesion_command(center=CENTER, radius_mm=8.0, name="a") -> AddLesion:
    return AddLesion(
        id=name,
        center_lps=center,
        radius_mm=radius_mm,
        frame_of_reference_uid=FRAME,
        series_uid="s",
    )


def drawn(state, context=None, size=SIZE):
    return build_drawing(state, size, context or ReadingContext()).primitives


def words(primitives) -> list[str]:
    texts = [part.text for part in primitives if isinstance(part, Text)]
    return texts + [line for part in primitives if isinstance(part, Chip) for line in part.lines]


def letters(primitives) -> list[str]:
    return [
        part.text
        for part in primitives
        if isinstance(part, Text) and part.style is TextStyle.LETTER
    ]


LETTERS = {
    PlaneName.AXIAL: ["R", "L", "A", "P"],
    PlaneName.SAGITTAL: ["A", "P", "H", "F"],
    PlaneName.CORONAL: ["R", "L", "H", "F"],
}


@pytest.mark.parametrize("direction", [AXIAL, REVERSED, SAGITTAL, oblique(20.0)])
@pytest.mark.parametrize("plane", PLANES)
def test_letters_follow_the_patient_not_the_array(plane, direction):
    state = make_state(make_volume(direction=direction), plane)
    assert letters(drawn(state)) == LETTERS[plane]


def test_a_mirrored_pane_changes_its_letters_and_says_so():
    state = make_state(make_volume())
    mirrored = state.with_view(state.view.flip())
    primitives = drawn(mirrored)
    assert letters(primitives) == ["L", "R", "A", "P"]
    assert "⚠ Mirrored" in words(primitives)


def test_a_turned_pane_has_two_letters():
    state = make_state(make_volume())
    turned = state.with_view(state.view.rotated(30.0))
    assert all(len(word) == 2 for word in letters(drawn(turned)))


def test_hidden_overlays_leave_the_letters():
    context = ReadingContext(case=case_with(lesion_command()), hidden=True)
    primitives = drawn(make_state(make_volume()), context)
    assert all(isinstance(part, Text) for part in primitives)
    assert letters(primitives) == LETTERS[PlaneName.AXIAL]


def test_the_corners_say_series_plane_window_and_place():
    state = make_state(make_volume())
    state = state.with_window(WindowSetting(center=-50.0, width=350.0))
    content = corner_content(state, None, CENTER)
    assert content.top_left[0] == "3  T2 sag"
    assert content.top_left[1] == "Axial · 20 / 40 · 2.0 mm"
    assert content.bottom_left == ("W 350  L −50  HU", "z 31.0 mm")


def test_reformatted_planes_say_so():
    assert plane_line(make_state(make_volume(), PlaneName.CORONAL)) == (
        "Coronal, reformatted · 1.0 mm"
    )


def test_an_axial_pane_names_the_end_plate_it_follows():
    state = replace(make_state(make_volume()), level=VertebralLevel.L1)
    content = corner_content(state, None, CENTER)
    assert content.top_left[1:] == ("Axial, parallel to L1 end-plate", "Reformatted · 2.0 mm")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-7.04, 1, "−7.0"), (-0.04, 1, "0.0"), (0.0, 0, "0"), (1234.5, 0, "1234")],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(value, digits, text):
    assert number_text(value, digits) == text


def test_a_pet_window_is_a_range_with_its_measure():
    pet = make_volume(unit=Unit.SUVBW, modality="PT")
    layer = make_state(pet).with_window(WindowSetting(center=2.5, width=5.0)).layers[0]
    assert window_line(layer) == "SUVbw 0–5  g/mL"


def fused_state():
    ct = make_state(make_volume())
    pet = make_volume(unit=Unit.SUVBW, modality="PT", series="9")
    layer = replace(
        ct.layers[0],
        volume=pet,
        window=WindowSetting(center=3.5, width=7.0),
        color_map=ColorMap.HOT_IRON,
        opacity=0.6,
        see_through=True,
    )
    return ct.with_layers((*ct.layers, layer))


def test_a_fused_pane_names_both_series_and_has_a_labelled_bar():
    state = fused_state()
    assert pane_title(state) == "3 + 3  CT with PT"
    shown = words(drawn(state))
    assert "SUVbw" in shown
    assert "SUVbw 0–7 g/mL" in shown
    assert "W 200 L 100 HU" in shown


def test_measurements_on_a_fused_pane_are_white_and_light_panes_dark():
    assert build_drawing(fused_state(), SIZE, ReadingContext()).style.fused
    pet = make_state(make_volume(unit=Unit.SUVBW, modality="PT"))
    assert build_drawing(pet, SIZE, ReadingContext()).style.light


def test_what_reading_found_becomes_chips_worst_three_then_a_count():
    findings = tuple(Finding(code=str(n), message=f"Finding {n}; more words.") for n in range(5))
    shown = words(drawn(make_state(make_volume(findings=findings))))
    assert "⚠ Finding 0" in shown
    assert "⚠ Finding 3" not in shown
    assert "+2" in shown


def test_a_finding_is_cut_at_its_first_clause():
    assert first_clause("2 slices are missing near T8. Lengths are not measured.") == (
        "2 slices are missing near T8"
    )


@pytest.mark.parametrize(("confirmed", "text"), [(True, "T10"), (False, "T10?")])
def test_the_level_at_the_linked_point_stands_top_right(confirmed, text):
    case = case_with()
    case = replace(case, spines=(make_spine("T9", "T10", "T11", confirmed=confirmed),))
    content = corner_content(make_state(make_volume()), case, (10.0, -20.0, 41.0))
    assert content.top_right == (text,)
    assert content.level_confirmed is confirmed


def label_inks(primitives) -> dict[str, Ink]:
    labels = [p for p in primitives if isinstance(p, Text) and p.style is TextStyle.LABEL]
    return {label.text: label.color for label in labels}


def test_proposed_levels_are_lilac_with_a_question_mark():
    context = ReadingContext(
        case=case_with(SetSpine(spine=make_spine("T9", "T10", "T11"))), level=VertebralLevel.T10
    )
    primitives = drawn(make_state(make_volume(), PlaneName.SAGITTAL), context)
    assert label_inks(primitives)["T9?"] is Ink.LEVEL_UNCONFIRMED
    (current,) = [part for part in primitives if isinstance(part, Chip) and part.filled]
    assert current.lines == ("T10?",)
    assert current.color is Ink.LEVEL_UNCONFIRMED


def test_confirmed_levels_are_plain_and_the_current_one_filled():
    case = replace(empty_case(), spines=(make_spine("T9", "T10", confirmed=True),))
    context = ReadingContext(case=case, level=VertebralLevel.T9)
    primitives = drawn(make_state(make_volume(), PlaneName.SAGITTAL), context)
    assert label_inks(primitives)["T10"] is Ink.LEVEL
    (current,) = [part for part in primitives if isinstance(part, Chip) and part.filled]
    assert current.color is Ink.CROSSHAIR


def test_levels_are_not_written_over_axial_images():
    case = replace(empty_case(), spines=(make_spine("T9", "T10", confirmed=True),))
    shown = words(drawn(make_state(make_volume()), ReadingContext(case=case)))
    assert "T9" not in shown[2:]


def test_labels_stand_behind_the_spine():
    case = replace(empty_case(), spines=(make_spine("T9", "T10", confirmed=True),))
    state = make_state(make_volume(shape=(60, 120, 50)), PlaneName.SAGITTAL)
    primitives = drawn(state, ReadingContext(case=case))
    (label,) = [part for part in primitives if isinstance(part, Text) and part.text == "T9"]
    x, y = state.view.lps_to_pixel((10.0, -20.0, 60.0), SIZE)
    assert label.x > x
    assert label.y == pytest.approx(y)


def ellipses(primitives) -> list[Ellipse]:
    return [part for part in primitives if isinstance(part, Ellipse)]


@pytest.mark.parametrize(("distance_mm", "radius_mm"), [(0.0, 8.0), (4.0, 48**0.5)])
def test_the_circle_is_the_cut_of_the_sphere(distance_mm, radius_mm):
    volume = make_volume(spacing=(1, 1, 1), shape=(61, 60, 50))
    state = make_state(volume)
    center = tuple(np.add(state.view.center_lps, (0.0, 0.0, distance_mm)))
    primitives = drawn(state, ReadingContext(case=case_with(lesion_command(center))))
    (circle,) = ellipses(primitives)
    scale = state.view.mm_per_pixel(SIZE)
    assert circle.radii[0] * scale == pytest.approx(radius_mm)
    assert circle.center == pytest.approx(tuple(state.view.lps_to_pixel(center, SIZE)))


def test_a_plane_beside_the_lesion_shows_nothing_of_it():
    state = make_state(make_volume())
    away = tuple(np.add(state.view.center_lps, (0.0, 0.0, 9.0)))
    primitives = drawn(state, ReadingContext(case=case_with(lesion_command(away))))
    assert ellipses(primitives) == []
    assert not any("no level" in text for text in words(primitives))


def test_a_lesion_of_another_space_is_not_drawn():
    state = make_state(make_volume(frame=OTHER_FRAME))
    assert ellipses(drawn(state, ReadingContext(case=case_with(lesion_command())))) == []


def graded_case(bone: SinsBoneLesion, collapse: SinsCollapse, pain: SinsPain) -> Case:
    case = replace(empty_case(), spines=(make_spine("T9", "T10", "T11", confirmed=True),))
    case = apply(case, lesion_command((10.0, -20.0, 41.0)))
    answers = SinsAnswers(
        bone_lesion=bone,
        collapse=collapse,
        pain=pain,
        alignment=SinsAlignment.NORMAL,
        posterolateral=SinsPosterolateral.NONE,
    )
    return apply(case, SetSins(level=VertebralLevel.T10, answers=answers))


@pytest.mark.parametrize(
    ("bone", "collapse", "pain", "ink", "glyph"),
    [
        (SinsBoneLesion.BLASTIC, SinsCollapse.NONE, SinsPain.NONE, Ink.STABLE, "●"),
        (
            SinsBoneLesion.LYTIC,
            SinsCollapse.LT50,
            SinsPain.MECHANICAL,
            Ink.POTENTIALLY_UNSTABLE,
            "◆",
        ),
    ],
)
def test_a_lesion_has_the_color_and_shape_of_its_stability(bone, collapse, pain, ink, glyph):
    case = graded_case(bone, collapse, pain)
    state = make_state(make_volume(), PlaneName.SAGITTAL)
    primitives = drawn(state, ReadingContext(case=case))
    (circle,) = ellipses(primitives)
    assert circle.stroke.color is ink
    assert f"{glyph} 1  T10" in words(primitives)


def test_an_ungraded_lesion_has_a_ring_and_says_it_has_no_level():
    primitives = drawn(make_state(make_volume()), ReadingContext(case=case_with(lesion_command())))
    assert "○ 1  no level" in words(primitives)


def test_only_the_selected_lesion_has_four_handles():
    case = case_with(lesion_command())
    plain = drawn(make_state(make_volume()), ReadingContext(case=case))
    selected = drawn(make_state(make_volume()), ReadingContext(case=case, selected_lesion_id="a"))

    def handles(parts):
        return [p for p in parts if isinstance(p, Rect) and p.fill is Ink.MEASURE_SELECTED]

    assert handles(plain) == []
    assert len(handles(selected)) == 4
    assert "16.0 mm" in words(selected)


def line_mark(start, end, **more):
    return Mark(
        **{
            "id": "m",
            "kind": MarkKind.DISTANCE,
            "points": (start, end),
            "center_lps": start,
            "direction": (0.0, 0.0, 1.0),
            "up": (0.0, -1.0, 0.0),
            "frame_of_reference_uid": FRAME,
            "series_uid": "1.2.3.4.1",
            **more,
        }
    )


def test_a_measured_line_shows_its_millimeters_only_in_its_plane():
    state = make_state(make_volume())
    x, y, z = state.view.center_lps
    mark = line_mark((x - 10.0, y, z), (x + 10.0, y, z))
    assert "20.0 mm" in words(drawn(state, ReadingContext(marks=(mark,))))
    above = replace(mark, points=((x - 10.0, y, z + 5), (x + 10.0, y, z + 5)))
    assert "20.0 mm" not in words(drawn(state, ReadingContext(marks=(above,))))


def test_a_line_across_a_gap_has_no_number():
    state = make_state(make_volume(missing_slices=(20, 21)), PlaneName.SAGITTAL)
    x, y, z = state.view.center_lps
    mark = line_mark((x, y, z - 30.0), (x, y, z + 30.0))
    shown = words(drawn(state, ReadingContext(marks=(mark,))))
    assert not any("60.0" in word for word in shown)
    assert any("missing" in word for word in shown)


def test_drafts_are_drawn():
    state = make_state(make_volume())
    sphere = SphereMark(
        center_lps=state.view.center_lps, radius_mm=5.0, frame_of_reference_uid=FRAME
    )
    level = LandmarkMark(center_lps=state.view.center_lps, level=None, frame_of_reference_uid=FRAME)
    primitives = drawn(state, ReadingContext(marks=(sphere, level)))
    assert len(ellipses(primitives)) == 2
    assert "Which level?" in words(primitives)


def lines(primitives, color: Ink) -> list[Line]:
    return [p for p in primitives if isinstance(p, Line) and p.stroke.color is color]


def sagittal_pane(volume) -> OtherPane:
    view = make_state(volume, PlaneName.SAGITTAL).view
    return OtherPane(view=view, frame_of_reference_uid=FRAME)


def test_the_active_panes_line_is_solid_the_others_are_dashed():
    volume = make_volume()
    state = make_state(volume, PlaneName.SAGITTAL)
    others = (
        OtherPane(view=make_state(volume).view, frame_of_reference_uid=FRAME, active=True),
        OtherPane(view=make_state(volume, PlaneName.CORONAL).view, frame_of_reference_uid=FRAME),
    )
    primitives = drawn(state, ReadingContext(others=others))
    axial = drawn(make_state(volume), ReadingContext(others=(sagittal_pane(volume),)))
    ticks = lines(axial, Ink.REFERENCE)
    assert len(ticks) == 2
    assert all(abs(tick.start[1] - tick.end[1]) < 20 for tick in ticks)
    (active,) = lines(primitives, Ink.REFERENCE_ACTIVE)
    (other,) = lines(primitives, Ink.REFERENCE)
    assert active.stroke.dash is Dash.SOLID
    assert other.stroke.dash is Dash.DASHED
    assert {"ax", "cor"} <= set(words(primitives))


def test_another_space_gives_a_chip_instead_of_a_line():
    state = make_state(make_volume(), PlaneName.SAGITTAL)
    other = OtherPane(
        view=make_state(make_volume()).view, frame_of_reference_uid=OTHER_FRAME, active=True
    )
    primitives = drawn(state, ReadingContext(others=(other,)))
    assert "Not in the same space" in words(primitives)
    assert lines(primitives, Ink.REFERENCE_ACTIVE) == []


def test_the_cross_stays_open_and_is_short_unless_asked():
    state = make_state(make_volume())
    cursor = state.view.center_lps
    short = drawn(state, ReadingContext(cursor_lps=cursor, cursor_space=FRAME))
    full = drawn(state, ReadingContext(cursor_lps=cursor, cursor_space=FRAME, full_cross=True))
    off = drawn(state, ReadingContext(cursor_lps=cursor, cursor_space=FRAME, lines=False))
    middle = (np.array(SIZE) - 1) / 2
    for line in lines(short, Ink.CROSSHAIR) + lines(full, Ink.CROSSHAIR):
        for end in (line.start, line.end):
            assert np.linalg.norm(np.subtract(end, middle)) >= 8.0 - 1e-6
    assert max(line.end[0] for line in lines(full, Ink.CROSSHAIR)) == SIZE[0] - 1
    assert max(line.end[0] for line in lines(short, Ink.CROSSHAIR)) < SIZE[0] / 2 + 40
    assert lines(off, Ink.CROSSHAIR) == []


def test_missing_slices_are_banded_in_panes_that_cut_them():
    volume = make_volume(missing_slices=(10, 11, 20))
    sagittal = make_state(volume, PlaneName.SAGITTAL)
    runs = missing_runs(sagittal)
    lengths = [abs(first[2] - last[2]) for first, last in runs]
    assert lengths == pytest.approx([4.0, 2.0])
    assert missing_runs(make_state(volume)) == ()
    assert "gap 4.0 mm" in words(drawn(sagittal))


@pytest.mark.parametrize(
    ("mode", "title", "window"),
    [(TextMode.ALL, True, True), (TextMode.SHORT, True, True), (TextMode.NONE, False, False)],
)
def test_text_modes_keep_letters(mode, title, window):
    primitives = drawn(make_state(make_volume()), ReadingContext(text=mode))
    shown = words(primitives)
    assert ("3 T2 sag" in shown) is title
    assert any(text.startswith("W 200") for text in shown) is window
    assert letters(primitives) == LETTERS[PlaneName.AXIAL]


def test_evidence_is_named_on_the_slice_that_proves_it():
    state = make_state(make_volume())
    image = KeyImage(
        id="k",
        study_uid="1",
        series_uid=state.volume.identity.series_uid,
        volume_index=0,
        frame_of_reference_uid=FRAME,
        center_lps=state.view.center_lps,
        direction=state.view.direction,
        up=state.view.up,
        field_mm=100.0,
        window_center=0.0,
        window_width=1.0,
        plane="Axial",
        proves=("sins.T9.collapse", "escc.T9"),
    )
    context = ReadingContext(case=replace(empty_case(), key_images=(image,)))
    assert "• ESCC and SINS" in words(drawn(state, context))
    scrolled = state.with_view(state.view.scrolled(4.0))
    assert "• ESCC and SINS" not in words(drawn(scrolled, context))


def boxes(primitives, measure) -> list[Box]:
    found = [text_box(part, measure) for part in primitives if isinstance(part, Text)]
    found += [
        Box(part.x, part.y, part.width, part.height)
        for part in primitives
        if isinstance(part, Chip)
    ]
    return found


@pytest.mark.parametrize("size", [(320, 240), (420, 300), (588, 375), (1200, 700)])
@pytest.mark.parametrize("plane", PLANES)
def test_no_text_covers_another(size, plane):
    findings = (Finding(code="a", message="2 slices are missing near T8"),)
    case = replace(empty_case(), spines=(make_spine("T9", "T10", "T11", confirmed=True),))
    for number, x in enumerate((2.0, 10.0, 18.0)):
        case = apply(case, lesion_command((x, -20.0, 36.0), 3.0, str(number)))
    state = make_state(make_volume(findings=findings), plane)
    state = state.with_view(state.view.centered((10.0, -20.0, 36.0)))
    context = ReadingContext(case=case, level=VertebralLevel.T10, lines=False)
    drawing = build_drawing(state, size, context)
    measure = text_measure(drawing.style.larger_px)
    for one, other in combinations(boxes(drawing.primitives, measure), 2):
        assert not one.overlaps(other), (one, other)


def test_a_narrow_pane_keeps_name_letters_and_scale():
    shown = words(drawn(make_state(make_volume()), size=(300, 230)))
    assert "3 T2 sag" in shown
    assert not any("20 / 40" in text for text in shown)
    assert any(text.endswith("mm") for text in shown)


def test_large_panes_have_larger_text():
    assert build_drawing(make_state(make_volume()), (1100, 700), ReadingContext()).style.larger_px
    assert not build_drawing(make_state(make_volume()), SIZE, ReadingContext()).style.larger_px


def test_a_pane_describes_itself():
    state = replace(make_state(make_volume(), PlaneName.SAGITTAL), level=VertebralLevel.L1)
    assert describe_pane(1, state) == (
        "Pane 1, T2 sag sagittal, image 25 of 50, level L1, A on the left"
    )
    assert describe_pane(2, None) == "Pane 2, empty"
