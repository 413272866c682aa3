"""The lowest band: level under the pointer, value with unit, place, tool hint, work, saved time."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.app.jobs import JobRunner
from workstation.app.session import SaveKind, SaveState
from workstation.domain.case import Case
from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit
from workstation.ui.bar_controls import Band, Hairline
from workstation.ui.components.labels import PlainLabel
from workstation.ui.icons import paint_icon
from workstation.ui.job_bar import JobBar
from workstation.ui.pane_state import PaneState
from workstation.ui.pane_texts import level_text, number_text, short_unit
from workstation.ui.theme import SEMIBOLD, SMALL_PX, current_theme

HEIGHT_PX = 28
HINT_WIDTH_PX = 1440
LEVEL_WIDTH_PX = 96
VALUE_WIDTH_PX = 150
PLACE_WIDTH_PX = 190
DISCLAIMER = "Not a medical device. Not for primary diagnosis until validated locally."
_SAVE_LOOKS = {
    SaveKind.NOTHING: ("", "text_muted"),
    SaveKind.SAVING: ("clock", "text_muted"),
    SaveKind.SAVED: ("check", "good"),
    SaveKind.FAILED: ("triangle-alert", "critical"),
    SaveKind.READ_ONLY: ("ban", "caution"),
}


class SaveLabel(QWidget):
    """Whether every change is kept, with its sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = SaveKind.NOTHING
        self.words = PlainLabel(size_px=SMALL_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 0, 0)
        row.addWidget(self.words)

    def show_state(self, state: SaveState) -> None:
        """Show how far the changes are kept."""
        self._kind = state.kind
        self.words.setText(state.text)
        self.setAccessibleName(state.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sign before the words."""
        del event
        icon, token = _SAVE_LOOKS[self._kind]
        if icon:
            box = QRectF(2, self.height() / 2 - 7, 14, 14)
            paint_icon(QPainter(self), icon, box, current_theme().color(token))


class StatusBar(Band):
    """What lies under the pointer, and what the program is doing.

    Parameters
    ----------
    jobs : JobRunner
    """

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT_PX, parent=parent)
        self.setAccessibleName("Status")
        self.level = PlainLabel("No study open", size_px=SMALL_PX, weight=SEMIBOLD)
        self.value = PlainLabel(size_px=SMALL_PX, weight=SEMIBOLD)
        self.place = PlainLabel(size_px=SMALL_PX, tone="muted")
        self.hint_line = Hairline()
        self.hint = PlainLabel(size_px=SMALL_PX, tone="muted")
        self.jobs = JobBar(jobs)
        self.save_line = Hairline()
        self.saved = SaveLabel()
        self.disclaimer = PlainLabel(DISCLAIMER, size_px=SMALL_PX, tone="muted")
        self.level.setMinimumWidth(LEVEL_WIDTH_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        for widget in (self.level, self.value, self.place, self.hint_line, self.hint):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.jobs)
        row.addWidget(self.save_line)
        row.addWidget(self.saved)
        row.addWidget(self.disclaimer)
        self.show_case(None)

    def show_case(self, case: Case | None) -> None:
        """Show the parts that belong to an open case, or that none is open."""
        is_open = case is not None
        for widget in (self.save_line, self.saved):
            widget.setVisible(is_open)
        self.disclaimer.setVisible(not is_open)
        if not is_open:
            self.level.setText("No study open")
            self.value.setText("")
            self.place.setText("")
        elif self.level.text() == "No study open":
            self.level.setText("")

    def show_point(
        self, case: Case | None, state: PaneState | None, point: PointLps | None
    ) -> None:
        """Show level, values and place of the point under the pointer; None keeps the last."""
        if state is None or point is None:
            return
        level, _ = level_text(case, state, point)
        self.level.setText(level or "Level unknown")
        self.level.set_tone("" if level and not level.endswith("?") else "caution")
        self.value.setText(value_words(state, point))
        self.value.setMinimumWidth(max(VALUE_WIDTH_PX if self._wide else 0, 0))
        x, y, z = (number_text(part) for part in point)
        self.place.setText(f"LPS  {x}  {y}  {z} mm")
        self.place.setMinimumWidth(PLACE_WIDTH_PX)

    def show_hint(self, text: str) -> None:
        """Show what the armed tool expects."""
        self.hint.setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the hint out of a narrow band."""
        super().resizeEvent(event)
        self._fit()

    @property
    def _wide(self) -> bool:
        return self.width() >= HINT_WIDTH_PX

    def _fit(self) -> None:
        shown = self._wide and bool(self.hint.text())
        self.hint.setVisible(shown)
        self.hint_line.setVisible(shown)


def value_words(state: PaneState, point: PointLps) -> str:
    """Return the values of every layer with their units: "64 HU  4.8 SUVbw"."""
    words = [_one_value(value, unit) for value, unit in state.value_at(point)]
    return "  ".join(dict.fromkeys(words)) or "outside"


def _one_value(value: float, unit: Unit) -> str:
    whole = float(value).is_integer() and short_unit(unit) == unit.value
    digits = 0 if unit is Unit.HU or whole else 1
    return f"{number_text(value, digits)} {short_unit(unit)}"
