"""Which series goes where, how large, in which window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.window_support import OTHER_FRAME, SAGITTAL, make_volume
from workstation.imaging.volume import Unit
from workstation.rendering.color_map import ColorMap
from workstation.rendering.plane import PlaneName
from workstation.ui.hanging import (
    AXIAL_FIELD_MM,
    BODY_SOFT,
    CLOSE_UP_FIELD_MM,
    SPINE_BONE,
    SlotKind,
    framed,
    hang,
    native_plane,
    slice_state,
    spine_focus,
)
from workstation.ui.pane_state import Framing

CORONAL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def mr(direction=SAGITTAL, series="1", **more):
    return make_volume(
        direction=direction, modality="MR", unit=Unit.ARBITRARY, series=series, **more
    )


def pet(**more):
    return make_volume(modality="PT", unit=Unit.SUVBW, series="pet", **more)


def planes(layout):
    return [slot.state.view.plane_name for slot in layout.slots if slot.state is not None]


def test_a_ct_is_hung_in_bone_with_its_surface():
    layout = hang([make_volume()])
    assert layout.name == "CT spine"
    assert planes(layout) == [PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL]
    assert layout.slots[3].kind is SlotKind.VOLUME
    assert {slot.state.window for slot in layout.slots[:3]} == {SPINE_BONE}


def test_one_mr_series_has_a_close_up_and_a_small_axial():
    layout = hang([mr()])
    assert layout.name == "Spine MR, one series"
    sagittal, coronal, axial = PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL
    assert planes(layout) == [sagittal, coronal, sagittal, axial]
    close = layout.slots[2].state
    assert (close.note, close.framing) == ("close-up", Framing.CLOSE)
    assert close.view.field_mm <= CLOSE_UP_FIELD_MM


def test_several_mr_series_hang_sagittal_first_then_axial():
    layout = hang([mr(np.eye(3), "ax"), mr(series="t1"), mr(series="t2"), mr(series="stir")])
    uids = [slot.state.volume.identity.series_uid for slot in layout.slots]
    assert uids == ["t1", "t2", "stir", "ax"]


def test_two_mr_series_fill_the_grid_with_reformats():
    layout = hang([mr(series="t1"), mr(series="t2")])
    assert len(layout.slots) == 4
    assert planes(layout)[2:] == [PlaneName.CORONAL, PlaneName.AXIAL]


@pytest.mark.parametrize(("modality", "name"), [("CT", "PET/CT"), ("MR", "PET/MR")])
def test_pet_is_fused_with_what_shares_its_space(modality, name):
    unit = Unit.HU if modality == "CT" else Unit.ARBITRARY
    layout = hang([make_volume(modality=modality, unit=unit), pet()])
    assert layout.name == name
    fused = layout.slots[2].state
    assert [layer.color_map for layer in fused.layers] == [ColorMap.GREY, ColorMap.HOT_IRON]
    assert fused.layers[1].see_through
    assert layout.slots[1].state.layers[0].color_map is ColorMap.INVERTED_GREY
    assert layout.slots[3].volume is fused.layers[1].volume
    if modality == "CT":
        assert layout.slots[0].state.window == BODY_SOFT


def test_pet_of_another_space_is_not_fused():
    layout = hang([make_volume(), pet(frame=OTHER_FRAME)])
    assert layout.name == "CT spine"


def test_ct_is_preferred_to_mr_below_pet():
    layout = hang([mr(np.eye(3)), make_volume(series="ct"), pet()])
    assert layout.slots[0].state.volume.identity.series_uid == "ct"


def test_a_pet_alone_is_shown():
    layout = hang([pet()])
    assert layout.slots[0].state.volume.identity.modality == "PT"


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
