"""Signing: for whom, what is confirmed, who signs, and why it is not possible yet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from workstation.domain.case import Case, Signature
from workstation.domain.completeness import Check, Severity
from workstation.ui.components.banner import Remark
from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_box
from workstation.ui.components.fields import TextField
from workstation.ui.components.labels import PlainLabel, SectionHead
from workstation.ui.form_binding import column
from workstation.ui.theme import LABEL_PX, SEMIBOLD, SMALL_PX, VALUE_PX, current_theme


class IdentityBox(QWidget):
    """YOU ARE SIGNING FOR: name, birth date, sex and ID, never shortened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing_px=4, edge_px=12)
        head = PlainLabel("YOU ARE SIGNING FOR", size_px=LABEL_PX, weight=SEMIBOLD, tone="muted")
        self.name = PlainLabel("", size_px=VALUE_PX, weight=SEMIBOLD, wraps=True)
        self.facts = PlainLabel("", wraps=True)
        self.studies = PlainLabel("", tone="muted", wraps=True)
        for part in (head, self.name, self.facts, self.studies):
            layout.addWidget(part)

    def set_case(self, case: Case) -> None:
        """Show the patient and the studies read."""
        patient = case.patient
        self.name.setText(patient.display_name)
        facts = [
            f"born {patient.birth_date or 'not given'}",
            patient.sex or "sex not given",
            f"ID {patient.id or 'not given'}",
        ]
        self.facts.setText("   ".join(facts))
        words = [f"{study.description or 'Study'} {study.date}".strip() for study in case.studies]
        self.studies.setText(", ".join(words) or "No study is read.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        painter = QPainter(self)
        theme = current_theme()
        fill, edge = theme.color("raised"), theme.color("line_strong")
        paint_box(painter, QRectF(self.rect()), fill=fill, edge=edge)


class SignBox(QWidget):
    """Everything that signing needs, on one page.

    Signals
    -------
    signed(Signature)
        The reader signed; the time is filled in by whoever dispatches it.
    back()
    """

    signed = Signal(object)
    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocking: tuple[Check, ...] = ()
        layout = column(self, spacing_px=8)
        self.identity = IdentityBox()
        self.levels = _tick("The levels are counted and named rightly")
        self.sides = _tick("Left and right are the patient's")
        self.read = _tick("I read the impression as it will print")
        self.name = TextField("Name", hint="Name of the reader", limit=80)
        self.role = TextField("Role", hint="Role, such as consultant neuroradiologist", limit=80)
        self.second = TextField("Second reader", hint="none", limit=80)
        self.waiting = Remark(icon="circle-alert", token="caution")
        self.go_back = TextButton("Back", icon="arrow-left", key="Esc")
        self.sign = TextButton("Sign and freeze", icon="signature", kind="primary")
        layout.addWidget(self.identity)
        layout.addWidget(SectionHead("Confirm"))
        for tick in (self.levels, self.sides, self.read):
            layout.addWidget(tick)
            tick.toggled.connect(self.refresh)
        layout.addWidget(SectionHead("Signer"))
        for name, field in (
            ("Name", self.name),
            ("Role", self.role),
            ("Second reader", self.second),
        ):
            layout.addWidget(PlainLabel(name, size_px=SMALL_PX, weight=SEMIBOLD, tone="muted"))
            layout.addWidget(field)
            field.textChanged.connect(self.refresh)
        layout.addWidget(self.waiting)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go_back)
        buttons.addStretch(1)
        buttons.addWidget(self.sign)
        layout.addLayout(buttons)
        self.go_back.clicked.connect(self.back)
        self.sign.clicked.connect(self._on_sign)

    def begin(self, case: Case, author: str) -> None:
        """Start with nothing confirmed."""
        self.follow(case)
        if not self.name.text():
            self.name.setText(case.reader or author)
        self.refresh()

    def follow(self, case: Case) -> None:
        """Take what was confirmed back: it was said about the case as it was before."""
        for tick in (self.levels, self.sides, self.read):
            tick.setChecked(False)
        self.identity.set_case(case)

    def set_blocking(self, checks: tuple[Check, ...]) -> None:
        """Say what still stands in the way."""
        severe = (Severity.CONTRADICTION, Severity.BLOCKING)
        self._blocking = tuple(check for check in checks if check.severity in severe)
        self.refresh()

    def refresh(self) -> None:
        """Say what is waited for; signing is possible when it is nothing."""
        reason = self._reason()
        self.sign.setEnabled(not reason)
        self.sign.describe("Sign and freeze", reason or "Sign and freeze this version")
        self.waiting.setVisible(bool(reason))
        self.waiting.set_content(reason, "circle-alert", "caution")

    def _reason(self) -> str:
        if self._blocking:
            count = len(self._blocking)
            items = "1 item" if count == 1 else f"{count} items"
            return f"{items} must be fixed first: {self._blocking[0].text}."
        open_ticks = [t.text() for t in (self.levels, self.sides, self.read) if not t.isChecked()]
        if open_ticks:
            return f"Waiting for: {open_ticks[0]}."
        if not (self.name.text().strip() and self.role.text().strip()):
            return "Waiting for: name and role of the signer."
        return ""

    def _on_sign(self) -> None:
        if self._reason():
            return
        self.signed.emit(
            Signature(
                name=self.name.text().strip(),
                role=self.role.text().strip(),
                at="",
                second_reader=self.second.text().strip(),
            )
        )


def _tick(text: str) -> QCheckBox:
    tick = QCheckBox(text)
    tick.setAccessibleName(text)
    tick.setToolTip(f"Confirm: {text}")
    tick.setMinimumHeight(28)
    return tick
