"""Outlines that came with a study, as one pane shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workstation.imaging.contours import ContourSet, CutLine, cut_by_plane, disagreement
from workstation.rendering.overlay import (
    Anchor,
    Dash,
    Ink,
    Measure,
    Placement,
    Polyline,
    Primitive,
    Stroke,
    Text,
    TextStyle,
    text_box,
)
from workstation.rendering.plane import Size
from workstation.ui.pane_state import PaneState

OUTLINE_PX = 1.6
NAME_GAP_PX = 6.0


def outline_primitives(
    state: PaneState,
    size: Size,
    sets: Sequence[ContourSet],
    placement: Placement,
    measure: Measure,
) -> tuple[Primitive, ...]:
    """Return the outlines that lie in the plane of a pane, dashed, each named once.

    Outlines of another patient or coordinate system are left out.

    Parameters
    ----------
    state : PaneState
    size : tuple of int
        Pane, logical px.
    sets : sequence of ContourSet
    placement : Placement
        Room that is already taken; names that find none are left out.
    measure : Measure
    """
    if state.is_projection:
        return ()
    center, normal = np.asarray(state.view.center_lps), np.asarray(state.view.direction)
    parts: list[Primitive] = []
    named: set[tuple[str, int]] = set()
    for contours in sets:
        if disagreement(contours, state.volume.identity) is not None:
            continue
        for line in cut_by_plane(contours, center, normal):
            drawn = _drawn(line, state, size)
            parts.append(drawn)
            key = (contours.name, line.segment.number)
            if key not in named:
                named.add(key)
                parts.extend(_name(line.segment.name, drawn, placement, measure))
    return tuple(parts)


def _drawn(line: CutLine, state: PaneState, size: Size) -> Polyline:
    pixels = state.view.lps_to_pixel(line.points_lps, size)
    points = tuple((float(x), float(y)) for x, y in np.atleast_2d(pixels))
    return Polyline(
        points, Stroke(color=Ink.PRIOR, width=OUTLINE_PX, dash=Dash.DASHED), closed=line.closed
    )


def _name(name: str, line: Polyline, placement: Placement, measure: Measure) -> tuple[Text, ...]:
    """Return the name of a structure right of its outline, where there is room."""
    x, y = max(line.points)
    text = Text(x + NAME_GAP_PX, y, name, TextStyle.LABEL, Anchor.LEFT, Ink.PRIOR)
    box = text_box(text, measure)
    return (text,) if placement.claim(box) else ()
