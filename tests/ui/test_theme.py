from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QPalette

from workstation.ui.icons import icon, icon_pixmap
from workstation.ui.theme import (
    FAMILY,
    ThemeName,
    current_theme,
    font,
    load_fonts,
    load_theme,
    palette,
    style_sheet,
)


def luminance(color: QColor) -> float:
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, two: QColor) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", list(ThemeName))
@pytest.mark.parametrize("ink", ["text", "text_muted", "text_faint", "good", "caution", "critical"])
@pytest.mark.parametrize("ground", ["window", "panel", "raised", "hover"])
def test_every_ink_is_readable_on_every_ground(name, ink, ground):
    theme = load_theme(name)
    assert contrast(theme.color(ink), theme.color(ground)) >= 4.5


@pytest.mark.parametrize("name", list(ThemeName))
def test_control_edges_and_focus_are_seen(name):
    theme = load_theme(name)
    for edge in ("line_strong", "focus"):
        assert contrast(theme.color(edge), theme.color("panel")) >= 3.0


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_style_sheet_has_every_token_filled_in(name):
    sheet = style_sheet(load_theme(name))
    assert "$" not in sheet
    assert load_theme(name).tokens["accent"] in sheet


def test_the_dark_theme_is_active_and_panes_stay_black():
    assert current_theme().name is ThemeName.DARK
    assert load_theme(ThemeName.LIGHT).tokens["canvas"] == "#000000"


def test_a_color_is_a_copy():
    first = current_theme().color("accent")
    first.setRed(0)
    assert current_theme().color("accent").name().upper() == "#5AB0E8"
    assert current_theme().color("accent", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)


def test_overlay_and_spine_colors():
    theme = load_theme(ThemeName.DARK)
    assert theme.overlay_color("unstable").name().upper() == "#FF7A5C"
    assert theme.spine_color("bone").name().upper() == "#39434D"


def test_figures_are_tabular_and_the_shipped_font_is_used():
    assert FAMILY in load_fonts()
    metrics = QFontMetricsF(font(13))
    assert metrics.horizontalAdvance("1") == metrics.horizontalAdvance("8")
    assert font(28, 700).pixelSize() == 28


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_palette_follows_the_tokens(name):
    theme = load_theme(name)
    made = palette(theme)
    assert made.color(QPalette.ColorRole.Window) == theme.color("window")
    disabled = made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == theme.color("text_disabled")


def test_an_icon_is_drawn_at_device_size_in_its_color(qapp):
    pixmap = icon_pixmap("check", QColor("#FF0000"), 18, 2.0)
    assert pixmap.width() == 36
    assert pixmap.devicePixelRatio() == 2.0
    image = pixmap.toImage()
    inked = [
        image.pixelColor(x, y) for x in range(36) for y in range(36)
        if image.pixelColor(x, y).alpha() > 200
    ]  # fmt: skip
    assert inked
    assert all(color.red() > 200 and color.green() < 60 for color in inked)
    assert not icon("check").isNull()
