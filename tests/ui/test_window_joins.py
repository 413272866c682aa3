"""The window joined to session and desk, without images: facts, tabs, regions and sheets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from tests.support import cases
from workstation import bootstrap
from workstation.app.actions import Fact
from workstation.ui.tools.tool import ToolId
from workstation.ui.window_actions import TABS
from workstation.ui.window_controller import WindowController


@pytest.fixture(scope="module")
def built(qapp, tmp_path_factory):
    """One window for the module; each test puts its own case in."""
    made = bootstrap.build_workstation(tmp_path_factory.mktemp("home"))
    made.window.resize(1600, 900)
    made.window.show()
    yield made
    made.window.close()
    made.close()


@pytest.fixture
def made(built):
    built.session.close()
    built.desk.arm(ToolId.WINDOW)
    yield built
    built.session.close()


def holds(made, fact: Fact) -> bool:
    return fact in made.registry.facts


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        (None, set()),
        (cases.empty_case("empty"), {Fact.CASE, Fact.DRAFT}),
        (cases.one_lesion_case("lesion"), {Fact.CASE, Fact.DRAFT, Fact.LESIONS}),
    ],
    ids=["none", "empty", "lesion"],
)
def test_what_holds_follows_the_case(made, case, facts):
    if case is not None:
        made.session.new(case)
    known = {Fact.CASE, Fact.DRAFT, Fact.SIGNED, Fact.LESIONS, Fact.VOLUME, Fact.PRIOR}
    assert {fact for fact in known if holds(made, fact)} == facts


@pytest.mark.parametrize("field", ["", "sins.T9.pain"])
def test_a_field_in_focus_is_a_fact(made, field):
    made.session.new(cases.empty_case(f"field-{bool(field)}"))
    made.session.change_view(focused_field=field)
    assert holds(made, Fact.FIELD) is bool(field)


@pytest.mark.parametrize("tool", [ToolId.LESION, ToolId.LEVEL, ToolId.DISTANCE, ToolId.COBB])
def test_an_armed_tool_says_how_it_works(made, tool):
    made.desk.arm(tool)
    assert made.desk.tool(tool).hint in made.window.parts.status.hint.text()


def test_numbering_begins_where_nothing_is_numbered(made):
    made.session.new(cases.empty_case("numbering"))
    made.window.findChild(WindowController).confirm_levels()
    assert made.desk.armed is ToolId.LEVEL


def test_without_a_case_there_is_nothing_to_number(made):
    made.window.findChild(WindowController).confirm_levels()
    assert made.desk.armed is ToolId.WINDOW


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_has_its_action(made, tab):
    made.session.new(cases.empty_case(f"tab-{tab}"))
    assert made.registry.trigger(f"tab.{tab}")
    assert made.session.view.active_tab == tab


def test_a_series_dropped_beside_every_pane_is_refused_in_words(made):
    made.window.series_dropped.emit(QPoint(-50, -50), "0 1.2.3")
    assert made.messages.current.text == "Drop a series on a pane."
