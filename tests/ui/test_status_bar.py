"""The status band: what lies under the pointer, the hint of the tool, whether the case is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support import cases
from tests.ui.conftest import overflowing, settle
from tests.ui.window_support import FRAME, OTHER_FRAME, make_spine, make_state, make_volume
from workstation.app.jobs import JobRunner
from workstation.app.session import SaveKind, SaveState
from workstation.imaging.volume import Unit
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.status_bar import DISCLAIMER, HINT_WIDTH_PX, StatusBar, value_words

CENTER = (10.0, -20.0, 30.0)


@pytest.fixture(scope="module")
def volume():
    return make_volume(shape=(8, 10, 12))


@pytest.fixture
def bar(show, qapp):
    jobs = JobRunner(workers=1)
    made = show(StatusBar(jobs), 1600, 28)
    yield made
    jobs.close()


def case_with(*levels, confirmed=False, frame=FRAME):
    return replace(
        cases.studied_case(), spines=(make_spine(*levels, confirmed=confirmed, frame=frame),)
    )


def test_without_a_case_it_says_so_and_is_no_device(bar):
    assert bar.level.text() == "No study open"
    assert bar.disclaimer.text() == DISCLAIMER
    assert bar.disclaimer.isVisible()
    assert not bar.saved.isVisible()


def test_with_a_case_it_says_how_far_it_is_kept(bar):
    bar.show_case(cases.studied_case())
    assert bar.level.text() == ""
    assert bar.saved.isVisible()
    assert not bar.disclaimer.isVisible()


def test_closing_the_case_takes_everything_away(bar, volume):
    case = case_with("T12", "L1", "L2")
    bar.show_case(case)
    bar.show_point(case, make_state(volume), CENTER)
    bar.show_case(None)
    assert bar.level.text() == "No study open"
    assert (bar.value.text(), bar.place.text()) == ("", "")


@pytest.mark.parametrize(
    ("confirmed", "point", "words", "tone"),
    [
        (True, (10.0, -20.0, 60.0), "T12", ""),
        (True, (10.0, -20.0, 41.0), "L1", ""),
        (True, (10.0, -20.0, 22.0), "L2", ""),
        (False, (10.0, -20.0, 41.0), "L1?", "caution"),
    ],
)
def test_the_level_under_the_pointer(bar, volume, confirmed, point, words, tone):
    case = case_with("T12", "L1", "L2", confirmed=confirmed)
    bar.show_point(case, make_state(volume), point)
    assert bar.level.text() == words
    assert bar.level.property("tone") == tone


@pytest.mark.parametrize("case", [None, cases.studied_case(), case_with("L1", frame=OTHER_FRAME)])
def test_an_unnumbered_space_has_an_unknown_level(bar, volume, case):
    bar.show_point(case, make_state(volume), CENTER)
    assert bar.level.text() == "Level unknown"
    assert bar.level.property("tone") == "caution"


def test_value_and_place_of_the_point(bar, volume):
    point = volume.geometry.center_lps
    bar.show_point(None, make_state(volume), point)
    assert bar.value.text().endswith(" HU")
    assert bar.place.text() == "LPS  10.0  −20.0  30.0 mm"


def test_no_point_keeps_what_was_last_there(bar, volume):
    bar.show_point(None, make_state(volume), CENTER)
    before = (bar.level.text(), bar.value.text(), bar.place.text())
    bar.show_point(None, None, CENTER)
    bar.show_point(None, make_state(volume), None)
    assert (bar.level.text(), bar.value.text(), bar.place.text()) == before


def constant(value, unit):
    volume = make_volume(shape=(3, 4, 5), unit=unit)
    volume.array[:] = value
    return volume


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (64.4, Unit.HU, "64 HU"),
        (-1000.0, Unit.HU, "−1000 HU"),
        (-0.2, Unit.HU, "0 HU"),
        (4.84, Unit.SUVBW, "4.8 SUVbw"),
        (5.0, Unit.SUVBW, "5.0 SUVbw"),
        (2.25, Unit.SUVLBM, "2.2 SUVlbm"),
        (312.0, Unit.ARBITRARY, "312 a.u."),
        (312.5, Unit.ARBITRARY, "312.5 a.u."),
        (1.25, Unit.ADC, "1.2 10^-3 mm2/s"),
        (5000.0, Unit.BQML, "5000 Bq/mL"),
    ],
)
def test_values_carry_their_unit_and_no_false_precision(value, unit, words):
    assert value_words(make_state(constant(value, unit)), CENTER) == words


def test_values_of_all_layers_stand_side_by_side():
    lower, upper = constant(64.0, Unit.HU), constant(4.8, Unit.SUVBW)
    state = make_state(lower)
    fused = state.with_layers(
        (*state.layers, SliceLayer(volume=upper, window=state.window, opacity=0.5))
    )
    assert value_words(fused, CENTER) == "64 HU  4.8 SUVbw"


def test_a_point_beyond_the_images_is_outside():
    assert value_words(make_state(constant(1.0, Unit.HU)), (900.0, 0.0, 0.0)) == "outside"


def test_the_value_is_that_of_the_native_voxel(volume):
    state = make_state(volume)
    i, j, k = 3, 2, 5
    point = tuple(volume.geometry.index_to_lps(np.array([i + 0.4, j - 0.4, k + 0.3])))
    expected = round(float(volume.array[k, j, i]))
    assert value_words(state, point).replace("−", "-") == f"{expected} HU"


@pytest.mark.parametrize(
    ("width", "text", "shown"),
    [
        (HINT_WIDTH_PX, "Click two points.", True),
        (HINT_WIDTH_PX - 1, "Click two points.", False),
        (1920, "", False),
    ],
)
def test_the_hint_needs_room_and_words(bar, width, text, shown):
    bar.show_hint(text)
    bar.resize(width, 28)
    settle()
    assert bar.hint.isVisible() is shown
    assert bar.hint_line.isVisible() is shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SaveState(kind=SaveKind.SAVING), "Saving"),
        (SaveState(kind=SaveKind.SAVED, at="12:04"), "All changes kept 12:04"),
        (SaveState(kind=SaveKind.FAILED, unsaved=2), "2"),
        (SaveState(kind=SaveKind.READ_ONLY), "Read only"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind.value,
)
def test_how_far_the_case_is_kept_has_words_and_a_sign(bar, state, words):
    bar.show_case(cases.studied_case())
    bar.saved.show_state(SaveState())
    settle()
    plain = bar.saved.grab().toImage()
    bar.saved.show_state(state)
    settle()
    signed = bar.saved.grab().toImage()
    assert words in bar.saved.words.text()
    assert bar.saved.accessibleName() == state.text
    differing = [
        (x, y)
        for x in range(18)
        for y in range(signed.height())
        if signed.pixelColor(x, y) != plain.pixelColor(x, y)
    ]
    assert len(differing) > 10


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_nothing_leaves_the_band(bar, volume, width):
    case = case_with("T12", "L1")
    bar.show_case(case)
    bar.show_point(case, make_state(volume), CENTER)
    bar.show_hint("Click the first end of the line.")
    bar.resize(width, 28)
    settle()
    assert overflowing(bar) == []
