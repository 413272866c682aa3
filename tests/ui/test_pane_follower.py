"""Panes follow the session: levels, lesions, the linked point; clicks in panes go back to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.support import cases
from tests.ui.conftest import settle
from tests.ui.window_support import (
    FRAME,
    OTHER_FRAME,
    click_at,
    hover,
    make_desk,
    make_spine,
    make_state,
    make_volume,
)
from workstation.domain.spine import VertebralLevel
from workstation.rendering.plane import PlaneName

AXIAL, SAGITTAL = PlaneName.AXIAL, PlaneName.SAGITTAL
CENTER = (10.0, -20.0, 30.0)


@pytest.fixture(scope="module")
def volume():
    return make_volume(shape=(24, 20, 16), spacing=(2.0, 2.0, 3.0))


@pytest.fixture(scope="module")
def elsewhere():
    return make_volume(
        shape=(24, 20, 16), spacing=(2.0, 2.0, 3.0), frame=OTHER_FRAME, series="1.2.3.4.9"
    )


def lesion_in(frame=FRAME, center=(12.0, -18.0, 40.0), level=VertebralLevel.L1):
    lesion = cases.lesion_at(1, level)
    return replace(lesion, center_lps=center, frame_of_reference_uid=frame)


@pytest.fixture
def desk(session, messages, show):
    made = make_desk(session, messages)
    show(made.grid, 900, 700)
    yield made
    made.show([])


def open_case(session, *, spine=None, lesions=()):
    spines = (spine,) if spine else ()
    session.new(replace(cases.empty_case(), spines=spines, lesions=tuple(lesions)))


def off_plane(pane, point):
    return abs(pane.state.view.distance_mm(point))


class TestLevels:
    SPINE = make_spine("T12", "L1", "L2", confirmed=True)

    @pytest.mark.parametrize(("level", "z"), [("T12", 60.0), ("L1", 40.0), ("L2", 20.0)])
    def test_every_pane_goes_to_the_level(self, desk, session, volume, level, z):
        open_case(session, spine=self.SPINE)
        axial, sagittal = desk.show([make_state(volume, AXIAL), make_state(volume, SAGITTAL)])
        session.change_view(active_level=VertebralLevel(level))
        settle()
        assert off_plane(axial, (10.0, -20.0, z)) < 3.0
        assert off_plane(sagittal, (10.0, -20.0, z)) < 2.0

    def test_panes_of_another_space_stay(self, desk, session, volume, elsewhere):
        open_case(session, spine=self.SPINE)
        _, other = desk.show([make_state(volume), make_state(elsewhere)])
        before = other.state
        session.change_view(active_level=VertebralLevel.L2)
        settle()
        assert other.state.view.center_lps == before.view.center_lps

    @pytest.mark.parametrize(
        ("start", "steps", "reached"),
        [("T12", 1, "L1"), ("L1", 1, "L2"), ("L2", -1, "L1"), ("T12", 2, "L2")],
    )
    def test_walking(self, desk, session, volume, start, steps, reached):
        open_case(session, spine=self.SPINE)
        desk.show([make_state(volume)])
        session.change_view(active_level=VertebralLevel(start))
        assert desk.follower.walk(steps) is VertebralLevel(reached)
        assert session.view.active_level is VertebralLevel(reached)
        assert session.view.cursor_lps == self.SPINE.landmark(VertebralLevel(reached)).center_lps

    @pytest.mark.parametrize(("start", "steps"), [("T12", -1), ("L2", 1)])
    def test_walking_never_leaves_the_numbered_levels(self, desk, session, volume, start, steps):
        open_case(session, spine=self.SPINE)
        desk.show([make_state(volume)])
        session.change_view(active_level=VertebralLevel(start))
        desk.follower.walk(steps)
        assert session.view.active_level is VertebralLevel(start)

    def test_walking_puts_the_selected_lesion_down(self, desk, session, volume):
        lesion = lesion_in()
        open_case(session, spine=self.SPINE, lesions=[lesion])
        desk.show([make_state(volume)])
        session.change_view(selected_lesion_id=lesion.id)
        desk.follower.walk(1)
        assert session.view.selected_lesion_id == ""

    def test_without_numbering_the_reader_is_told_how(self, desk, session, volume, messages):
        open_case(session)
        desk.show([make_state(volume)])
        assert desk.follower.walk(1) is None
        assert "not numbered on these images" in messages.current.text

    @pytest.mark.parametrize("states", [[], [None]])
    def test_without_images_nothing_happens(self, desk, session, messages, states):
        open_case(session, spine=self.SPINE)
        desk.show(states)
        assert desk.follower.walk(1) is None
        assert messages.standing == ()


class TestLesions:
    def test_selecting_brings_panes_and_the_cursor_there(self, desk, session, volume):
        lesion = lesion_in()
        open_case(session, lesions=[lesion])
        axial, sagittal = desk.show([make_state(volume, AXIAL), make_state(volume, SAGITTAL)])
        session.change_view(selected_lesion_id=lesion.id)
        settle()
        for pane, limit in ((axial, 1.6), (sagittal, 1.1)):
            assert off_plane(pane, lesion.center_lps) <= limit
        assert session.view.cursor_lps == lesion.center_lps
        assert session.view.frame_of_reference_uid == FRAME

    def test_a_lesion_of_another_space_moves_no_pane(self, desk, session, volume):
        lesion = lesion_in(frame=OTHER_FRAME)
        open_case(session, lesions=[lesion])
        (pane,) = desk.show([make_state(volume)])
        before = pane.state.view.center_lps
        session.change_view(selected_lesion_id=lesion.id)
        settle()
        assert pane.state.view.center_lps == before

    def test_an_unknown_lesion_does_nothing(self, desk, session, volume):
        open_case(session)
        (pane,) = desk.show([make_state(volume)])
        before = pane.state
        session.change_view(selected_lesion_id="nobody")
        assert pane.state == before
        assert session.view.cursor_lps is None


class TestCursor:
    def test_panes_of_the_space_come_to_the_point(self, desk, session, volume, elsewhere):
        open_case(session)
        near, far = desk.show([make_state(volume), make_state(elsewhere)])
        before = far.state.view.center_lps
        session.change_view(cursor_lps=(10.0, -20.0, 47.0), frame_of_reference_uid=FRAME)
        settle()
        assert off_plane(near, (10.0, -20.0, 47.0)) <= 1.6
        assert far.state.view.center_lps == before


class TestClicks:
    @pytest.fixture
    def pane(self, desk, session, volume):
        open_case(session, lesions=[lesion_in(center=CENTER)])
        (made,) = desk.show([make_state(volume)], columns=1)
        return made

    def test_a_click_points_where_it_lands(self, desk, session, volume):
        open_case(session)
        (pane,) = desk.show([make_state(volume)], columns=1)
        at = (pane.width() // 2 + 60, pane.height() // 2 + 40)
        expected = pane.to_lps(QPointF(*at))
        click_at(pane, at)
        assert session.view.cursor_lps == pytest.approx(expected, abs=0.5)
        assert session.view.frame_of_reference_uid == FRAME

    def test_a_click_on_a_lesion_selects_it(self, session, pane):
        click_at(pane, (pane.width() // 2, pane.height() // 2))
        assert session.view.selected_lesion_id == lesion_in().id
        assert session.view.active_level is VertebralLevel.L1

    def test_the_pane_that_is_clicked_is_active_and_has_the_keys(self, desk, session, volume):
        open_case(session)
        first, second = desk.show([make_state(volume), make_state(volume, SAGITTAL)])
        for pane in (second, first):
            click_at(pane, (80, 80))
            assert desk.grid.active is pane
            assert pane.hasFocus()

    def test_what_lies_under_the_pointer_is_told(self, desk, pane):
        told = []
        desk.host.hovered.connect(lambda state, point: told.append((state, point)))
        hover(pane, (pane.width() // 2, pane.height() // 2))
        state, point = told[-1]
        assert state is pane.state
        assert point == pytest.approx(pane.to_lps(QPointF(pane.rect().center())), abs=2.0)

    def test_the_space_bar_is_held_only_while_it_is_down(self, desk, pane):
        QTest.keyPress(pane, Qt.Key.Key_Space)
        assert desk.host.pointer.space_held
        QTest.keyRelease(pane, Qt.Key.Key_Space)
        assert not desk.host.pointer.space_held

    def test_another_active_pane_is_announced(self, desk, session, volume):
        open_case(session)
        first, second = desk.show([make_state(volume), make_state(volume, SAGITTAL)])
        desk.host.activate(first)
        told = []
        desk.host.pane_changed.connect(told.append)
        desk.host.activate(second)
        desk.host.activate(first)
        assert told == [second, first]


def test_another_case_takes_the_selected_mark_away(desk, session, volume):
    case = replace(cases.empty_case(), marks=(cases.distance_mark(1),))
    session.new(case)
    desk.show([make_state(volume)])
    desk.desk.select_mark(case.marks[0].id)
    assert desk.desk.selected_mark_id == case.marks[0].id
    session.close()
    assert desk.desk.selected_mark_id == ""
