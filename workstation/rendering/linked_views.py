"""Panes that follow each other: shared cursor, zoom and slab within one frame of reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import UsageError
from workstation.rendering.overlay import DIFFERENT_SPACE
from workstation.rendering.plane import PlaneView, Vector, as_vector

PARALLEL_COSINE = 0.999
"""Planes closer than 2.6 degrees count as parallel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedView:
    """One pane as the link sees it.

    Parameters
    ----------
    view : PlaneView
    frame_of_reference_uid : str
        Frame of Reference UID (PS3.3 C.7.4.1) of what the pane shows; empty when it has none, and
        then nothing follows it and it follows nothing.
    """

    view: PlaneView
    frame_of_reference_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSetting:
    """What linked panes share.

    Parameters
    ----------
    position : bool
        Whether the others scroll to the point under the cursor.
    pan : bool
        Whether parallel panes also keep the same point in the middle.
    zoom : bool
        Whether magnification is shared, in millimeters per pane height.
    slab : bool
        Whether thickness and mode of the slab are shared.
    """

    position: bool = True
    pan: bool = True
    zoom: bool = False
    slab: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What the panes become.

    Parameters
    ----------
    views : dict of str to PlaneView
        Only the panes that change.
    refused : dict of str to str
        Panes that cannot follow and the words that say why.
    """

    views: dict[str, PlaneView]
    refused: dict[str, str]


def same_space(first: LinkedView, second: LinkedView) -> bool:
    """Whether positions in two panes mean the same place in the patient."""
    uid = first.frame_of_reference_uid
    return bool(uid) and uid == second.frame_of_reference_uid


def follow_cursor(panes: Mapping[str, LinkedView], active: str, cursor_lps: Vector) -> LinkResult:
    """Return the panes scrolled to the cursor that was set in the active one.

    Their plane goes through the point; the pane moves sideways only when the point would lie
    outside its shown height.

    Parameters
    ----------
    panes : mapping of str to LinkedView
    active : str
        Which pane the cursor was set in; it stays as it is.
    cursor_lps : tuple of float
        The point, mm.
    """
    return _followed(panes, active, lambda view: _showing(view.through(cursor_lps), cursor_lps))


def follow_change(
    panes: Mapping[str, LinkedView], active: str, changed: PlaneView, setting: LinkSetting
) -> LinkResult:
    """Return what the other panes become when the active one becomes ``changed``.

    Parameters
    ----------
    panes : mapping of str to LinkedView
        All panes, the active one still as it was.
    active : str
        Which pane changes.
    changed : PlaneView
        What it becomes.
    setting : LinkSetting
        What is shared.
    """
    before = _pane(panes, active).view

    def follow(view: PlaneView) -> PlaneView:
        return _following(view, before, changed, setting)

    return _followed(panes, active, follow)


def _followed(
    panes: Mapping[str, LinkedView], active: str, follow: Callable[[PlaneView], PlaneView]
) -> LinkResult:
    source = _pane(panes, active)
    views: dict[str, PlaneView] = {}
    refused: dict[str, str] = {}
    for name, pane in panes.items():
        if name == active:
            continue
        if not same_space(source, pane):
            refused[name] = DIFFERENT_SPACE
            continue
        view = follow(pane.view)
        if view != pane.view:
            views[name] = view
    return LinkResult(views=views, refused=refused)


def _pane(panes: Mapping[str, LinkedView], name: str) -> LinkedView:
    if name not in panes:
        raise UsageError("This pane does not exist.", detail=name)
    return panes[name]


def _following(
    view: PlaneView, before: PlaneView, changed: PlaneView, setting: LinkSetting
) -> PlaneView:
    moved = np.subtract(changed.center_lps, before.center_lps)
    if setting.position and bool(np.any(np.abs(moved) > 1e-9)):
        view = _moved(view, changed, moved, pan=setting.pan)
    if setting.zoom and changed.field_mm != before.field_mm:
        view = replace(view, field_mm=changed.field_mm)
    if setting.slab:
        view = replace(
            view,
            slab_thickness_mm=changed.slab_thickness_mm,
            slab_mode=changed.slab_mode,
        )
    return view


def _moved(
    view: PlaneView, changed: PlaneView, moved: NDArray[np.float64], *, pan: bool
) -> PlaneView:
    """Return a parallel pane at the same depth and middle; a crossing one moved along itself."""
    if abs(float(np.dot(view.direction, changed.direction))) < PARALLEL_COSINE:
        return view
    if not pan:
        return view.through(changed.center_lps)
    shifted = view.centered(as_vector(np.asarray(view.center_lps) + moved))
    return shifted.through(changed.center_lps)


def _showing(view: PlaneView, point_lps: Vector) -> PlaneView:
    """Return the view with the point at most 45 % of the shown height from its middle."""
    offset = np.subtract(point_lps, view.center_lps)
    limit = 0.45 * view.field_mm
    sideways = max(
        abs(float(offset @ np.asarray(view.right))), abs(float(offset @ np.asarray(view.up)))
    )
    return view if sideways <= limit else view.centered(point_lps)
