from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.support.cases import HOSTILE_TEXTS, one_lesion_case, studied_case
from tests.ui.conftest import click, press, settle
from workstation.domain.answers import YesNo
from workstation.domain.case import CaseStatus, Communication
from workstation.domain.completeness import Check, Severity, checks_of
from workstation.domain.proposal import proposed_impression
from workstation.ui.components.check_list import field_words
from workstation.ui.components.marks import FormState


def ready_case():
    told = Communication(
        to_whom="Dr K. Weber",
        how="Telephone",
        at="2026-03-14T16:42:00+01:00",
        read_back=YesNo.YES,
    )
    return replace(one_lesion_case(), communication=told)


@pytest.fixture
def page(open_panel, session):
    panel = open_panel(ready_case(), "report")
    made = panel.page_of("report")
    made.panel = panel
    return made


def test_the_state_and_version_are_said(page):
    assert page.state_box.word.text() == "DRAFT"
    assert page.state_box.detail.text() == "version 1"
    assert not page.amend_box.isVisible()


def test_each_check_leads_to_its_field(page, session):
    checks = checks_of(session.case)
    assert [row.check_item for row in page.checks.rows] == list(checks)
    wanted = []
    page.field_wanted.connect(wanted.append)
    click(page.checks.rows[-1])
    assert wanted == [checks[-1].field]
    assert session.view.active_tab != "report"


def test_a_missing_communication_leads_to_its_box(open_panel, session):
    panel = open_panel(replace(one_lesion_case(), communication=None), "report")
    page = panel.page_of("report")
    row = next(r for r in page.checks.rows if r.check_item.field == "report.communication")
    click(row)
    assert session.view.active_tab == "noms"
    assert panel.page_of("noms").communication.to_whom.hasFocus()


def test_the_proposed_sentences_show_with_their_sources(page, session):
    expected = proposed_impression(session.case)
    shown = [e for e in page.sentences.editors if e.isVisible()]
    assert [e.text.toPlainText() for e in shown] == [s.text for s in expected]
    assert len(shown[0].sources.chips) == len(expected[0].sources)
    click(shown[0].sources.chips[0])
    assert session.view.active_tab in ("escc", "sins")


def test_an_edited_sentence_keeps_its_sources_and_the_proposal_comes_back(page, session, qtbot):
    editor = page.sentences.editors[0]
    proposed = proposed_impression(session.case)[0]
    editor.text.setFocus()
    editor.text.selectAll()
    qtbot.keyClicks(editor.text, "My own words.")
    page.panel.setFocus()
    settle()
    assert session.case.text.impression[0] == replace(proposed, text="My own words.")
    click(page.propose)
    assert session.case.text.impression is None
    assert editor.text.toPlainText() == proposed_impression(session.case)[0].text


def test_a_sentence_is_added_and_removed(page, session):
    count = len(proposed_impression(session.case))
    click(page.sentences.add)
    assert len(session.case.text.impression) == count + 1
    added = page.sentences.editors[count]
    assert added.typed.isVisible()
    click(added.remove)
    assert len(session.case.text.impression) == count


def test_findings_are_a_section_of_their_own(page, session, qtbot):
    click(page.sections.button("findings"))
    editor = page.sentences.editors[0]
    assert editor.text.toPlainText().startswith("Lesion 1, T12")
    editor.text.setFocus()
    editor.text.selectAll()
    qtbot.keyClicks(editor.text, "Found.")
    page.panel.setFocus()
    settle()
    assert session.case.text.findings[0].text == "Found."
    assert session.case.text.impression is None


def test_hostile_words_stay_words(page, session, qtbot):
    editor = page.sentences.editors[0]
    editor.text.setFocus()
    editor.text.selectAll()
    qtbot.keyClicks(editor.text, HOSTILE_TEXTS[1])
    page.panel.setFocus()
    settle()
    assert session.case.text.impression[0].text == HOSTILE_TEXTS[1]
    assert editor.text.toPlainText() == HOSTILE_TEXTS[1]


def test_preview_is_asked_for_and_pages_show(page):
    asked = []
    page.preview_requested.connect(lambda: asked.append(1))
    click(page.state_box.preview)
    assert asked == [1]
    pages = []
    for _ in range(5):
        image = QImage(210, 297, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        pages.append(image)
    page.show_pages(pages)
    settle()
    assert len(page.thumbs.thumbs) == 3
    assert len(page.preview.pages) == 5
    view = page.preview.pages[0]
    assert view.height() == pytest.approx(view.width() * 297 / 210 + 18, abs=2)
    page.show_pages([])
    assert not page.thumbs.isVisible()


def sign_ready(page, qtbot):
    page.begin_signing()
    settle()
    box = page.sign_box
    for tick in (box.levels, box.sides, box.read):
        tick.setChecked(True)
    box.role.setFocus()
    qtbot.keyClicks(box.role, "radiologist")
    settle()
    return box


def test_signing_names_the_patient_and_waits_for_each_confirmation(page, qtbot):
    page.begin_signing()
    settle()
    box = page.sign_box
    assert box.isVisible()
    assert box.identity.name.text() == "EXAMPLE, Ada M"
    assert "DEMO-004217" in box.identity.facts.text()
    assert not box.sign.isEnabled()


def test_signing_freezes_the_version(page, session, qtbot):
    blocking = [c for c in checks_of(session.case) if c.severity in (Severity.BLOCKING,)]
    assert blocking == []
    box = sign_ready(page, qtbot)
    assert box.sign.isEnabled(), box.waiting.text
    click(box.sign)
    assert session.case.status is CaseStatus.SIGNED
    assert session.case.signature.role == "radiologist"
    assert session.case.signature.at == "2026" + session.case.signature.at[4:]
    assert page.state_box.word.text() == "SIGNED"
    assert not page.sign.isEnabled()
    assert page.state(session.case) is FormState.COMPLETE
    assert all(e.text.isReadOnly() for e in page.sentences.editors)


def test_amending_needs_a_reason_and_makes_a_new_version(page, session, qtbot):
    click(sign_ready(page, qtbot).sign)
    assert page.amend_box.isVisible()
    assert not page.amend_box.go.isEnabled()
    page.amend_box.reason.setFocus()
    qtbot.keyClicks(page.amend_box.reason, "Prior arrived")
    click(page.amend_box.go)
    assert session.case.status is CaseStatus.DRAFT
    assert session.case.version == 2
    assert session.case.amends == "Prior arrived"
    assert page.state_box.detail.text() == "version 2 · amended"


def test_a_blocking_item_stands_in_the_way_and_is_named(open_panel, session, qtbot):
    panel = open_panel(replace(one_lesion_case(), communication=None), "report")
    page = panel.page_of("report")
    assert page.blocked.text() == "1 item above must be fixed first"
    box = sign_ready(page, qtbot)
    assert not box.sign.isEnabled()
    assert box.waiting.text.startswith("1 item must be fixed first: Critical result")
    press("Esc")
    assert page.sign_box.isVisible() or not box.isVisible()


def test_escape_and_back_leave_signing(page):
    page.begin_signing()
    page.panel.setFocus()
    press("Esc")
    assert not page.sign_box.isVisible()
    page.begin_signing()
    click(page.sign_box.go_back)
    assert page._overview.isVisible()


def test_without_a_case_there_is_nothing_to_sign(open_panel):
    page = open_panel(None, "report").page_of("report")
    assert page.empty.isVisible()
    assert not page.sign.isEnabled()
    page.begin_signing()
    assert not page.sign_box.isVisible()


def test_an_empty_case_is_empty(open_panel, session):
    page = open_panel(studied_case(), "report").page_of("report")
    assert page.state(session.case) is FormState.EMPTY


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("sins.T9.bone_lesion", "SINS T9 bone lesion"),
        ("escc.conus", "ESCC conus"),
        ("noms.T12", "NOMS T12"),
        ("lesion.abc.parts", "Lesion parts"),
        ("spine", "Spine"),
    ],
)
def test_fields_in_words(field, words):
    assert field_words(field) == words


def test_a_check_shows_text_detail_and_severity(open_panel, session):
    page = open_panel(ready_case(), "report").page_of("report")
    check = Check(
        code="x",
        severity=Severity.CONTRADICTION,
        text="Side differs",
        detail="Text says right, marks say left",
        field="lesion.1.parts",
    )
    page.checks.set_checks([check])
    name = page.checks.rows[0].accessibleName()
    assert "Side differs. Text says right, marks say left" in name
    assert "contradiction, blocks signing" in name
