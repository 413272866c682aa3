"""The list of studies and series: rows, roles, what is hidden or refused, presses and drags."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from tests.support import cases
from tests.support.fake_headers import FakeSeries, catalog_of
from tests.ui.conftest import click, overflowing, settle
from tests.ui.window_support import drag
from workstation.domain.case import StudyReference
from workstation.imaging.volume import RejectedFile, VolumeKey
from workstation.ui.study_panel import NOTE, SERIES_MIME, StudyPanel, StudyRow


class FakeLibrary(QObject):
    """Catalogs and thumbnails without files."""

    catalog_changed = Signal()
    thumbnail_ready = Signal(object)
    volume_ready = Signal(object)
    loading_progress = Signal(object, int, int)

    def __init__(self):
        super().__init__()
        self.catalogs = ()
        self.rejected = ()
        self.thumbnails = {}

    def thumbnail(self, key):
        return self.thumbnails.get(key)


class FakeHanger(QObject):
    """Says in which panes a series is shown."""

    shown_changed = Signal()

    def __init__(self):
        super().__init__()
        self.places = {}

    def shown(self, key):
        return self.places.get(key, ())


SAG = FakeSeries(name="1.1", number=3, tags={"SeriesDescription": "T2 sag"})
AX = FakeSeries(name="1.2", number=4, plane="axial", slices=20, step_mm=3.0,
                tags={"SeriesDescription": "T2 ax"})  # fmt: skip
LOC = FakeSeries(name="1.3", number=1, slices=3, tags={"SeriesDescription": "localizer"})
PRIOR = FakeSeries(name="2.1", study="2", date="20250101", tags={"SeriesDescription": "T2 old"})
SR = FakeSeries(
    name="1.9",
    modality="OT",
    tags={"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11", "Modality": "SR"},
)


@pytest.fixture
def made(show, monkeypatch):
    library, hanger = FakeLibrary(), FakeHanger()
    panel = show(StudyPanel(library, hanger), 276, 600)

    def fill(*series, studies=("1",), rejected=0):
        library.catalogs = (catalog_of(monkeypatch, series),)
        library.rejected = tuple(
            RejectedFile(path=f"{n}", code="not-dicom", reason="No image.") for n in range(rejected)
        )
        references = tuple(StudyReference(study_uid=uid) for uid in studies)
        panel.show_case(replace(cases.empty_case(), studies=references))
        settle()
        return panel

    return SimpleNamespace(panel=panel, library=library, hanger=hanger, fill=fill)


def study_names(panel):
    return [row.accessibleName() for row in panel.findChildren(StudyRow) if row.isVisibleTo(panel)]


def test_nothing_open_says_where_series_appear(made):
    words = [label.text() for label in made.panel._list.findChildren(type(made.panel.refused.text))]
    assert NOTE["wait"] in words
    assert made.panel.rows == []
    assert not made.panel.refused.isVisible()


def test_each_series_is_a_row_in_its_order(made):
    panel = made.fill(AX, SAG)
    assert [row.title for row in panel.rows] == ["3  T2 sag", "4  T2 ax"]
    assert [row.extent for row in panel.rows] == ["12 images · 4.0 mm", "20 images · 3.0 mm"]
    assert panel.rows[0].accessibleName() == "Series 3  T2 sag, 12 images · 4.0 mm"


@pytest.mark.parametrize(
    ("tags", "title"),
    [
        ({"SeriesDescription": None}, "3  MR"),
        ({"SeriesNumber": None, "SeriesDescription": "T1"}, "T1"),
        ({"SeriesDescription": "<b>x</b>"}, "3  <b>x</b>"),
    ],
)
def test_titles_are_what_the_header_says(made, tags, title):
    panel = made.fill(replace(SAG, tags=tags))
    assert [row.title for row in panel.rows] == [title]


def test_one_study_has_no_role_two_have(made):
    assert study_names(made.fill(SAG)) == ["Study 2026-03-14 Study"]
    panel = made.fill(SAG, PRIOR, studies=("1", "2"))
    assert study_names(panel) == [
        "Study 2026-03-14 Study Current",
        "Study 2025-01-01 Study Prior",
    ]


def test_studies_that_are_not_of_the_case_are_not_listed(made):
    panel = made.fill(SAG, PRIOR, studies=("2",))
    assert [row.title for row in panel.rows] == ["1  T2 old"]


def test_closing_the_case_empties_the_list(made):
    panel = made.fill(SAG, AX)
    panel.show_case(None)
    settle()
    assert panel.rows == []
    assert study_names(panel) == []


@pytest.mark.parametrize(
    ("series", "rejected", "words", "why"),
    [
        ((SAG,), 0, "", False),
        ((SAG,), 1, "1 file refused", True),
        ((SAG,), 3, "3 files refused", True),
        ((SAG, LOC), 0, "Localiser hidden", False),
        ((SAG, LOC, replace(LOC, name="1.4")), 0, "2 localisers hidden", False),
        ((SAG, SR), 0, "1 object without images", False),
        ((SAG, SR, LOC), 2, "1 object without images · Localiser hidden · 2 files refused", True),
    ],
)
def test_what_is_left_out_is_counted(made, series, rejected, words, why):
    panel = made.fill(*series, rejected=rejected)
    assert panel.refused.text.text() == words
    assert panel.refused.isVisible() is bool(words)
    assert panel.refused.why.isVisibleTo(panel) is why
    assert [row.title for row in panel.rows] == ["3  T2 sag"]


def test_why_asks_for_the_reasons(made, qtbot):
    panel = made.fill(SAG, rejected=1)
    with qtbot.waitSignal(panel.refused_wanted, timeout=1000):
        click(panel.refused.why)


@pytest.mark.parametrize("how", ["mouse", "Return", "Space"])
def test_a_press_wants_that_series(made, qtbot, how):
    panel = made.fill(SAG, AX)
    row = panel.rows[1]
    with qtbot.waitSignal(panel.series_wanted, timeout=1000) as caught:
        if how == "mouse":
            click(row)
        else:
            row.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(row, getattr(Qt.Key, f"Key_{how}"))
    assert caught.args == [VolumeKey(series_uid="1.2")]


def test_the_arrows_walk_through_the_rows(made):
    panel = made.fill(SAG, AX)
    panel.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Down)
    assert panel.rows[1].hasFocus()
    QTest.keyClick(panel.rows[1], Qt.Key.Key_Up)
    assert panel.rows[0].hasFocus()


@pytest.fixture
def carried(monkeypatch):
    """What drags carry, without entering the drag itself."""
    found = []

    def carry(self, *_):
        found.append(bytes(self.mimeData().data(SERIES_MIME).data()).decode())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", carry)
    return found


def test_a_drag_carries_the_series(made, carried, qtbot):
    panel = made.fill(SAG, AX)
    wanted = []
    panel.series_wanted.connect(wanted.append)
    drag(panel.rows[1], (30, 30), (90, 60))
    assert carried == ["0 1.2"]
    assert wanted == []


def test_a_small_movement_is_still_a_press(made, carried):
    panel = made.fill(SAG)
    wanted = []
    panel.series_wanted.connect(wanted.append)
    drag(panel.rows[0], (30, 30), (33, 32))
    assert carried == []
    assert wanted == [VolumeKey(series_uid="1.1")]


def test_a_series_without_a_volume_cannot_be_chosen(made):
    lost = replace(SAG, name="1.5", tags={"ImagePositionPatient": None})
    panel = made.fill(SAG, lost)
    assert [row.isEnabled() for row in panel.rows] == [True, False]
    assert panel.rows[1].extent == "image"


def test_findings_are_told(made):
    gap = replace(SAG, tags={"SliceThickness": 9.0, "SeriesDescription": "thick"})
    panel = made.fill(gap)
    assert panel.rows[0].warning.startswith("Slices overlap")
    settle()
    panel.rows[0].grab()
    assert "Slices overlap" in panel.rows[0].toolTip()


def pixels(widget):
    settle()
    return widget.grab().toImage()


def test_a_thumbnail_appears_when_it_is_ready(made):
    panel = made.fill(SAG)
    before = pixels(panel.rows[0])
    made.library.thumbnails[panel.rows[0].key] = np.full((40, 40), 230, np.uint8)
    made.library.thumbnail_ready.emit(panel.rows[0].key)
    after = pixels(panel.rows[0])
    assert before.pixelColor(35, 33) != after.pixelColor(35, 33)
    assert after.pixelColor(35, 33).red() > 200


def test_a_shown_series_is_marked(made):
    panel = made.fill(SAG, AX)
    before = pixels(panel.rows[0])
    made.hanger.places[panel.rows[0].key] = (True, False, False, False)
    made.hanger.shown_changed.emit()
    assert pixels(panel.rows[0]) != before


@pytest.mark.parametrize(("done", "total", "drawn"), [(3, 12, True), (12, 12, False)])
def test_loading_shows_how_far_it_is(made, done, total, drawn):
    panel = made.fill(SAG, AX)
    before = [pixels(row) for row in panel.rows]
    made.library.loading_progress.emit(panel.rows[0].key, done, total)
    after = [pixels(row) for row in panel.rows]
    assert (after[0] != before[0]) is drawn
    assert after[1] == before[1]


def test_a_new_catalog_is_listed_at_once(made, monkeypatch):
    panel = made.fill(SAG)
    made.library.catalogs = (*made.library.catalogs, catalog_of(monkeypatch, [AX]))
    made.library.catalog_changed.emit()
    settle()
    assert len(study_names(panel)) == 1


def test_hiding_the_dock_is_asked_for(made, qtbot):
    with qtbot.waitSignal(made.panel.dock_pressed, timeout=1000):
        click(made.panel.hide_button)


def test_the_height_grows_with_what_is_listed(made):
    empty = made.panel.wanted_height()
    one = made.fill(SAG).wanted_height()
    three = made.fill(SAG, AX, rejected=1).wanted_height()
    assert empty < one < three


@pytest.mark.parametrize("width", [240, 276, 400])
def test_rows_stay_in_the_panel(made, width):
    panel = made.fill(
        replace(SAG, tags={"SeriesDescription": "a very long description " * 4}), AX, rejected=2
    )
    panel.resize(width, 600)
    settle()
    assert overflowing(panel) == []
