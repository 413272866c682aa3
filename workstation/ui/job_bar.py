"""Background work in the status band: its name, how far it is, and a cross to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workstation.app.jobs import JobRunner
from workstation.ui.components.controls import IconButton
from workstation.ui.components.labels import PlainLabel
from workstation.ui.theme import SMALL_PX

SHOW_AFTER_MS = 300
"""Work shorter than this shows nothing."""
BAR_WIDTH_PX = 90


class JobBar(QWidget):
    """Shows the oldest running job.

    Parameters
    ----------
    jobs : JobRunner
    """

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.setAccessibleName("Background work")
        self.title = PlainLabel(size_px=SMALL_PX)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(BAR_WIDTH_PX, 4)
        self.bar.setAccessibleName("Progress")
        self.percent = PlainLabel(size_px=SMALL_PX)
        self.cross = IconButton("x", "Stop this work")
        self.cross.setFixedSize(24, 24)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOW_AFTER_MS)
        self._delay.timeout.connect(self._refresh)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.title, self.bar, self.percent, self.cross):
            row.addWidget(widget)
        self.cross.clicked.connect(jobs.cancel_all)
        jobs.jobs_changed.connect(self._on_jobs_changed)
        self.hide()

    def _on_jobs_changed(self) -> None:
        if not self._jobs.running:
            self._delay.stop()
            self.hide()
        elif self.isVisible():
            self._refresh()
        elif not self._delay.isActive():
            self._delay.start()

    def _refresh(self) -> None:
        running = self._jobs.running
        self.setVisible(bool(running))
        if not running:
            return
        job = running[0]
        more = f" and {len(running) - 1} more" if len(running) > 1 else ""
        self.title.setText(f"{job.title}{more}")
        percent = job.percent
        self.bar.setRange(0, 100 if percent is not None else 0)
        self.bar.setValue(percent or 0)
        self.percent.setText(f"{percent} %" if percent is not None else "")
