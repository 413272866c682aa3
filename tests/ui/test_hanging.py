"""Which series goes where, how large, in which window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.window_support import SAGITTAL, make_volume
from workstation.app.protocol_data import PaneKind, Slab
from workstation.app.protocol_match import PanePlan
from workstation.imaging.volume import Unit, WindowSetting
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName, SlabMode
from workstation.ui.hang_plans import is_volume_plan, plan_of, planned_state, wanted_keys
from workstation.ui.hanging import (
    AXIAL_FIELD_MM,
    BODY_SOFT,
    SPINE_BONE,
    framed,
    native_plane,
    slice_state,
    spine_focus,
)
from workstation.ui.pane import Pane
from workstation.ui.pane_state import Framing

CORONAL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def mr(direction=SAGITTAL, series="1", **more):
    return make_volume(
        direction=direction, modality="MR", unit=Unit.ARBITRARY, series=series, **more
    )


def pet(**more):
    return make_volume(modality="PT", unit=Unit.SUVBW, series="pet", **more)


def plan(volume, plane=None, **more):
    return PanePlan(source=volume.key, plane=plane, **more)


def test_a_plan_names_its_window():
    volume = make_volume()
    state = planned_state(plan(volume, PlaneName.CORONAL, preset="Spine bone"), volume)
    assert state.window == SPINE_BONE
    assert state.view.plane_name is PlaneName.CORONAL
    assert state.framing is Framing.SPINE


def test_without_a_plane_the_images_own_is_shown():
    assert planned_state(plan(mr()), mr()).view.plane_name is PlaneName.SAGITTAL


def test_a_window_the_reader_set_stays_unless_the_plan_names_one():
    volume = make_volume()
    mine = WindowSetting(center=10.0, width=20.0)
    kept = {volume.key: mine}
    assert planned_state(plan(volume), volume, windows=kept).window == mine
    named = planned_state(plan(volume, preset="Bone"), volume, windows=kept)
    assert named.window != mine


def test_a_close_up_says_so_and_is_small():
    state = planned_state(plan(mr(), title="Close-up", field_mm=30.0), mr())
    assert state.note == "close-up"
    assert framed(state, (400, 300)).view.field_mm == pytest.approx(30.0)


def test_an_image_of_an_earlier_study_says_so():
    assert planned_state(plan(mr(), prior=True, title="Sagittal T1"), mr()).note == "prior"


@pytest.mark.parametrize(("modality", "unit"), [("CT", Unit.HU), ("MR", Unit.ARBITRARY)])
def test_pet_is_laid_over_in_color(modality, unit):
    lower, upper = make_volume(modality=modality, unit=unit), pet()
    fused = planned_state(
        plan(lower, PlaneName.AXIAL, fusion=upper.key, fusion_preset="SUV 0–10"), lower, upper
    )
    assert [layer.color_map for layer in fused.layers] == [ColorMap.GREY, ColorMap.HOT_IRON]
    assert fused.layers[1].see_through
    assert fused.layers[1].window == WindowSetting(center=5.0, width=10.0)
    assert fused.note == "fused 62 %"
    if modality == "CT":
        assert fused.layers[0].window == BODY_SOFT


def test_a_pet_alone_is_dark_on_white():
    state = planned_state(plan(pet(), PlaneName.AXIAL, preset="SUV 0–5"), pet())
    assert state.layers[0].color_map is ColorMap.INVERTED_GREY


def test_a_slab_has_its_thickness():
    slab = Slab(mode=SlabMode.MAXIMUM, thickness_mm=12.0)
    view = planned_state(plan(make_volume(), PlaneName.AXIAL, slab=slab), make_volume()).view
    assert (view.slab_thickness_mm, view.slab_mode) == (12.0, SlabMode.MAXIMUM)


def test_surfaces_and_whole_projections_want_a_3d_pane():
    volume = pet()
    through = Slab(mode=SlabMode.MAXIMUM)
    assert is_volume_plan(plan(volume, kind=PaneKind.VOLUME))
    assert is_volume_plan(plan(volume, PlaneName.CORONAL, slab=through))
    assert not is_volume_plan(plan(volume, PlaneName.CORONAL, slab=through, fusion=volume.key))
    assert not is_volume_plan(plan(volume, PlaneName.CORONAL))
    assert wanted_keys(plan(volume, fusion=make_volume().key)) == (volume.key, make_volume().key)


def test_a_pane_tells_the_plan_that_shows_it_again(qtbot):
    lower, upper = make_volume(), pet()
    wanted = plan(
        lower, PlaneName.CORONAL, preset="Spine bone", fusion=upper.key, fusion_preset="SUV 0–7"
    )
    pane = Pane(1)
    qtbot.addWidget(pane)
    assert plan_of(pane) is None
    pane.show_state(planned_state(wanted, lower, upper))
    told = plan_of(pane)
    assert told is not None
    assert told.shows == wanted.shows
    pane.close_view()


@pytest.mark.parametrize(
    ("direction", "plane"),
    [(np.eye(3), PlaneName.AXIAL), (SAGITTAL, PlaneName.SAGITTAL), (CORONAL, PlaneName.CORONAL)],
)
def test_the_native_plane_comes_from_the_directions(direction, plane):
    assert native_plane(make_volume(direction=direction)) is plane


@pytest.mark.parametrize("size", [(300, 600), (600, 300), (500, 500)])
@pytest.mark.parametrize("plane", list(PlaneName))
def test_the_whole_volume_fits_any_pane(size, plane):
    volume = make_volume()
    state = framed(slice_state(volume, plane), size)
    pixels = state.view.lps_to_pixel(volume.geometry.corners_lps(), size)
    assert pixels.min() >= -0.51
    assert (pixels <= np.array(size)).all()


def with_bone(center, radius_mm=8.0):
    volume = make_volume(shape=(40, 90, 90), center=(0.0, 0.0, 0.0))
    k, j, i = np.indices(volume.array.shape)
    points = volume.geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    near = np.linalg.norm(points[..., :2] - np.asarray(center), axis=-1) < radius_mm
    return replace(volume, array=np.where(near, 700.0, 0.0).astype(np.float32))


def test_a_ct_first_looks_at_its_bone():
    volume = with_bone((12.0, 21.0))
    x, y, _ = spine_focus(volume)
    assert (x, y) == pytest.approx((12.0, 21.0), abs=1.5)
    state = framed(slice_state(volume, PlaneName.AXIAL, framing=Framing.SPINE), (400, 400))
    assert state.view.center_lps[:2] == pytest.approx((x, y))
    assert state.view.field_mm <= AXIAL_FIELD_MM


def test_ribs_beside_the_midline_do_not_pull_the_first_look():
    volume = with_bone((0.0, 20.0))
    array = volume.array.copy()
    array[:, :30, 80:] = array[:, :30, :10] = 900.0
    focus = spine_focus(replace(volume, array=array))
    assert focus[:2] == pytest.approx((0.0, 20.0), abs=3.0)


def test_without_bone_the_middle_is_shown():
    volume = with_bone((0.0, 0.0), radius_mm=0.0)
    assert spine_focus(volume) == volume.geometry.center_lps
    assert spine_focus(mr()) == mr().geometry.center_lps
