"""The look of the window: tokens, fonts, palette and style sheet, dark and light.

Every color and size comes from ``resources/theme/tokens.json``; widgets ask :func:`current_theme`
while painting, so that a change of theme needs no new widgets.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Template
from types import MappingProxyType
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from workstation.base.errors import WorkstationError
from workstation.base.paths import resource_path

FAMILY = "Source Sans 3"
SERIF_FAMILY = "Source Serif 4"
DISPLAY_FAMILY = "Source Serif 4 Display"

LABEL_PX = 11
SMALL_PX = 12
BODY_PX = 13
NAME_PX = 14
TITLE_PX = 16
VALUE_PX = 20
TOTAL_PX = 28

REGULAR = 400
SEMIBOLD = 600
BOLD = 700

RADIUS_PX = 4
CONTROL_PX = 28
PANEL_WIDTH_PX = 464
NARROW_WIDTH_PX = 400

_FONT_FILES = (
    "SourceSans3-Regular.ttf",
    "SourceSans3-Semibold.ttf",
    "SourceSans3-Bold.ttf",
    "SourceSans3-It.ttf",
    "SourceSerif4-Regular.ttf",
    "SourceSerif4Display-Regular.ttf",
)


class ThemeName(StrEnum):
    """The two themes; panes stay black in both."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The values of one theme.

    Parameters
    ----------
    name : ThemeName
    tokens : mapping of str to str
        Interface colors, ``"#rrggbb"``.
    overlay, overlay_on_light, overlay_on_fusion : mapping of str to str or float
        What is drawn on images; the last two replace single values of the first.
    spine_map : mapping of str to str
        Colors of the drawn spine in this theme.
    """

    name: ThemeName
    tokens: Mapping[str, str]
    overlay: Mapping[str, Any]
    overlay_on_light: Mapping[str, Any]
    overlay_on_fusion: Mapping[str, Any]
    spine_map: Mapping[str, str]

    @property
    def is_dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name is ThemeName.DARK

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """Return the color of an interface token, with an opacity of 0 to 1."""
        return _color(self.tokens[token], alpha)

    def overlay_color(self, token: str, alpha: float = 1.0) -> QColor:
        """Return the color of something drawn on an image."""
        return _color(str(self.overlay[token]), alpha)

    def spine_color(self, part: str) -> QColor:
        """Return the color of a part of the drawn spine."""
        return _color(self.spine_map[part], 1.0)


@functools.lru_cache(maxsize=512)
def _cached_color(value: str, alpha: float) -> QColor:
    color = QColor(value)
    color.setAlphaF(alpha)
    return color


def _color(value: str, alpha: float) -> QColor:
    # A copy: QColor is mutable and the cached one must stay what it is.
    return QColor(_cached_color(value, alpha))


@functools.cache
def load_theme(name: ThemeName) -> Theme:
    """Return the theme called ``name`` from the shipped tokens.

    Raises
    ------
    WorkstationError
        When the token file is not readable.
    """
    path = resource_path("theme", "tokens.json")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkstationError(
            "The theme of the window could not be read; Batson is not installed completely.",
            detail=f"{path.name}: {error}",
            code="theme",
        ) from error
    return Theme(
        name=name,
        tokens=MappingProxyType(document[name.value]),
        overlay=MappingProxyType(document["overlay"]),
        overlay_on_light=MappingProxyType(document["overlay_on_light"]),
        overlay_on_fusion=MappingProxyType(document["overlay_on_fusion"]),
        spine_map=MappingProxyType(document["spine_map"][name.value]),
    )


_active = {"theme": ThemeName.DARK}


def current_theme() -> Theme:
    """Return the theme the application shows; dark until :func:`apply_theme` says otherwise."""
    return load_theme(_active["theme"])


def apply_theme(application: QApplication, name: ThemeName) -> Theme:
    """Give the application the fonts, palette and style sheet of a theme and return it."""
    load_fonts()
    _active["theme"] = name
    theme = load_theme(name)
    application.setStyle("Fusion")
    application.setFont(font())
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))
    return theme


@functools.cache
def load_fonts() -> tuple[str, ...]:
    """Register the shipped fonts once and return their families.

    Raises
    ------
    WorkstationError
        When a font file is missing or not readable.
    """
    families: list[str] = []
    for name in _FONT_FILES:
        identifier = QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))
        if identifier < 0:
            raise WorkstationError(
                "A font of the window could not be read; Batson is not installed completely.",
                detail=name,
                code="font",
            )
        families.extend(QFontDatabase.applicationFontFamilies(identifier))
    return tuple(dict.fromkeys(families))


def font(
    size_px: int = BODY_PX,
    weight: int = REGULAR,
    *,
    spacing_px: float = 0.0,
    family: str = FAMILY,
    italic: bool = False,
) -> QFont:
    """Return the interface font with tabular lining figures."""
    made = QFont(family)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setItalic(italic)
    for feature in ("tnum", "lnum"):
        made.setFeature(QFont.Tag.fromString(feature), 1)
    if spacing_px:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing_px)
    return made


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme, for what the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "pressed" if theme.is_dark else "panel",
        QPalette.ColorRole.AlternateBase: "panel",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.PlaceholderText: "text_faint",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.BrightText: "critical",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "on_accent",
    }
    for role, token in roles.items():
        made.setColor(role, theme.color(token))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(disabled, role, theme.color("text_disabled"))
    return made


def style_sheet(theme: Theme) -> str:
    """Return the Qt style sheet of a theme, from ``resources/theme/style.qss``."""
    source = resource_path("theme", "style.qss").read_text(encoding="utf-8")
    field = theme.tokens["pressed"] if theme.is_dark else theme.tokens["panel"]
    return Template(source).substitute(theme.tokens, field=field)
