"""The application where there is no screen."""

from __future__ import annotations

import pytest

from workstation.base.errors import RenderError
from workstation.ui import application
from workstation.ui.application import make_application


def test_without_a_screen_it_says_so(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(application.sys, "platform", "linux")
    with pytest.raises(RenderError, match="no screen"):
        make_application()


def test_the_present_application_is_used_again(qapp):
    assert make_application() is qapp
