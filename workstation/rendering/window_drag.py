"""How a drag of the pointer changes window center and width."""

from __future__ import annotations

from workstation.base.errors import RenderError
from workstation.imaging.volume import WindowSetting

WIDTH_PER_PIXEL = 1.0 / 250.0
"""Part of the present width that one pixel changes: 250 px double a bone or a PET window alike."""
NARROWEST_PART = 1e-3
"""Smallest width, as part of the width at the start of the drag."""


def dragged_window(
    start: WindowSetting, dx_px: float, dy_px: float, *, inverted: bool = False
) -> WindowSetting:
    """Return the window after a drag from where it began.

    To the right widens, upward raises the center, so that the image gets darker; both in
    proportion to the width, so that the same hand works for HU, SUV and ADC.

    Parameters
    ----------
    start : WindowSetting
        The window when the button went down.
    dx_px, dy_px : float
        Way of the pointer since then, logical px, y downward.
    inverted : bool
        Whether upward lowers the center: some readers are used to it.

    Raises
    ------
    RenderError
        When the window at the start has no width.
    """
    if start.width <= 0:
        raise RenderError("A window needs a positive width.", code="bad-window")
    part = WIDTH_PER_PIXEL * start.width
    raised = -dy_px * part
    return WindowSetting(
        center=start.center + (-raised if inverted else raised),
        width=max(start.width + dx_px * part, NARROWEST_PART * start.width),
    )
