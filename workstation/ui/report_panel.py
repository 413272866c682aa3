"""The Report tab: state, what is missing, the sentences, the pages, and signing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.app.session import CaseSession
from workstation.domain.case import Case, CaseStatus, Sentence, Signature
from workstation.domain.commands import Amend, SetText, Sign
from workstation.domain.completeness import Check, Severity, checks_of
from workstation.domain.lesion import Lesion
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.ui.components.banner import Banner, BannerTone, Remark
from workstation.ui.components.check_list import CheckList, CompletenessMeter
from workstation.ui.components.choices import Choice, SegmentedChoice
from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box
from workstation.ui.components.evidence import KeyImagePicture
from workstation.ui.components.fields import TextField
from workstation.ui.components.labels import PlainLabel
from workstation.ui.components.marks import FormState
from workstation.ui.components.page_preview import PagePreview, PageThumbs
from workstation.ui.components.result_foot import FootPanel
from workstation.ui.components.sentence_editor import SentenceList
from workstation.ui.form_binding import EDGE_PX, FormPage, column, no_picture
from workstation.ui.lesion_panel_view import answered_fields
from workstation.ui.report_panel_sign import SignBox
from workstation.ui.theme import BODY_PX, BOLD, SEMIBOLD, SMALL_PX, current_theme

_SEVERE = (Severity.CONTRADICTION, Severity.BLOCKING)


class StateBox(QWidget):
    """DRAFT or SIGNED, version, and the button that makes the pages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        self.word = PlainLabel("", size_px=BODY_PX, weight=BOLD)
        self.detail = PlainLabel("", tone="muted", wraps=True)
        self.preview = TextButton("Preview PDF", icon="file-text")
        self.preview.describe("Preview PDF", "Show the pages as they will be filed")
        row.addWidget(self.word)
        row.addWidget(self.detail, 1)
        row.addWidget(self.preview)

    def set_case(self, case: Case) -> None:
        """Show the state of a case."""
        signed = case.status is CaseStatus.SIGNED
        amended = " · amended" if case.amends else ""
        self.word.setText("SIGNED" if signed else "DRAFT")
        self.word.set_tone("good" if signed else "critical")
        who = f" · {case.signature.name}, {case.signature.at}" if case.signature else ""
        self.detail.setText(f"version {case.version}{amended}{who}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        painter = QPainter(self)
        theme = current_theme()
        fill, edge = theme.color("raised"), theme.color("line")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)


class AmendBox(QWidget):
    """Opens a new version of a signed report, saying why.

    Signals
    -------
    amended(str)
    """

    amended = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.reason = TextField("Reason of the amendment", hint="Why a new version", limit=200)
        self.go = TextButton("Amend", icon="pencil")
        self.go.describe("Amend", "Open a new version; the signed one stays as it is")
        self.go.setEnabled(False)
        self.reason.textChanged.connect(self._on_typed)
        self.go.clicked.connect(self._on_go)
        row.addWidget(self.reason, 1)
        row.addWidget(self.go)

    def _on_typed(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))

    def _on_go(self) -> None:
        self.amended.emit(self.reason.text().strip())


class ReportPanel(FormPage):
    """The report of the case.

    Signals
    -------
    preview_requested()
        Make the pages and give them to :meth:`show_pages`.
    """

    preview_requested = Signal()

    tab = "report"
    title = "Report"
    has_level_strip = False

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, picture, parent)
        self._section = "impression"
        self._signing: Case | None = None
        layout = column(self, spacing_px=8, edge_px=EDGE_PX)
        self.empty = Banner(BannerTone.NOTE, "", "No case is open. Open a study first.")
        self._overview = QWidget()
        self.sign_box = SignBox()
        layout.addWidget(self.empty)
        layout.addWidget(self._overview)
        layout.addWidget(self.sign_box)
        layout.addStretch(1)
        self.sign_box.hide()
        self._build_overview(column(self._overview, spacing_px=8))
        self._build_foot()
        self._connect()

    def _build_overview(self, layout: QVBoxLayout) -> None:
        self.state_box = StateBox()
        self.amend_box = AmendBox()
        self.count = PlainLabel("", tone="muted")
        self.meter = CompletenessMeter()
        self.checks = CheckList()
        self.all_done = Remark("Nothing is missing and nothing contradicts.", icon="check")
        sections = [
            Choice(value="impression", text="Impression"),
            Choice(value="findings", text="Findings"),
        ]
        self.sections = SegmentedChoice("Section", sections)
        self.propose = TextButton("As proposed", kind="flat")
        self.propose.describe("As proposed", "Take the sentences from the data again")
        self.sentences = SentenceList()
        self.preview = PagePreview()
        head = QHBoxLayout()
        head.addWidget(PlainLabel("Completeness", weight=SEMIBOLD))
        head.addStretch(1)
        head.addWidget(self.count)
        bar = QHBoxLayout()
        bar.addWidget(self.sections)
        bar.addStretch(1)
        bar.addWidget(self.propose)
        layout.addWidget(self.state_box)
        layout.addWidget(self.amend_box)
        layout.addLayout(head)
        layout.addWidget(self.meter)
        layout.addWidget(self.checks)
        layout.addWidget(self.all_done)
        layout.addLayout(bar)
        layout.addWidget(self.sentences)
        layout.addWidget(self.preview)

    def _build_foot(self) -> None:
        foot = FootPanel()
        self.thumbs = PageThumbs()
        self.thumbs.hide()
        self.signer = PlainLabel("", size_px=SMALL_PX, tone="muted", wraps=True)
        self.sign = TextButton("Sign…", icon="signature", key="Ctrl Enter")
        self.blocked = PlainLabel("", size_px=SMALL_PX, tone="critical", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(PlainLabel("Sign", weight=SEMIBOLD))
        for part in (self.signer, self.sign, self.blocked):
            words.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.thumbs)
        row.addLayout(words, 1)
        foot.rows.addLayout(row)
        self.foot = foot

    def _connect(self) -> None:
        self.state_box.preview.clicked.connect(self.preview_requested)
        self.thumbs.picked.connect(self._on_page_picked)
        self.checks.followed.connect(self.field_wanted)
        self.sentences.followed.connect(self.field_wanted)
        self.sentences.changed.connect(self._on_sentences)
        self.sections.picked.connect(self._on_section)
        self.propose.clicked.connect(self._on_propose)
        self.sign.clicked.connect(self.begin_signing)
        self.sign_box.back.connect(self.end_signing)
        self.sign_box.signed.connect(self._on_signed)
        self.amend_box.amended.connect(self._on_amended)

    def state(self, case: Case) -> FormState:
        """Return complete when signed, alert when something contradicts, partly otherwise."""
        if case.status is CaseStatus.SIGNED:
            return FormState.COMPLETE
        if any(check.severity is Severity.CONTRADICTION for check in checks_of(case)):
            return FormState.ALERT
        return FormState.PARTLY if case.lesions else FormState.EMPTY

    def show_pages(self, pages: Sequence[QImage]) -> None:
        """Show the pages that were made."""
        self.thumbs.set_pages(pages)
        self.thumbs.setVisible(bool(pages))
        self.preview.set_pages(pages)

    def begin_signing(self) -> None:
        """Show what signing needs in place of the report."""
        case = self._session.case
        if case is None or not self.editable:
            return
        self._signing = case
        self.sign_box.begin(case, self._session.author)
        self.sign_box.set_blocking(checks_of(case))
        self._overview.hide()
        self.sign_box.show()

    def end_signing(self) -> None:
        """Go back to the report."""
        self.sign_box.hide()
        self._overview.show()

    def take_key(self, key: str) -> bool:
        """Leave signing with Escape."""
        if key == "Escape" and self.sign_box.isVisible():
            self.end_signing()
            return True
        return False

    def refresh(self) -> None:
        """Show the report as it is now."""
        case = self._session.case
        self.empty.setVisible(case is None)
        if case is None:
            self._overview.hide()
            self.sign_box.hide()
            self.sign.setEnabled(False)
            return
        self._follow_while_signing(case)
        self._overview.setVisible(self.sign_box.isHidden())
        checks = checks_of(case)
        self.state_box.set_case(case)
        self.amend_box.setVisible(case.status is CaseStatus.SIGNED)
        self._show_checks(case, checks)
        self.sections.set_value(self._section)
        self.sentences.set_sentences(self._sentences(case), editable=self.editable)
        self.propose.setEnabled(self.editable and self._own_text(case) is not None)
        self._show_foot(case, checks)
        if not self.sign_box.isHidden():
            self.sign_box.set_blocking(checks)

    def _follow_while_signing(self, case: Case) -> None:
        before, self._signing = self._signing, case
        if self.sign_box.isHidden() or before is case:
            return
        if before is None or before.id != case.id or not self.editable:
            self.end_signing()
        else:
            self.sign_box.follow(case)

    def _show_checks(self, case: Case, checks: tuple[Check, ...]) -> None:
        blocking = sum(check.severity in _SEVERE for check in checks)
        still_open = sum(check.severity is Severity.OPEN for check in checks)
        filled = answered_fields(case)[0] + _answered_grades(case)
        self.checks.set_checks(checks)
        self.all_done.setVisible(not checks)
        self.meter.set_counts(filled, still_open, blocking)
        total = filled + still_open + blocking
        words = f"{filled} of {total} fields"
        self.count.setText(f"{words} · {blocking} block signing" if blocking else words)

    def _show_foot(self, case: Case, checks: tuple[Check, ...]) -> None:
        blocking = sum(check.severity in _SEVERE for check in checks)
        self.signer.setText(case.reader or self._session.author)
        self.signer.setVisible(bool(self.signer.text()))
        signed = case.status is CaseStatus.SIGNED
        self.sign.setEnabled(not signed)
        items = "1 item" if blocking == 1 else f"{blocking} items"
        reason = f"{items} above must be fixed first" if blocking else ""
        if signed:
            reason = "Signed: this version does not change."
        self.blocked.setText(reason)
        self.blocked.set_tone("good" if signed else "critical")
        self.blocked.setVisible(bool(reason))
        tip = "Signed: amend it to change it" if signed else reason or "Sign and freeze"
        self.sign.describe("Sign", tip, "Ctrl+Enter")

    def _own_text(self, case: Case) -> tuple[Sentence, ...] | None:
        text = case.text
        return text.impression if self._section == "impression" else text.findings

    def _sentences(self, case: Case) -> tuple[Sentence, ...]:
        own = self._own_text(case)
        if own is not None:
            return own
        impression = self._section == "impression"
        return proposed_impression(case) if impression else proposed_findings(case)

    def _on_section(self, section: str) -> None:
        self._section = section
        self.refresh()

    def _on_sentences(self, sentences: object) -> None:
        case = self._session.case
        if case is not None and isinstance(sentences, tuple):
            self._set_section(case, sentences)

    def _set_section(self, case: Case, sentences: tuple[Sentence, ...] | None) -> None:
        if self._section == "impression":
            text = replace(case.text, impression=sentences)
        else:
            text = replace(case.text, findings=sentences)
        self._session.dispatch(SetText(text=text))

    def _on_propose(self) -> None:
        case = self._session.case
        if case is not None:
            self._set_section(case, None)

    def _on_signed(self, signature: object) -> None:
        if isinstance(signature, Signature):
            stamped = replace(signature, at=self._session.now())
            if self._session.dispatch(Sign(signature=stamped)):
                self.end_signing()

    def _on_amended(self, reason: str) -> None:
        if self._session.dispatch(Amend(reason=reason)):
            self.amend_box.reason.clear()

    def _on_page_picked(self, number: int) -> None:
        if number <= len(self.preview.pages):
            self.focus_moved.emit(self.preview.pages[number - 1])


def _answered_grades(case: Case) -> int:
    """Return how many levels carry a lesion and an assessment, for the meter."""
    graded = {item.level for item in case.assessments}
    marked: set[Lesion] = {lesion for lesion in case.lesions if lesion.level in graded}
    return len(marked)
