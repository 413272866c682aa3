"""The Qt application: one per process, with the fonts and the theme of the window."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from workstation.base.errors import RenderError
from workstation.ui.theme import ThemeName, apply_theme

_SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def make_application(theme: ThemeName = ThemeName.DARK) -> QApplication:
    """Return the application with fonts and theme; the one that exists if there is one.

    Raises
    ------
    RenderError
        Where there is no screen: Qt would end the process without a word to the reader.
    """
    if sys.platform.startswith("linux") and not any(map(os.environ.get, _SCREEN_VARIABLES)):
        raise RenderError(
            "There is no screen here. Start Batson on a desktop, or use "
            "batson demo --headless --out DIR.",
            code="no-screen",
        )
    # Numbers are written and read one way, with a point, whatever the desktop is set to.
    QLocale.setDefault(QLocale.c())
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(["batson"])
    application.setApplicationName("Batson")
    application.setApplicationDisplayName("Batson")
    apply_theme(application, theme)
    return application
