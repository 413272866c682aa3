from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.support.cases import (
    many_lesions_case,
    one_lesion_case,
    studied_case,
    thoracolumbar_spine,
)
from tests.ui.conftest import click, press, settle
from workstation.domain.spine import Variant, VertebralLevel
from workstation.ui.spine_map import SpineDock, SpineRail
from workstation.ui.spine_map_view import spine_view

T12, L1 = VertebralLevel.T12, VertebralLevel.L1


@pytest.fixture(params=[(SpineDock, 276), (SpineDock, 216), (SpineRail, 84)])
def spine(request, session, show):
    session.new(one_lesion_case())
    kind, width = request.param
    return show(kind(session), width, 620)


def test_a_click_on_a_level_goes_there(spine, session):
    for level in (T12, VertebralLevel.C3, VertebralLevel.S1):
        click(spine, QPoint(30, round(spine.center_y(level))))
        assert session.view.active_level is level
        assert spine.current is level


def test_levels_run_from_head_to_foot_and_never_cross(spine):
    heights = [spine.center_y(level) for level in spine.chain]
    assert heights == sorted(heights)
    assert heights[0] > 0
    assert heights[-1] < spine.height()
    for level in spine.chain:
        assert spine.level_at(spine.center_y(level)) is level


def test_shift_and_click_asks_for_a_mark(spine, session):
    asked = []
    spine.mark_requested.connect(asked.append)
    place = QPoint(30, round(spine.center_y(L1)))
    QTest.mouseClick(spine, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, place)
    assert asked == [L1]
    assert session.view.active_level is None


def test_arrows_walk_and_enter_goes(spine, session):
    session.change_view(active_level=T12)
    spine.setFocus()
    press("Down")
    assert session.view.active_level is T12
    press("Enter")
    assert session.view.active_level is L1
    press("Home", "Space")
    assert session.view.active_level is spine.chain[0]
    press("End", "Space")
    assert session.view.active_level is spine.chain[-1]


def test_the_name_says_what_is_marked(spine):
    assert "T12, lesion 1, SINS 14, unstable, ESCC 2" in spine.accessibleName()
    assert spine.words(T12).startswith("T12, lesion 1, SINS 14")
    assert spine.words(L1).startswith("L1\n")


def test_marks_are_withheld_until_the_levels_are_confirmed(session, show):
    case = one_lesion_case()
    confirmed = spine_view(case)
    assert [view.level for view in confirmed.levels] == [T12]
    open_case = replace(case, spines=(thoracolumbar_spine(confirmed=False),))
    view = spine_view(open_case)
    assert view.levels == ()
    assert "Levels not confirmed" in view.numbering
    session.new(open_case)
    spine = show(SpineDock(session), 240, 620)
    assert spine.words(T12).startswith("T12, not confirmed")


def test_variants_bring_their_levels():
    case = studied_case()
    variants = frozenset({Variant.THIRTEEN_RIBS, Variant.SIX_LUMBAR})
    view = spine_view(replace(case, spines=(replace(case.spines[0], variants=variants),)))
    assert VertebralLevel.T13 in view.chain
    assert VertebralLevel.L6 in view.chain
    assert spine_view(case).chain.count(VertebralLevel.T13) == 0


def test_without_a_case_the_spine_is_plain():
    view = spine_view(None)
    assert view.levels == ()
    assert view.numbering == ("No case is open",)
    assert VertebralLevel.T12 in view.chain


def test_it_repaints_only_when_its_part_changed(session, show, monkeypatch):
    session.new(many_lesions_case(12))
    spine = show(SpineDock(session), 276, 620)
    calls = []
    monkeypatch.setattr(spine, "update", lambda: calls.append(1))
    from workstation.domain.commands import SetText

    session.dispatch(SetText(text=replace(session.case.text, indication="x")))
    settle()
    assert calls == []
    session.undo()
    session.change_view(active_level=T12)
    assert calls


def test_the_mark_is_drawn_in_the_color_of_its_category(session, show):
    session.new(one_lesion_case())
    spine = show(SpineRail(session), 84, 620)
    image = spine.grab().toImage()
    ratio = image.devicePixelRatio()
    color = image.pixelColor(round(73 * ratio), round((spine.center_y(T12) + 2) * ratio))
    assert color.name().upper() == "#FF7A5C"
