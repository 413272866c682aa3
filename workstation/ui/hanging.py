"""Which series goes where: the layout for what a study holds.

Panes are given to a layout as slots; nothing here knows a widget. Windows: clinical presets for
CT, robust percentiles for MR, a fixed range for SUV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit, Volume, WindowSetting
from workstation.imaging.window import starting_window
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, PlaneView, SlabMode, as_vector
from workstation.rendering.slice_view import SliceLayer, fitted
from workstation.rendering.stack import snapped_to_axis
from workstation.ui.pane_state import PROJECTION_MM, PaneState, on_slice, space_of

FUSED_RANGE_SUV = WindowSetting(center=3.5, width=7.0)
PET_RANGE_SUV = WindowSetting(center=2.5, width=5.0)
PET_OPACITY = 0.62
CLOSE_UP_FIELD_MM = 90.0
AXIAL_FIELD_MM = 220.0
"""An axial pane shows at most this height: the vertebra, not the whole body."""
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
    center: PointLps | None = None,
    field_mm: float | None = None,
    note: str = "",
) -> PaneState:
    """Return a pane through a volume, fitted to it, on a slice of the volume.

    Parameters
    ----------
    volume : Volume
    plane : PlaneName
    center : PointLps, optional
        By default the middle of the volume.
    field_mm : float, optional
        Height shown, mm; by default the whole volume.
    note : str
        A word for the second line of the pane.
    """
    middle = center or volume.geometry.center_lps
    view = snapped_to_axis(volume.geometry, PlaneView.for_plane(plane, middle, 200.0))
    view = fitted(volume, view, NOMINAL_SIZE).through(middle)
    if field_mm is not None:
        view = replace(view, field_mm=min(field_mm, view.field_mm)).centered(middle)
    return on_slice(PaneState(layers=(grey_layer(volume),), view=view, note=note))


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
    state = slice_state(lower, plane)
    window = FUSED_RANGE_SUV if upper.unit is Unit.SUVBW else starting_window(upper)
    color = SliceLayer(
        volume=upper,
        window=window,
        color_map=ColorMap.HOT_IRON,
        opacity=PET_OPACITY,
        see_through=True,
    )
    return replace(state, layers=(*state.layers, color), note=f"fused {round(PET_OPACITY * 100)} %")


def projection_state(volume: Volume, plane: PlaneName) -> PaneState:
    """Return the maximum through the whole patient."""
    state = slice_state(volume, plane, note="MIP")
    view = replace(state.view, slab_thickness_mm=PROJECTION_MM, slab_mode=SlabMode.MAXIMUM)
    return state.with_view(view)


def single_layout(volume: Volume) -> Layout:
    """Return the layout for one volume: its planes, and 3D for CT."""
    axial_field = AXIAL_FIELD_MM if native_plane(volume) is not PlaneName.AXIAL else None
    slots = [
        _slot(slice_state(volume, PlaneName.SAGITTAL)),
        _slot(slice_state(volume, PlaneName.CORONAL)),
    ]
    if volume.unit is Unit.HU:
        slots.append(_slot(slice_state(volume, PlaneName.AXIAL)))
        slots.append(PaneSlot(kind=SlotKind.VOLUME, volume=volume))
        return Layout(name="CT spine", columns=2, slots=tuple(slots))
    close = slice_state(
        volume, PlaneName.SAGITTAL, field_mm=CLOSE_UP_FIELD_MM, note="close-up"
    )
    slots.append(_slot(close))
    slots.append(_slot(slice_state(volume, PlaneName.AXIAL, field_mm=axial_field)))
    name = "Spine MR, one series" if volume.identity.modality == "MR" else "One series"
    return Layout(name=name, columns=2, slots=tuple(slots))


def _slot(state: PaneState) -> PaneSlot:
    return PaneSlot(state=state)


def pet_ct_layout(anatomy: Volume, pet: Volume) -> Layout:
    """Return CT, PET, fused and a projection, all axial but the last."""
    return Layout(
        name="PET/CT" if anatomy.identity.modality == "CT" else "PET/MR",
        columns=2,
        slots=(
            _slot(slice_state(anatomy, PlaneName.AXIAL)),
            _slot(slice_state(pet, PlaneName.AXIAL)),
            _slot(fused_state(anatomy, pet, PlaneName.AXIAL)),
            _slot(projection_state(pet, PlaneName.CORONAL)),
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
