"""The Qt application: one per process, with the fonts and the theme of the window."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from workstation.ui.theme import ThemeName, apply_theme


def make_application(theme: ThemeName = ThemeName.DARK) -> QApplication:
    """Return the application with fonts and theme; the one that exists if there is one."""
    # Numbers are written and read one way, with a point, whatever the desktop is set to.
    QLocale.setDefault(QLocale.c())
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(["batson"])
    application.setApplicationName("Batson")
    application.setApplicationDisplayName("Batson")
    apply_theme(application, theme)
    return application
