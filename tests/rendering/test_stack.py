import math
from dataclasses import replace

import numpy as np
import pytest

from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.stack import (
    SliceStack,
    aligned_axis,
    native_view,
    snapped_to_axis,
    voxel_step_mm,
)


@pytest.fixture
def axial_grid(volume_of):
    """Ten axial slices 3 mm apart from z = 100 up, 40 x 30 voxels of 0.5 mm."""
    array = np.zeros((10, 30, 40), np.int16)
    return volume_of(array, (0.5, 0.5, 3.0), (-10.0, -7.0, 100.0)).geometry


def view_of(geometry, name=PlaneName.AXIAL):
    return PlaneView.for_plane(name, geometry.center_lps, 50.0)


def test_native_stack_has_the_native_slices(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    assert (stack.count, stack.spacing_mm, stack.first_mm) == (10, 3.0, 100.0)
    assert stack.is_native
    assert stack.axis == 2
    assert not stack.reversed_axis


def test_reformatted_planes_step_by_the_voxels_they_cross(axial_grid):
    sagittal = SliceStack.along(axial_grid, (-1.0, 0.0, 0.0))
    assert (sagittal.count, sagittal.spacing_mm, sagittal.axis) == (40, 0.5, 0)
    # The first slice along the view direction is the one furthest left: x = 9.5.
    assert sagittal.first_mm == -9.5
    assert sagittal.reversed_axis
    assert sagittal.native_index(0) == 39


def test_first_and_last(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    view = view_of(axial_grid)
    assert stack.first(view).center_lps[2] == 100.0
    assert stack.last(view).center_lps[2] == 127.0
    assert stack.index_of(stack.last(view)) == 9


def test_steps_snap_to_slice_centers_and_stop_at_the_ends(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    view = view_of(axial_grid).through((0.0, 0.0, 106.4))
    assert stack.snapped(view).center_lps[2] == pytest.approx(106.0)
    assert stack.stepped(view, 1).center_lps[2] == pytest.approx(109.0)
    assert stack.stepped(view, -99).center_lps[2] == pytest.approx(100.0)
    assert stack.stepped(view, 99).center_lps[2] == pytest.approx(127.0)


def test_stepping_does_not_pan(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    view = view_of(axial_grid).panned(13.0, 4.0, (100, 80))
    assert stack.stepped(view, 2).center_lps[:2] == view.center_lps[:2]


def test_half_way_always_goes_to_the_higher_slice(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    assert [stack.nearest((0, 0, z)) for z in (101.5, 104.5, 107.5)] == [1, 2, 3]


def test_three_hundred_steps_end_on_the_right_slice(volume_of):
    geometry = volume_of(np.zeros((301, 2, 2), np.int16), (1.0, 1.0, 0.7)).geometry
    stack = SliceStack.along(geometry, (0.0, 0.0, 1.0))
    view = stack.first(view_of(geometry))
    for _ in range(300):
        view = stack.stepped(view, 1)
    assert stack.index_of(view) == 300
    assert view.center_lps[2] == pytest.approx(210.0, abs=1e-9)


def test_single_slice(volume_of):
    geometry = volume_of(np.zeros((1, 4, 4), np.int16), (1.0, 1.0, 5.0), (0, 0, 42.0)).geometry
    stack = SliceStack.along(geometry, (0.0, 0.0, 1.0))
    assert stack.count == 1
    assert stack.stepped(view_of(geometry), 3).center_lps[2] == 42.0


def test_slices_of_every_acquisition_lie_on_voxel_centers(volume_of, direction):
    geometry = volume_of(
        np.zeros((7, 6, 5), np.int16), (0.8, 0.9, 4.0), (3.0, -50.0, 12.0), direction
    ).geometry
    view = native_view(geometry, 40.0)
    stack = SliceStack.along(geometry, view.direction)
    assert stack.count == 7
    for index in range(7):
        shown = stack.at(view, index)
        k = geometry.lps_to_index(np.asarray(shown.center_lps))[2]
        assert k == pytest.approx(stack.native_index(index), abs=1e-9)


@pytest.mark.parametrize(
    ("acquired", "plane", "right", "up"),
    [
        ("axial", PlaneName.AXIAL, (1, 0, 0), (0, -1, 0)),
        ("sagittal", PlaneName.SAGITTAL, (0, 1, 0), (0, 0, 1)),
        ("coronal", PlaneName.CORONAL, (1, 0, 0), (0, 0, 1)),
        ("left-handed", PlaneName.AXIAL, (1, 0, 0), (0, -1, 0)),
    ],
)
def test_native_view_is_turned_as_readers_expect(
    volume_of, direction_named, acquired, plane, right, up
):
    geometry = volume_of(
        np.zeros((5, 6, 7), np.int16), direction=direction_named(acquired)
    ).geometry
    view = native_view(geometry, 40.0)
    assert view.plane_name is plane
    assert view.right == pytest.approx(right)
    assert view.up == pytest.approx(up)


def test_native_view_of_an_oblique_acquisition_follows_its_voxels(volume_of, direction_named):
    axes = direction_named("oblique")
    geometry = volume_of(np.zeros((5, 6, 7), np.int16), direction=axes).geometry
    view = native_view(geometry, 40.0)
    assert np.allclose(view.direction, axes[:, 2])
    assert np.allclose(view.up, -axes[:, 1])
    assert "L" in view.letters().right


def test_step_of_an_oblique_plane_crosses_one_voxel(volume_of):
    geometry = volume_of(np.zeros((10, 10, 10), np.int16), (1.0, 1.0, 2.0)).geometry
    assert voxel_step_mm(geometry, (0.0, 0.0, 1.0)) == pytest.approx(2.0)
    assert voxel_step_mm(geometry, (1.0, 0.0, 0.0)) == pytest.approx(1.0)
    half = math.sqrt(0.5)
    # One mm along (0, 1, 1)/√2 is 0.7071 voxels in j and 0.3536 in k.
    assert voxel_step_mm(geometry, (0.0, half, half)) == pytest.approx(
        1.0 / math.hypot(half, half / 2.0)
    )


def test_oblique_stack_is_centered_in_the_volume(volume_of):
    geometry = volume_of(np.zeros((20, 20, 20), np.int16)).geometry
    direction = (0.0, 0.6, 0.8)
    stack = SliceStack.along(geometry, direction)
    assert not stack.is_native
    # The corners reach 20 * (0.6 + 0.8) = 28 mm along the direction, at 1 mm a step.
    assert stack.spacing_mm == pytest.approx(1.0)
    assert stack.count == 28
    middle = stack.first_mm + (stack.count - 1) * stack.spacing_mm / 2.0
    assert middle == pytest.approx(float(np.dot(geometry.center_lps, direction)))


def test_aligned_axis_tolerates_less_than_a_degree(axial_grid):
    def tilted(degrees):
        angle = math.radians(degrees)
        return (0.0, math.sin(angle), math.cos(angle))

    assert aligned_axis(axial_grid, tilted(0.5)) == 2
    assert aligned_axis(axial_grid, tilted(1.0)) is None
    assert aligned_axis(axial_grid, (0.0, -1.0, 0.0)) == 1


def test_nearly_aligned_view_turns_onto_the_voxels(axial_grid):
    view = view_of(axial_grid).tilted((1, 0, 0), 0.5, axial_grid.center_lps)
    snapped = snapped_to_axis(axial_grid, view)
    assert snapped.direction == (0.0, 0.0, 1.0)
    assert snapped.right == pytest.approx((1.0, 0.0, 0.0))


def test_snapping_keeps_an_oblique_view_and_the_sign(axial_grid):
    oblique = view_of(axial_grid).tilted((1, 0, 0), 10.0, axial_grid.center_lps)
    assert snapped_to_axis(axial_grid, oblique) is oblique
    sagittal = view_of(axial_grid, PlaneName.SAGITTAL)
    assert snapped_to_axis(axial_grid, sagittal).direction == (-1.0, 0.0, 0.0)


def test_slab_and_zoom_survive_stepping(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    view = replace(view_of(axial_grid), slab_thickness_mm=6.0)
    stepped = stack.stepped(view, 1)
    assert stepped.slab_thickness_mm == 6.0
    assert stepped.field_mm == view.field_mm


@pytest.mark.parametrize("direction", [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.0, 0.6, 0.8)])
def test_index_and_position_are_inverse(axial_grid, direction):
    stack = SliceStack.along(axial_grid, direction)
    view = PlaneView.oblique(axial_grid.center_lps, direction, 50.0)
    for index in range(stack.count):
        assert stack.index_of(stack.at(view, index)) == index


def test_a_point_outside_belongs_to_the_nearest_end(axial_grid):
    stack = SliceStack.along(axial_grid, (0.0, 0.0, 1.0))
    assert stack.nearest((0.0, 0.0, -999.0)) == 0
    assert stack.nearest((0.0, 0.0, 999.0)) == 9
