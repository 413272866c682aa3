"""What a pane shows, as a frozen value, and how it steps through the slices of its volume."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.volume import Unit, Volume, WindowSetting
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.slice_view import SliceLayer
from workstation.rendering.stack import SliceStack

NEXT_SIGN: dict[PlaneName, float] = {
    PlaneName.AXIAL: -1.0,
    PlaneName.SAGITTAL: -1.0,
    PlaneName.CORONAL: 1.0,
}
"""Which way along the view direction the next slice lies: to the feet, to the left, to the back."""
ACQUIRED_AXIS = 2
"""Voxel axis across the acquired images."""


class Framing(StrEnum):
    """How much of a volume a pane shows at first."""

    WHOLE = "whole"
    SPINE = "spine"
    """The length of the spine, or one vertebra in an axial plane."""
    CLOSE = "close-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneState:
    """What a 2D pane shows.

    Parameters
    ----------
    layers : tuple of SliceLayer
        From below; at least one.
    view : PlaneView
    level : VertebralLevel or None
        The vertebra whose end-plate the plane follows, where it follows one.
    note : str
        A word about the pane's use ("close-up", "MIP"), shown in its second line.
    framing : Framing
        How much the pane shows at first and after a reset.
    first_field_mm : float or None
        Height shown at first, mm, where a layout says so.
    """

    layers: tuple[SliceLayer, ...]
    view: PlaneView
    level: VertebralLevel | None = None
    note: str = ""
    framing: Framing = Framing.WHOLE
    first_field_mm: float | None = None

    @property
    def volume(self) -> Volume:
        """The volume that the slices of the pane follow."""
        return self.layers[0].volume

    @property
    def window(self) -> WindowSetting:
        """The window of the uppermost layer, which the window tool changes."""
        return self.layers[-1].window

    @property
    def frame_of_reference_uid(self) -> str:
        """The space that the pane shows; a volume without one has a space of its own."""
        return space_of(self.volume)

    @property
    def is_projection(self) -> bool:
        """Whether the pane shows the whole depth of the volume at once."""
        return self.view.slab_thickness_mm >= PROJECTION_MM

    def with_view(self, view: PlaneView) -> PaneState:
        """Return the state looking elsewhere."""
        return replace(self, view=view)

    def with_window(self, window: WindowSetting) -> PaneState:
        """Return the state with the window of its uppermost layer replaced."""
        upper = replace(self.layers[-1], window=window)
        return replace(self, layers=(*self.layers[:-1], upper))

    def with_layers(self, layers: tuple[SliceLayer, ...]) -> PaneState:
        """Return the state showing other layers in the same plane."""
        return replace(self, layers=layers)

    def value_at(self, point_lps: PointLps) -> tuple[tuple[float, Unit], ...]:
        """Return (value, unit) of the voxel of each layer nearest to a point; empty outside."""
        found = []
        for layer in self.layers:
            value = nearest_value(layer.volume, point_lps)
            if value is not None:
                found.append((value, layer.volume.unit))
        return tuple(found)


PROJECTION_MM = 400.0
"""Slabs this thick are projections through the patient, without a slice position."""


def space_of(volume: Volume) -> str:
    """Return the frame of reference of a volume, or a name of its own where it states none."""
    identity = volume.identity
    return identity.frame_of_reference_uid or f"only-{identity.series_uid}"


def nearest_value(volume: Volume, point_lps: PointLps) -> float | None:
    """Return the value of the native voxel nearest to a point, or None outside the volume."""
    if not volume.geometry.contains(point_lps):
        return None
    index = volume.geometry.lps_to_index(np.asarray(point_lps))
    upper = np.asarray(volume.geometry.size_ijk) - 1
    i, j, k = (int(value) for value in np.clip(np.rint(index), 0, upper))
    return float(volume.array[k, j, i])


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicePosition:
    """Where a pane stands among the slices of its volume.

    Parameters
    ----------
    index : int
        Counted from 0 in reading order: from the head, the right and the front.
    count : int
    step_mm : float
        Distance from one slice to the next, mm.
    acquired : bool
        Whether the slices are the acquired images themselves.
    number : int
        The position as it is shown, from 1; the Instance Number where those are 1 to n.
    """

    index: int
    count: int
    step_mm: float
    acquired: bool
    number: int


def slice_position(state: PaneState) -> SlicePosition:
    """Return where a pane stands among the slices of its volume."""
    stack = _stack(state)
    raw = stack.index_of(state.view)
    forward = NEXT_SIGN[state.view.plane_name] > 0
    index = raw if forward else stack.count - 1 - raw
    acquired = stack.axis == ACQUIRED_AXIS
    number = _instance_number(state.volume, stack.native_index(raw)) if acquired else None
    return SlicePosition(
        index=index,
        count=stack.count,
        step_mm=stack.spacing_mm,
        acquired=acquired,
        number=number or index + 1,
    )


def _stack(state: PaneState) -> SliceStack:
    return SliceStack.along(state.volume.geometry, state.view.direction)


def _instance_number(volume: Volume, k: int) -> int | None:
    """Return the Instance Number of slice k where the numbers are 1 to n, each once."""
    numbers = volume.slice_numbers
    count = volume.geometry.shape_kji[0]
    if len(numbers) != count or sorted(numbers) != list(range(1, count + 1)):
        return None
    return numbers[k]


def stepped(state: PaneState, steps: int) -> PaneState:
    """Return the state ``steps`` slices further in reading order, never past the ends."""
    if state.is_projection:
        return state
    sign = int(NEXT_SIGN[state.view.plane_name])
    return state.with_view(_stack(state).stepped(state.view, sign * steps))


def at_slice(state: PaneState, index: int) -> PaneState:
    """Return the state at a slice counted from 0 in reading order; beyond the ends it stops."""
    return stepped(state, index - slice_position(state).index)


def on_slice(state: PaneState) -> PaneState:
    """Return the state with its plane exactly on the nearest slice."""
    return stepped(state, 0)


def thickness_mm(state: PaneState) -> float:
    """Return the thickness shown: the slab, or the distance of the slices, mm."""
    return state.view.slab_thickness_mm or _stack(state).spacing_mm
