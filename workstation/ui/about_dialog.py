"""About Batson: what it is, what it is not, and whose data the demo shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

import workstation
from workstation.base.errors import WorkstationError
from workstation.base.paths import resource_path
from workstation.ui.components.labels import PlainLabel
from workstation.ui.identity_bar import Logo
from workstation.ui.theme import SEMIBOLD, SMALL_PX, VALUE_PX

NOT_A_DEVICE = (
    "Not a medical device. Not for primary diagnosis until validated locally. "
    "Batson supports the decision of a clinician; it does not make it."
)
LICENSES = (
    "Apache-2.0. With Qt for Python (LGPL-3.0), VTK (BSD-3-Clause), NumPy (BSD-3-Clause), "
    "pydicom (MIT), SimpleITK (Apache-2.0), Typst (Apache-2.0), lucide icons (ISC), "
    "Source Sans and Source Serif (OFL-1.1)."
)
DEMO_FALLBACK = "The origin of the demo data is not shipped with this installation."


class AboutDialog(QDialog):
    """Version, disclaimer, licenses, attribution of the demo data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Batson")
        self.setMinimumWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Logo())
        head.addWidget(PlainLabel("Batson", size_px=VALUE_PX, weight=SEMIBOLD))
        head.addWidget(PlainLabel(workstation.__version__, tone="muted"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(PlainLabel("A workstation for reading spinal metastasis.", wraps=True))
        column.addWidget(PlainLabel(NOT_A_DEVICE, weight=SEMIBOLD, tone="caution", wraps=True))
        column.addWidget(PlainLabel(LICENSES, size_px=SMALL_PX, tone="muted", wraps=True))
        column.addWidget(PlainLabel("Demo data", weight=SEMIBOLD))
        column.addWidget(PlainLabel(demo_origin(), size_px=SMALL_PX, tone="muted", wraps=True))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def demo_origin() -> str:
    """Return the attribution of the demo data as plain text."""
    try:
        text = resource_path("demo", "ORIGIN.md").read_text(encoding="utf-8")
    except (OSError, WorkstationError):
        return DEMO_FALLBACK
    lines = [line.strip("#*| ").strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not set(line) <= set("-|: "))
