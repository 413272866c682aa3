"""How a volume is first shown in a pane: place, zoom and window.

Nothing here knows a widget. Windows: clinical presets for CT, robust percentiles for MR, a fixed
range for SUV.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit, Volume, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, PlaneView, as_vector
from workstation.rendering.slice_view import SliceLayer, fitted
from workstation.rendering.stack import snapped_to_axis
from workstation.ui.pane_state import Framing, PaneState, on_slice

FUSED_RANGE_SUV = WindowSetting(center=3.5, width=7.0)
PET_RANGE_SUV = WindowSetting(center=2.5, width=5.0)
PET_OPACITY = 0.62
CLOSE_UP_FIELD_MM = 90.0
AXIAL_FIELD_MM = 180.0
"""An axial pane shows this height at first: the vertebra, not the whole body."""
SHORTEST_FIELD_MM = 110.0
LENGTH_MARGIN = 1.04
DENSE_HU = 250.0
MIDLINE_REACHES_MM = (60.0, 25.0)
"""Distances from the midline within which dense voxels count, first coarse, then fine."""
FOCUS_SAMPLES = 64
SPINE_BONE = WindowSetting(center=400.0, width=1800.0)
BODY_SOFT = WindowSetting(center=50.0, width=350.0)
NOMINAL_SIZE = (588, 375)
"""Pane a layout is fitted to before the real one is known; refitted on first show."""


def native_plane(volume: Volume) -> PlaneName:
    """Return the plane of the acquired images."""
    normal = as_vector(volume.geometry.direction[:, 2])
    return PlaneView.oblique(volume.geometry.center_lps, normal, 100.0).plane_name


def slice_state(
    volume: Volume,
    plane: PlaneName,
    *,
    framing: Framing = Framing.WHOLE,
    window: WindowSetting | None = None,
    note: str = "",
    field_mm: float | None = None,
) -> PaneState:
    """Return a pane through a volume, on a slice of it.

    Parameters
    ----------
    volume : Volume
    plane : PlaneName
    framing : Framing
        How much is shown at first.
    window : WindowSetting, optional
        By default the starting window of the volume.
    note : str
        A word for the second line of the pane.
    field_mm : float, optional
        Height shown at first, where a layout says so.
    """
    middle = spine_focus(volume) if framing is not Framing.WHOLE else volume.geometry.center_lps
    view = snapped_to_axis(volume.geometry, PlaneView.for_plane(plane, middle, 200.0))
    layer = grey_layer(volume)
    if window is not None:
        layer = replace(layer, window=window)
    state = PaneState(
        layers=(layer,), view=view, note=note, framing=framing, first_field_mm=field_mm
    )
    return framed(state, NOMINAL_SIZE)


def framed(state: PaneState, size: tuple[int, int]) -> PaneState:
    """Return a pane as it is first shown at a size: zoom and place by its framing.

    Parameters
    ----------
    state : PaneState
    size : tuple of int
        Width and height of the pane, logical px.
    """
    volume = state.volume
    middle = volume.geometry.center_lps
    if state.framing is not Framing.WHOLE:
        middle = spine_focus(volume)
    whole = fitted(volume, state.view.centered(middle), size)
    field_mm = whole.field_mm
    if state.framing is Framing.CLOSE:
        field_mm = min(field_mm, CLOSE_UP_FIELD_MM)
    elif state.framing is Framing.SPINE:
        field_mm = min(field_mm, _spine_field_mm(state))
    field_mm = min(field_mm, state.first_field_mm or field_mm)
    view = whole if state.framing is Framing.WHOLE else state.view.centered(middle)
    return on_slice(state.with_view(replace(view, field_mm=field_mm)))


def _spine_field_mm(state: PaneState) -> float:
    """Return the height that shows the spine large: the whole length, or one vertebra axially."""
    if state.view.plane_name is PlaneName.AXIAL:
        return AXIAL_FIELD_MM
    corners = state.volume.geometry.corners_lps()
    length = float(np.ptp(corners @ np.asarray(state.view.up)))
    return max(length * LENGTH_MARGIN, SHORTEST_FIELD_MM)


def spine_focus(volume: Volume) -> PointLps:
    """Return where a pane first looks: the middle of the bone of a CT, else of the volume.

    The middle is the median of dense voxels near the midline, which the vertebrae dominate; it
    only chooses the first view and is never taken for a level.
    """
    x, y, z = volume.geometry.center_lps
    if volume.unit is not Unit.HU:
        return (x, y, z)
    step = max(min(volume.geometry.shape_kji) // FOCUS_SAMPLES, 1)
    dense = np.argwhere(volume.array[::step, ::step, ::step] > DENSE_HU)
    if len(dense) == 0:
        return (x, y, z)
    points = volume.geometry.index_to_lps(dense[:, ::-1].astype(np.float64) * step)
    for reach in MIDLINE_REACHES_MM:
        near = points[np.abs(points[:, 0] - x) < reach]
        if len(near) == 0:
            break
        x, y = (float(value) for value in np.median(near[:, :2], axis=0))
    return (x, y, z)


def grey_layer(volume: Volume) -> SliceLayer:
    """Return a volume as it is first shown on its own: PET dark on white, all else grey."""
    if is_pet(volume):
        return SliceLayer(
            volume=volume, window=pet_window(volume), color_map=ColorMap.INVERTED_GREY
        )
    return SliceLayer(volume=volume, window=starting_window(volume))


def is_pet(volume: Volume) -> bool:
    """Whether a volume is a PET, whatever its unit."""
    return volume.identity.modality == "PT"


def pet_window(volume: Volume) -> WindowSetting:
    """Return SUV 0 to 5, or the range of the values where there is no SUV."""
    return PET_RANGE_SUV if volume.unit is Unit.SUVBW else starting_window(volume)
