"""From the plan of a pane to what it shows, and back from a pane to its plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from workstation.app.protocol_data import PaneKind, Slab
from workstation.app.protocol_match import PanePlan
from workstation.imaging.volume import Unit, Volume, VolumeKey, WindowSetting
from workstation.imaging.window import presets_for, starting_window
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, PlaneView, SlabMode
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.hanging import (
    BODY_SOFT,
    FUSED_RANGE_SUV,
    PET_OPACITY,
    is_pet,
    native_plane,
    slice_state,
)
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_frame import PaneFrame
from workstation.ui.pane_state import PROJECTION_MM, Framing, PaneState

VolumeOf = Callable[[VolumeKey], Volume | None]

CLOSE_UP = "Close-up"
"""Title of panes that show one vertebra large."""


def is_volume_plan(plan: PanePlan) -> bool:
    """Whether a plan wants a 3D pane: a surface, or the rotating projection of a PET."""
    through = plan.slab is not None and plan.slab.thickness_mm is None
    return plan.kind is PaneKind.VOLUME or (
        plan.kind is PaneKind.SLICE and through and plan.fusion is None
    )


def wanted_keys(plan: PanePlan) -> tuple[VolumeKey, ...]:
    """Return the volumes that a plan needs."""
    keys = (plan.volume, plan.fusion)
    return tuple(key for key in keys if key is not None)


def planned_state(
    plan: PanePlan,
    volume: Volume,
    fused: Volume | None = None,
    windows: Mapping[VolumeKey, WindowSetting] | None = None,
) -> PaneState:
    """Return what a 2D pane of a plan shows.

    Parameters
    ----------
    plan : PanePlan
    volume : Volume
    fused : Volume, optional
        Laid over in color.
    windows : mapping, optional
        The windows the reader has set; a preset of the plan comes before them.
    """
    plane = plan.plane or native_plane(volume)
    kept = (windows or {}).get(volume.key)
    window = preset_window(volume, plan.preset) or kept
    if fused is not None and window is None and volume.unit is Unit.HU:
        window = BODY_SOFT
    state = slice_state(
        volume,
        plane,
        framing=_framing(plan, volume, plane),
        window=window,
        note=_note(plan),
        field_mm=plan.field_mm,
    )
    if fused is not None:
        return with_fusion(state, fused, preset_window(fused, plan.fusion_preset))
    if plan.slab is not None:
        return state.with_view(_thick(state, plan.slab))
    return state


def with_fusion(state: PaneState, upper: Volume, window: WindowSetting | None = None) -> PaneState:
    """Return a pane with a volume of the same space laid over in color."""
    usual = FUSED_RANGE_SUV if upper.unit is Unit.SUVBW else starting_window(upper)
    color = SliceLayer(
        volume=upper,
        window=window or usual,
        color_map=ColorMap.HOT_IRON,
        opacity=PET_OPACITY,
        see_through=True,
    )
    return replace(state, layers=(state.layers[0], color), note=blend_note(PET_OPACITY))


def blend_note(opacity: float) -> str:
    """Return how a fused pane names its blend."""
    return f"fused {round(opacity * 100)} %"


def preset_window(volume: Volume, name: str) -> WindowSetting | None:
    """Return a named window where the kind of image has it."""
    found = (item.setting for item in presets_for(volume) if item.name == name)
    return next(found, None)


def plan_of(pane: PaneFrame) -> PanePlan | None:
    """Return the plan that would show again what a pane shows; None for an empty pane."""
    if isinstance(pane, Pane3d) and pane.volume is not None:
        return _volume_plan(pane.volume)
    if not isinstance(pane, Pane) or pane.state is None:
        return None
    return _slice_plan(pane.state)


def _volume_plan(volume: Volume) -> PanePlan:
    if is_pet(volume):
        return PanePlan(
            source=volume.key,
            plane=PlaneName.CORONAL,
            slab=Slab(mode=SlabMode.MAXIMUM),
            title="PET MIP",
        )
    return PanePlan(kind=PaneKind.VOLUME, source=volume.key, title="Bone surface")


def _slice_plan(state: PaneState) -> PanePlan:
    upper = state.layers[-1] if len(state.layers) > 1 else None
    plane = state.view.plane_name
    thick = state.view.slab_thickness_mm
    return PanePlan(
        source=state.volume.key,
        plane=plane,
        native=plane is native_plane(state.volume),
        preset=_preset_name(state.layers[0]),
        fusion=upper.volume.key if upper is not None else None,
        fusion_preset=_preset_name(upper) if upper is not None else "",
        slab=Slab(mode=state.view.slab_mode, thickness_mm=thick) if thick > 0 else None,
        field_mm=state.first_field_mm,
        title="" if upper is not None else state.note,
    )


def _note(plan: PanePlan) -> str:
    """Return the word of the second line: what the image itself does not tell."""
    if plan.prior:
        return "prior"
    return "close-up" if plan.title == CLOSE_UP else ""


def _preset_name(layer: SliceLayer) -> str:
    presets = presets_for(layer.volume)
    return next((item.name for item in presets if item.setting == layer.window), "")


def _framing(plan: PanePlan, volume: Volume, plane: PlaneName) -> Framing:
    if plan.field_mm is not None:
        return Framing.SPINE
    if plan.fusion is not None or is_pet(volume):
        return Framing.WHOLE
    if volume.unit is Unit.HU:
        return Framing.WHOLE if plan.preset == "Soft tissue" else Framing.SPINE
    reformat = plane is not native_plane(volume)
    return Framing.SPINE if reformat and plane is PlaneName.AXIAL else Framing.WHOLE


def _thick(state: PaneState, slab: Slab) -> PlaneView:
    thickness = slab.thickness_mm or 2.0 * PROJECTION_MM
    return replace(state.view, slab_thickness_mm=thickness, slab_mode=slab.mode)
