"""What a pane shows and how it steps, on volumes of known geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.window_support import (
    AXIAL,
    PLANES,
    REVERSED,
    SAGITTAL,
    make_state,
    make_volume,
    oblique,
)
from workstation.imaging.volume import Unit
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.ui.pane_state import (
    PROJECTION_MM,
    at_slice,
    nearest_value,
    on_slice,
    slice_position,
    space_of,
    stepped,
    thickness_mm,
)


@pytest.mark.parametrize(
    ("plane", "axis", "sign"),
    [(PlaneName.AXIAL, 2, -1), (PlaneName.SAGITTAL, 0, 1), (PlaneName.CORONAL, 1, 1)],
)
@pytest.mark.parametrize("direction", [AXIAL, REVERSED, SAGITTAL])
def test_next_slice_lies_toward_feet_left_and_back(plane, axis, sign, direction):
    state = make_state(make_volume(direction=direction), plane)
    before = state.view.center_lps
    after = stepped(state, 1).view.center_lps
    moved = np.subtract(after, before)
    spacing = thickness_mm(state)
    assert moved[axis] == pytest.approx(sign * spacing)
    assert np.delete(moved, axis) == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("plane", PLANES)
def test_steps_stop_at_both_ends(plane):
    state = make_state(make_volume(), plane)
    count = slice_position(state).count
    first, last = stepped(state, -10_000), stepped(state, 10_000)
    assert slice_position(first).index == 0
    assert slice_position(last).index == count - 1
    assert slice_position(stepped(last, -1)).index == count - 2


def test_counts_are_those_of_the_voxel_axes():
    volume = make_volume(shape=(40, 60, 50))
    counts = {plane: slice_position(make_state(volume, plane)).count for plane in PLANES}
    assert counts == {PlaneName.AXIAL: 40, PlaneName.CORONAL: 60, PlaneName.SAGITTAL: 50}


def test_only_the_acquired_axis_counts_as_images():
    volume = make_volume(direction=SAGITTAL)
    acquired = {plane for plane in PLANES if slice_position(make_state(volume, plane)).acquired}
    assert acquired == {PlaneName.SAGITTAL}


def test_instance_numbers_are_shown_when_they_count_the_slices():
    falling = tuple(range(40, 0, -1))
    state = make_state(make_volume(slice_numbers=falling))
    first = at_slice(state, 0)
    # Slice k = 39 lies highest and was the first image.
    assert slice_position(first).number == 1
    assert slice_position(at_slice(state, 39)).number == 40


def test_instance_numbers_of_a_part_of_a_series_are_not_shown():
    state = make_state(make_volume(slice_numbers=tuple(range(100, 140))))
    assert slice_position(at_slice(state, 4)).number == 5


@pytest.mark.parametrize("index", [0, 7, 39])
def test_at_slice_reaches_the_slice(index):
    state = make_state(make_volume())
    assert slice_position(at_slice(state, index)).index == index


def test_on_slice_moves_less_than_half_a_slice():
    state = make_state(make_volume())
    away = state.with_view(state.view.scrolled(0.7))
    snapped = on_slice(away)
    assert abs(snapped.view.distance_mm(away.view.center_lps)) <= 1.0
    assert slice_position(snapped).index == slice_position(state).index


def test_oblique_planes_step_and_are_not_acquired():
    volume = make_volume()
    view = PlaneView.oblique((10.0, -20.0, 30.0), oblique(15.0)[:, 2], 80.0, PlaneName.AXIAL)
    state = make_state(volume).with_view(view)
    position = slice_position(state)
    assert not position.acquired
    moved = np.subtract(stepped(state, 3).view.center_lps, on_slice(state).view.center_lps)
    assert np.linalg.norm(moved) == pytest.approx(3 * position.step_mm)


def test_values_are_those_of_the_nearest_native_voxel():
    volume = make_volume()
    index = np.array([12.0, 31.0, 17.0])
    x, y, z = volume.geometry.index_to_lps(index)
    assert nearest_value(volume, (x + 0.3, y - 0.4, z + 0.9)) == pytest.approx(x + 2 * y + 3 * z)
    assert nearest_value(volume, (x, y, z + 400.0)) is None


def test_every_layer_gives_its_value_with_unit():
    ct, pet = make_volume(), make_volume(unit=Unit.SUVBW, modality="PT", series="9")
    state = make_state(ct)
    fused = state.with_layers((*state.layers, replace(state.layers[0], volume=pet)))
    units = [unit for _, unit in fused.value_at((10.0, -20.0, 30.0))]
    assert units == [Unit.HU, Unit.SUVBW]


def test_a_volume_without_a_frame_has_a_space_of_its_own():
    one, other = make_volume(frame="", series="1"), make_volume(frame="", series="2")
    assert space_of(one) != space_of(other)
    assert space_of(make_volume(frame="7")) == "7"


def test_a_projection_has_no_slices_to_step():
    state = make_state(make_volume())
    thick = state.with_view(replace(state.view, slab_thickness_mm=PROJECTION_MM))
    assert thick.is_projection
    assert stepped(thick, 3) is thick
