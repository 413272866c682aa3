"""Which series goes where: the layout for what a study holds.

Panes are given to a layout as slots; nothing here knows a widget. Windows: clinical presets for
CT, robust percentiles for MR, a fixed range for SUV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit, Volume, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, PlaneView, as_vector
from workstation.rendering.slice_view import SliceLayer, fitted
from workstation.rendering.stack import snapped_to_axis
from workstation.ui.pane_state import Framing, PaneState, on_slice, space_of

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


class SlotKind(StrEnum):
    """What a slot is."""

    SLICE = "slice"
    VOLUME = "3d"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneSlot:
    """One place of a layout.

    Parameters
    ----------
    kind : SlotKind
    state : PaneState or None
        What a 2D pane shows.
    volume : Volume or None
        What a 3D pane shows.
    """

    kind: SlotKind = SlotKind.SLICE
    state: PaneState | None = None
    volume: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A grid of slots with a name, row by row.

    Parameters
    ----------
    name : str
        As shown in the toolbar: "CT spine".
    columns : int
    slots : tuple of PaneSlot
    """

    name: str
    columns: int
    slots: tuple[PaneSlot, ...]


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
    """
    middle = spine_focus(volume) if framing is not Framing.WHOLE else volume.geometry.center_lps
    view = snapped_to_axis(volume.geometry, PlaneView.for_plane(plane, middle, 200.0))
    layer = grey_layer(volume)
    if window is not None:
        layer = replace(layer, window=window)
    state = PaneState(layers=(layer,), view=view, note=note, framing=framing)
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


def fused_state(lower: Volume, upper: Volume, plane: PlaneName) -> PaneState:
    """Return a PET over the anatomy of the same space."""
    state = slice_state(lower, plane, window=BODY_SOFT if lower.unit is Unit.HU else None)
    window = FUSED_RANGE_SUV if upper.unit is Unit.SUVBW else starting_window(upper)
    color = SliceLayer(
        volume=upper,
        window=window,
        color_map=ColorMap.HOT_IRON,
        opacity=PET_OPACITY,
        see_through=True,
    )
    return replace(state, layers=(*state.layers, color), note=f"fused {round(PET_OPACITY * 100)} %")


def single_layout(volume: Volume) -> Layout:
    """Return the layout for one volume: its planes, and 3D for CT."""
    if volume.unit is Unit.HU:
        planes = (PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL)
        states = [
            slice_state(volume, plane, framing=Framing.SPINE, window=SPINE_BONE) for plane in planes
        ]
        bone = PaneSlot(kind=SlotKind.VOLUME, volume=volume)
        return Layout(name="CT spine", columns=2, slots=(*map(_slot, states), bone))
    sagittal, coronal = PlaneName.SAGITTAL, PlaneName.CORONAL
    states = [
        slice_state(volume, sagittal),
        slice_state(volume, coronal),
        slice_state(volume, sagittal, framing=Framing.CLOSE, note="close-up"),
        slice_state(volume, PlaneName.AXIAL, framing=Framing.SPINE),
    ]
    name = "Spine MR, one series" if volume.identity.modality == "MR" else "One series"
    return Layout(name=name, columns=2, slots=tuple(map(_slot, states)))


def _slot(state: PaneState) -> PaneSlot:
    return PaneSlot(state=state)


def pet_ct_layout(anatomy: Volume, pet: Volume) -> Layout:
    """Return CT, PET and both fused, axial, and the projection of the PET."""
    window = BODY_SOFT if anatomy.unit is Unit.HU else None
    return Layout(
        name="PET/CT" if anatomy.identity.modality == "CT" else "PET/MR",
        columns=2,
        slots=(
            _slot(slice_state(anatomy, PlaneName.AXIAL, window=window)),
            _slot(slice_state(pet, PlaneName.AXIAL)),
            _slot(fused_state(anatomy, pet, PlaneName.AXIAL)),
            PaneSlot(kind=SlotKind.VOLUME, volume=pet),
        ),
    )


def several_layout(volumes: Sequence[Volume]) -> Layout:
    """Return up to three sagittal series and an axial one."""
    sagittal = [item for item in volumes if native_plane(item) is PlaneName.SAGITTAL][:3]
    axial = [item for item in volumes if native_plane(item) is PlaneName.AXIAL][:1]
    chosen = [*sagittal, *axial]
    rest = [item for item in volumes if item not in chosen]
    chosen += rest[: 4 - len(chosen)]
    slots = [_slot(slice_state(item, native_plane(item))) for item in chosen]
    first = chosen[0]
    for plane in (PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL):
        if len(slots) < 4 and native_plane(first) is not plane:
            slots.append(_slot(slice_state(first, plane)))
    return Layout(name="Spine MR", columns=2, slots=tuple(slots))


def hang(volumes: Sequence[Volume]) -> Layout:
    """Return the layout for the volumes of a study that are in memory.

    Parameters
    ----------
    volumes : sequence of Volume
        At least one, in the order of the study list.
    """
    pets = [item for item in volumes if is_pet(item)]
    anatomy = [item for item in volumes if not is_pet(item)]
    for modality in ("CT", "MR"):
        for lower in anatomy:
            match = [pet for pet in pets if space_of(pet) == space_of(lower)]
            if lower.identity.modality == modality and match:
                return pet_ct_layout(lower, match[0])
    if len(anatomy) > 1 and all(item.identity.modality == "MR" for item in anatomy):
        return several_layout(anatomy)
    return single_layout(anatomy[0] if anatomy else volumes[0])
