"""The uppermost band: who is read, what was imaged, whether levels and case are settled."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.domain.case import Case, CaseStatus, StudyReference
from workstation.ui.bar_controls import Band, BarChip, Hairline
from workstation.ui.components.controls import TextButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.theme import SEMIBOLD, TITLE_PX, current_theme

HEIGHT_PX = 44
READER_WIDTH_PX = 1440
"""Narrower windows keep the reader's name and the prior in "More"."""


class Logo(QWidget):
    """The product's mark: a column of vertebrae."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(24, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        del event
        painter = QPainter(self)
        paint_icon(painter, "batson", QRectF(1, 1, 22, 22), current_theme().color("accent"))


class IdentityBar(Band):
    """Patient, study, level-numbering chip, case status, reader.

    Signals
    -------
    levels_pressed()
        The level chip was pressed: confirm or number.
    """

    levels_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT_PX, parent=parent)
        self.setAccessibleName("Patient and case")
        self.name = PlainLabel("Batson", size_px=TITLE_PX, weight=SEMIBOLD)
        self.person = PlainLabel("No patient", size_px=TITLE_PX - 1)
        self.birth_word = PlainLabel("Born", tone="muted")
        self.birth = PlainLabel()
        self.id_word = PlainLabel("ID", tone="muted")
        self.patient_id = PlainLabel()
        self.study_line = Hairline()
        self.study = PlainLabel(weight=SEMIBOLD)
        self.study_date = PlainLabel(tone="muted")
        self.prior_word = PlainLabel("Prior", tone="muted")
        self.prior = PlainLabel()
        self.illustration = BarChip()
        self.levels = BarChip()
        self.status = BarChip()
        self.reader_line = Hairline()
        self.reader = TextButton("", icon="user-round", kind="quiet")
        self.levels.clicked.connect(self.levels_pressed)
        self._case: Case | None = None
        self._date = ("", "")
        self._lay_out()
        self.show_case(None, "")

    def show_case(self, case: Case | None, reader: str) -> None:
        """Show whose case is open and how far it is."""
        self._case = case
        self.reader.setText(reader)
        self.reader.setAccessibleName(f"Reader {reader}" if reader else "Reader")
        self.reader.updateGeometry()
        if case is None or not case.studies:
            self._show_nobody()
        else:
            self._show_patient(case)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out by rule what a narrow window has no room for."""
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(Logo())
        for widget in (self.name, self.person):
            row.addWidget(widget)
        row.addSpacing(8)
        pairs = ((self.birth_word, self.birth), (self.id_word, self.patient_id))
        for word, value in pairs:
            row.addWidget(word)
            row.addWidget(value)
            row.addSpacing(4)
        for item in (self.study_line, self.study, self.study_date):
            row.addWidget(item)
        row.addSpacing(4)
        row.addWidget(self.prior_word)
        row.addWidget(self.prior)
        row.addStretch(1)
        row.addWidget(self.illustration)
        row.addWidget(self.levels)
        row.addWidget(self.status)
        row.addWidget(self.reader_line)
        row.addWidget(self.reader)

    def _show_nobody(self) -> None:
        self.name.setText("Batson")
        self.person.setText("No patient")
        self._date = ("", "")
        for label in (self.birth, self.patient_id, self.study, self.study_date, self.prior):
            label.setText("")
        self.setAccessibleDescription("No patient")

    def _show_patient(self, case: Case) -> None:
        patient = case.patient
        newest, prior = _studies_by_date(case)
        self.name.setText(patient.display_name)
        self.person.setText(_sex_and_age(patient.sex, patient.birth_date, newest.date))
        self.birth.setText(patient.birth_date)
        self.patient_id.setText(patient.id)
        self.study.setText(newest.description or " ".join(newest.modalities))
        self._date = (newest.date, newest.date[:10])
        self.prior.setText(prior.date[:10] if prior else "")
        words = case.illustration
        self.illustration.show_state("info", "Illustration", "caution", words)
        levels, tip, token, icon = _levels_state(case)
        self.levels.show_state(icon, levels, token, tip)
        if case.status is CaseStatus.SIGNED:
            tip = "This version is signed and does not change."
            self.status.show_state("shield-check", f"Signed v{case.version}", "good", tip)
        else:
            self.status.show_state("pencil", "Draft", "", "This version is not signed yet.")
        self.setAccessibleDescription(f"{patient.display_name}, {levels}, {self.status.text()}")

    def _fit(self) -> None:
        """Leave out, in this order: reader, prior, time of the study, birth date word by word."""
        wide = self.width() >= READER_WIDTH_PX
        has_case = self._case is not None and bool(self._case.studies)
        self.study_date.setText(self._date[0] if wide else self._date[1])
        _show_pair(self.birth_word, self.birth, wanted=has_case)
        _show_pair(self.id_word, self.patient_id, wanted=has_case)
        _show_pair(self.prior_word, self.prior, wanted=has_case and wide)
        case_parts: tuple[QWidget, ...] = (self.study_line, self.study, self.study_date)
        for part in (*case_parts, self.levels, self.status):
            part.setVisible(has_case)
        shows_illustration = self._case is not None and bool(self._case.illustration)
        self.illustration.setVisible(shows_illustration)
        shows_reader = (wide or not has_case) and bool(self.reader.text())
        self.reader_line.setVisible(has_case and shows_reader)
        self.reader.setVisible(shows_reader)


def _show_pair(word: QWidget, value: PlainLabel, *, wanted: bool) -> None:
    shown = wanted and bool(value.text())
    word.setVisible(shown)
    value.setVisible(shown)


def _studies_by_date(case: Case) -> tuple[StudyReference, StudyReference | None]:
    ordered = sorted(case.studies, key=lambda study: study.date, reverse=True)
    return ordered[0], (ordered[1] if len(ordered) > 1 else None)


def _sex_and_age(sex: str, birth: str, at: str) -> str:
    age = age_years(birth, at)
    parts = [sex or "sex unknown", f"{age} y" if age is not None else ""]
    return " · ".join(part for part in parts if part)


def age_years(birth: str, at: str) -> int | None:
    """Return full years between a birth date and a day, ISO dates; None when one is missing."""
    try:
        born, day = date.fromisoformat(birth), date.fromisoformat(at[:10])
    except ValueError:
        return None
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years if years >= 0 else None


def _levels_state(case: Case) -> tuple[str, str, str, str]:
    """Return word, tip, color token and icon of the level-numbering chip."""
    if not case.spines:
        tip = "The spine is not numbered. Click to name a vertebra."
        return ("Levels not numbered", tip, "caution", "triangle-alert")
    if all(spine.confirmed for spine in case.spines):
        tip = f"Confirmed by {case.spines[0].confirmed_by or 'the reader'}."
        return ("Levels confirmed", tip, "good", "check")
    tip = "Proposed levels count only once you confirm them. Click to confirm."
    return ("Levels not confirmed", tip, "caution", "triangle-alert")
