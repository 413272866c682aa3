"""The Qt binding itself: faults that would end a long session."""

from __future__ import annotations

import sys

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

REPAINTS = 200


class EmptyWidget(QWidget):
    """Paints nothing, in an overridden method that returns None."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing."""


def test_overridden_events_keep_the_references_to_none(qtbot, qapp):
    widget = EmptyWidget()
    qtbot.addWidget(widget)
    widget.show()
    qapp.processEvents()
    before = sys.getrefcount(None)
    for _ in range(REPAINTS):
        widget.repaint()
    lost = before - sys.getrefcount(None)
    assert lost < REPAINTS // 2, "see docs/decisions/0012"
