"""The panel before a study is open: the check of this machine and the steps of the job."""

from __future__ import annotations

import pytest

from tests.ui.conftest import overflowing, settle
from workstation.app.actions import ACTIONS
from workstation.app.workstation_check import Check, CheckState
from workstation.ui.start_panel import STEPS, CheckRow, StartPanel, StepRow
from workstation.ui.theme import current_theme

CHECKS = (
    Check(name="Rendering", state=CheckState.GOOD, text="GPU, 8 ms a frame", detail="llvmpipe"),
    Check(name="Case store", state=CheckState.CAUTION, text="1 GB left"),
    Check(name="Report", state=CheckState.BAD, text="does not work", detail="no font"),
)


@pytest.fixture
def panel(show):
    return show(StartPanel(), 464, 800)


def test_before_the_check_it_says_so(panel):
    assert [row.accessibleName() for row in panel.rows] == ["Checking: one moment"]


def test_each_check_is_a_row(panel):
    panel.show_checks(CHECKS)
    settle()
    assert [row.accessibleName() for row in panel.rows] == [
        "Rendering: GPU, 8 ms a frame",
        "Case store: 1 GB left",
        "Report: does not work",
    ]
    assert [row.toolTip() for row in panel.rows] == ["llvmpipe", "", "no font"]
    assert [row for row in panel.findChildren(CheckRow) if row.isVisible()] == panel.rows


def test_a_second_check_takes_the_place_of_the_first(panel):
    panel.show_checks(CHECKS)
    panel.show_checks(CHECKS[:1])
    settle()
    assert [row.check.name for row in panel.rows] == ["Rendering"]


@pytest.mark.parametrize(
    ("state", "token"),
    [
        (CheckState.GOOD, "good"),
        (CheckState.CAUTION, "caution"),
        (CheckState.BAD, "critical"),
    ],
)
def test_the_sign_has_the_color_of_the_answer(show, state, token):
    row = show(CheckRow(Check(name="Decoders", state=state, text="x")), 400, 32)
    image = row.grab().toImage()
    wanted = current_theme().color(token)
    near = [
        color
        for x in range(14, 28)
        for y in range(9, 23)
        if (color := image.pixelColor(x, y))
        and max(
            abs(color.red() - wanted.red()),
            abs(color.green() - wanted.green()),
            abs(color.blue() - wanted.blue()),
        )
        < 40
    ]
    assert len(near) >= 3


def test_the_job_is_told_in_order(panel):
    rows = panel.findChildren(StepRow)
    names = [row.accessibleName() for row in rows]
    assert len(names) == len(STEPS)
    assert [name.split(":")[0] for name in names] == [f"Step {n}" for n in range(1, len(STEPS) + 1)]
    assert names[0] == "Step 1: Open a study, Ctrl+O"


@pytest.mark.parametrize(
    ("step", "action"),
    [
        ("Open a study", "file.open"),
        ("Number the spine", "tool.level"),
        ("Mark each lesion", "tool.lesion"),
    ],
)
def test_the_keys_of_the_steps_are_those_of_the_actions(step, action):
    shown = dict(STEPS)[step]
    (spec,) = [item for item in ACTIONS if item.id == action]
    assert shown in spec.shortcuts


@pytest.mark.parametrize("width", [400, 464])
def test_everything_fits(panel, width):
    panel.show_checks(CHECKS)
    panel.resize(width, 800)
    settle()
    assert overflowing(panel) == []
