"""How panes follow each other: the linked point, the scroll of parallel panes, the level walk."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.lesion import Lesion
from workstation.domain.spine import PointLps, Spine, VertebralLevel
from workstation.rendering.linked_views import (
    LinkedView,
    LinkSetting,
    follow_change,
    follow_cursor,
)
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.stack import snapped_to_axis
from workstation.ui.pane_state import PaneState, on_slice

_ME, _OTHER = "me", "other"
SAME_FIELD = 0.02
"""Panes whose fields differ by less are zoomed and panned together while they are parallel."""


def following_point(state: PaneState, point_lps: PointLps) -> PaneState:
    """Return a pane whose plane goes through a point of its own space.

    A native stack stops at the nearest of its images; the point then lies at most half a slice
    away.
    """
    if state.is_projection:
        return state
    space = state.frame_of_reference_uid
    panes = {
        _ME: LinkedView(view=state.view, frame_of_reference_uid=space),
        _OTHER: LinkedView(view=state.view.centered(point_lps), frame_of_reference_uid=space),
    }
    view = follow_cursor(panes, _OTHER, point_lps).views.get(_ME, state.view)
    return on_slice(state.with_view(view))


def following_change(state: PaneState, before: PaneState, after: PaneState) -> PaneState:
    """Return a pane that follows another one of its space from ``before`` to ``after``.

    Parallel panes scroll together; those with the same field also pan and zoom together. Crossing
    panes stay where they are.
    """
    if state.is_projection or after.is_projection:
        return state
    same_field = abs(state.view.field_mm / before.view.field_mm - 1.0) < SAME_FIELD
    space = state.frame_of_reference_uid
    panes = {
        _ME: LinkedView(view=state.view, frame_of_reference_uid=space),
        _OTHER: LinkedView(view=before.view, frame_of_reference_uid=space),
    }
    parallel = _parallel(state.view, after.view)
    setting = LinkSetting(pan=same_field, zoom=same_field and parallel)
    result = follow_change(panes, _OTHER, after.view, setting)
    view = result.views.get(_ME)
    return state if view is None else state.with_view(view)


def _parallel(one: PlaneView, other: PlaneView) -> bool:
    return one.plane_name is other.plane_name


def at_level(state: PaneState, spine: Spine, level: VertebralLevel) -> PaneState:
    """Return a pane centered on a vertebra; an axial one parallel to its end-plates.

    The end-plates are taken as perpendicular to the line through the neighboring body centers.
    """
    mark = spine.landmark(level)
    if mark is None or state.is_projection:
        return state
    direction = spine.caudal_direction(level)
    if state.view.plane_name is not PlaneName.AXIAL or direction is None:
        moved = state.with_view(state.view.centered(mark.center_lps))
        return on_slice(moved)
    view = PlaneView.oblique(mark.center_lps, direction, state.view.field_mm, PlaneName.AXIAL)
    view = replace(
        view,
        rotation_deg=state.view.rotation_deg,
        flipped=state.view.flipped,
        slab_thickness_mm=state.view.slab_thickness_mm,
        slab_mode=state.view.slab_mode,
        interpolation=state.view.interpolation,
    )
    return replace(state, view=snapped_to_axis(state.volume.geometry, view), level=level)


def at_lesion(state: PaneState, lesion: Lesion, spine: Spine | None) -> PaneState:
    """Return a pane through the center of a lesion, the axial one parallel to its level."""
    if state.is_projection:
        return state
    if spine is not None and spine.confirmed and lesion.level is not None:
        state = at_level(state, spine, lesion.level)
    return state.with_view(state.view.centered(lesion.center_lps))


def next_level(
    spine: Spine, current: VertebralLevel | None, point: PointLps, steps: int
) -> VertebralLevel | None:
    """Return the level some steps toward the feet from the present one; stops at the ends.

    Without a present level the one at ``point`` counts as present.
    """
    levels = spine.levels
    if not levels:
        return None
    here = current if current in levels else spine.level_at(point)
    if here is None or here not in levels:
        return levels[0] if steps > 0 else levels[-1]
    place = min(max(levels.index(here) + steps, 0), len(levels) - 1)
    return levels[place]
