"""The report desk and the evidence desk: what they ask for, keep, refuse and take away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize

from tests.support import cases
from tests.support.clocks import SteppingClock
from tests.ui.tool_support import plain_volume
from tests.ui.window_support import make_desk, make_state
from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken
from workstation.domain.commands import SetConus
from workstation.domain.spine import VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.ui.evidence_desk import EvidenceDesk
from workstation.ui.report_desk import ReportDesk
from workstation.ui.report_panel import ReportPanel


class Closed:
    """A library without images."""

    def volume(self, key):
        return None

    request = volume


class Opened(Closed):
    """A library with the one volume."""

    def volume(self, key):
        return plain_volume() if key == plain_volume().key else None

    request = volume


class Queue:
    """Jobs that wait until the test runs them."""

    def __init__(self) -> None:
        self.jobs = []

    def start(self, title, function, work, *, callbacks, slot):
        self.jobs.append((title, function, work, callbacks, slot))

    def finish(self, number=-1):
        _, function, work, callbacks, _ = self.jobs[number]
        result = function(work, progress=lambda done, total: None, cancel=CancelToken())
        callbacks.done(result)
        return result


@pytest.fixture
def report(qtbot, session, messages):
    panel, queue = ReportPanel(session), Queue()
    qtbot.addWidget(panel)
    desk = ReportDesk(panel, session, Closed(), queue, messages, SteppingClock())
    return desk, queue, panel


@pytest.mark.parametrize("wish", ["preview", "write", "ask_where_to_write"])
def test_without_a_case_no_report_is_begun(report, tmp_path, wish):
    desk, queue, _ = report
    getattr(desk, wish)(*([tmp_path] if wish == "write" else []))
    assert queue.jobs == []


@pytest.mark.parametrize(
    ("wish", "title", "slot"),
    [("preview", "Making the pages", "preview"), ("write", "Writing the report", "report")],
)
def test_a_wish_is_one_job_with_its_name(report, session, tmp_path, wish, title, slot):
    desk, queue, _ = report
    session.new(cases.one_lesion_case())
    getattr(desk, wish)(*([tmp_path] if wish == "write" else []))
    ((found, _, _, _, found_slot),) = queue.jobs
    assert (found, found_slot) == (title, slot)


def test_the_report_lies_in_the_chosen_folder_under_one_name(report, session, messages, tmp_path):
    desk, queue, _ = report
    session.new(cases.one_lesion_case())
    out = tmp_path / "out"
    out.mkdir()
    desk.write(out)
    files = queue.finish()
    assert sorted(path.name for path in out.iterdir()) == sorted(n for n, _ in files.named())
    assert (out / f"{files.stem}.pdf").read_bytes().startswith(b"%PDF-")
    assert messages.current.text == f"{files.stem}.pdf is written."


def test_a_folder_that_is_gone_is_said_and_nothing_else_happens(
    report, session, messages, tmp_path
):
    desk, queue, _ = report
    session.new(cases.one_lesion_case())
    desk.write(tmp_path / "gone" / "deeper")
    queue.finish()
    assert "is written" not in messages.current.text
    assert not (tmp_path / "gone").exists()


def test_a_report_that_fails_is_said_in_its_own_words(report, session, messages):
    desk, queue, _ = report
    session.new(cases.one_lesion_case())
    desk.preview()
    queue.jobs[0][3].failed(InputRefusedError("The sheet cannot be set."))
    assert "The sheet cannot be set." in messages.current.text


def test_signing_goes_to_the_report_tab(report, session):
    session.new(cases.one_lesion_case())
    report[0].sign()
    assert session.view.active_tab == "report"


@pytest.fixture
def evidence(qtbot, session, messages):
    made = make_desk(session, messages)
    qtbot.addWidget(made.grid)
    yield made, lambda library: EvidenceDesk(session, library, made.desk, messages)
    made.grid.close_views()


@pytest.mark.parametrize("with_case", [False, True])
@pytest.mark.parametrize("with_pane", [False, True])
@pytest.mark.parametrize("wish", ["toggle", "attach"])
def test_evidence_needs_a_case_and_a_picture(
    evidence, session, messages, with_case, with_pane, wish
):
    made, make = evidence
    if with_case:
        session.new()
    if with_pane:
        made.show([make_state(plain_volume())], columns=1)
    desk = make(Opened())
    getattr(desk, wish)(*(["sins.T9.pain"] if wish == "attach" else []))
    kept = session.case.key_images if session.case is not None else ()
    assert len(kept) == (1 if with_case and with_pane else 0)
    if not kept:
        assert messages.current.text == "No images are shown here."


@pytest.mark.parametrize("presses", [1, 2, 3, 4])
def test_each_second_press_takes_the_key_image_away(evidence, session, presses):
    made, make = evidence
    session.new()
    made.show([make_state(plain_volume())], columns=1)
    desk = make(Opened())
    for _ in range(presses):
        desk.toggle()
    assert len(session.case.key_images) == presses % 2


def test_a_mirrored_view_is_refused_in_words(evidence, session, messages):
    made, make = evidence
    session.new()
    state = make_state(plain_volume())
    made.show([state.with_view(state.view.flip())], columns=1)
    make(Opened()).toggle()
    assert session.case.key_images == ()
    assert "mirrored" in messages.current.text


def test_evidence_of_images_that_are_not_open_stays_where_it_is(evidence, session, messages):
    made, make = evidence
    session.new()
    (pane,) = made.show([make_state(plain_volume())], columns=1)
    make(Opened()).toggle()
    scrolled = pane.state.with_view(pane.state.view.scrolled(8.0))
    pane.show_state(scrolled)
    make(Closed()).go_to(session.case.key_images[0].id)
    assert "not open" in messages.current.text
    assert pane.state is scrolled


def test_without_a_pane_of_its_plane_evidence_goes_into_another(evidence, session):
    made, make = evidence
    session.new()
    axial = make_state(plain_volume())
    (pane,) = made.show([axial], columns=1)
    desk = make(Opened())
    desk.toggle()
    pane.show_state(make_state(plain_volume(), PlaneName.CORONAL))
    desk.go_to(session.case.key_images[0].id)
    assert pane.state.view.plane_name is PlaneName.AXIAL
    assert pane.state.view.center_lps == pytest.approx(axial.view.center_lps)


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(40, 0), QSize(0, 30)])
def test_no_picture_is_made_without_room(evidence, session, size):
    made, make = evidence
    session.new()
    made.show([make_state(plain_volume())], columns=1)
    desk = make(Opened())
    desk.toggle()
    assert desk.picture(session.case.key_images[0], size) is None


def test_pages_of_another_case_are_taken_down(report, session, monkeypatch):
    _, _, panel = report
    shown = []
    monkeypatch.setattr(panel, "show_pages", shown.append)
    session.new(cases.one_lesion_case())
    assert shown == [[]]
    session.dispatch(SetConus(conus=VertebralLevel.L1))
    assert shown == [[]]
    session.new(replace(cases.one_lesion_case(), id="case-2"))
    assert shown[1:]
    assert all(pages == [] for pages in shown)
