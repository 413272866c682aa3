"""Sampling on every orientation of the grid, at its borders and beyond, against exact fields."""

import itertools

import numpy as np
import pytest

from tests.support.frames import volume_of
from workstation.imaging.resample import (
    interpolate,
    nearest_index,
    nearest_kji,
    reformat,
    sample_linear,
    sample_nearest,
)

SIZE_KJI = (5, 6, 7)
SPACING = (1.5, 2.0, 3.0)
ORIGIN = (-11.0, 7.0, 23.0)


def signed_permutations():
    """Every grid whose axes lie along the body axes, both handednesses: 48 of them."""
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            for column, (row, sign) in enumerate(zip(order, signs, strict=True)):
                matrix[row, column] = sign
            yield matrix


def turned(x_deg, y_deg, z_deg):
    a, b, c = np.radians([x_deg, y_deg, z_deg])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


ORIENTATIONS = [
    *signed_permutations(),
    *(turned(*angles) for angles in ((20, 0, 0), (0, 35, 0), (0, 0, 50), (20, -35, 50))),
    turned(12, 40, -75) @ np.diag([1.0, 1.0, -1.0]),
]


def field(points):
    """A field that is linear in space, so that trilinear sampling must reproduce it."""
    return 100.0 + 3.0 * points[..., 0] - 5.0 * points[..., 1] + 7.0 * points[..., 2]


def index_grid(shape_kji=SIZE_KJI):
    k, j, i = np.meshgrid(*(np.arange(float(n)) for n in shape_kji), indexing="ij")
    return np.stack([i, j, k], axis=-1)


def field_volume(direction, **changes):
    empty = volume_of(
        np.zeros(SIZE_KJI, np.float32), spacing=SPACING, origin=ORIGIN, direction=direction
    )
    values = field(empty.geometry.index_to_lps(index_grid()))
    return volume_of(
        values.astype(np.float64), spacing=SPACING, origin=ORIGIN, direction=direction, **changes
    )


@pytest.mark.parametrize("number", range(len(ORIENTATIONS)))
class TestEveryOrientation:
    @pytest.fixture
    def volume(self, number):
        return field_volume(ORIENTATIONS[number])

    def test_a_linear_field_is_reproduced_between_voxels(self, volume):
        rng = np.random.default_rng(11)
        inner = rng.uniform(0.0, 1.0, (60, 3)) * (np.array(SIZE_KJI[::-1]) - 1)
        points = volume.geometry.index_to_lps(inner)
        assert sample_linear(volume, points) == pytest.approx(field(points))

    def test_voxel_centers_give_their_voxel(self, volume):
        points = volume.geometry.index_to_lps(index_grid())
        assert sample_nearest(volume, points) == pytest.approx(volume.array)
        assert sample_linear(volume, points) == pytest.approx(volume.array)

    def test_index_and_point_go_back_and_forth(self, volume):
        indices = np.random.default_rng(5).uniform(-3.0, 9.0, (40, 3))
        points = volume.geometry.index_to_lps(indices)
        assert volume.geometry.lps_to_index(points) == pytest.approx(indices)
        affine = volume.geometry.affine
        by_affine = indices @ affine[:3, :3].T + affine[:3, 3]
        assert points == pytest.approx(by_affine)

    def test_a_reformat_in_body_axes_shows_the_field(self, volume):
        center = volume.geometry.center_lps
        plane = reformat(volume, center, ((1, 0, 0), (0, 0, -1)), (3, 5), 0.5)
        for row in range(5):
            for column in range(3):
                at = np.add(center, ((column - 1) * 0.5, 0.0, -(row - 2) * 0.5))
                assert plane[row, column] == pytest.approx(float(field(at)))

    def test_the_center_is_the_mean_of_the_corners(self, volume):
        corners = volume.geometry.corners_lps()
        assert corners.mean(axis=0) == pytest.approx(volume.geometry.center_lps)
        sides = np.linalg.norm(corners[[1, 2, 4]] - corners[0], axis=1)
        assert sides == pytest.approx([5 * 3.0, 6 * 2.0, 7 * 1.5])


@pytest.mark.parametrize(
    ("index", "linear", "nearest"),
    [
        ((-0.5, 0, 0), 0.0, 0.0),
        ((-0.51, 0, 0), None, None),
        ((3.5, 0, 0), 3.0, 3.0),
        ((3.51, 0, 0), None, None),
        ((3.25, 0, 0), 3.0, 3.0),
        ((0, -0.5, 0), 0.0, 0.0),
        ((0, -0.6, 0), None, None),
        ((0, 2.5, 0), 20.0, 20.0),
        ((0, 2.6, 0), None, None),
        ((0, 0, -0.5), 0.0, 0.0),
        ((0, 0, 1.5), 100.0, 100.0),
        ((0, 0, 1.6), None, None),
        ((0.4, 1.4, 0.4), 54.4, 10.0),
        ((0.5, 0, 0), 0.5, 1.0),
        ((1.5, 0, 0), 1.5, 2.0),
        ((3.4, 2.4, 1.4), 123.0, 123.0),
        ((-0.4, -0.4, -0.4), 0.0, 0.0),
        ((100, 0, 0), None, None),
    ],
)
def test_borders_of_the_grid(index, linear, nearest):
    k, j, i = np.meshgrid(range(2), range(3), range(4), indexing="ij")
    volume = volume_of((100 * k + 10 * j + i).astype(np.int16))
    point = np.array(index, dtype=np.float64)
    for sampled, expected in (
        (sample_linear(volume, point), linear),
        (sample_nearest(volume, point), nearest),
    ):
        if expected is None:
            assert np.isnan(sampled)
        else:
            assert sampled == pytest.approx(expected)


@pytest.mark.parametrize("sample", [sample_linear, sample_nearest])
@pytest.mark.parametrize("outside", [-1024.0, 0.0, 7.5])
def test_the_value_outside_can_be_chosen(sample, outside):
    volume = volume_of(np.full((2, 2, 2), 5, np.int16))
    points = np.array([[0.0, 0.0, 0.0], [50.0, 0.0, 0.0]])
    assert sample(volume, points, outside).tolist() == [5.0, outside]


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_answers_have_the_shape_of_the_points(shape):
    volume = volume_of(np.arange(8, dtype=np.int16).reshape(2, 2, 2))
    points = np.zeros((*shape, 3))
    assert sample_linear(volume, points).shape == shape
    assert sample_nearest(volume, points).shape == shape


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.float32])
def test_sampling_does_not_round_to_the_type_of_the_voxels(dtype):
    volume = volume_of(np.array([[[0, 1]]], dtype))
    assert sample_linear(volume, np.array([0.25, 0.0, 0.0])) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("shape", "index", "value"),
    [
        ((1, 1, 1), (0.0, 0.0, 0.0), 0.0),
        ((1, 1, 1), (5.0, -5.0, 2.0), 0.0),
        ((1, 1, 3), (1.5, 0.0, 0.0), 1.5),
        ((1, 3, 1), (0.0, 1.5, 0.0), 1.5),
        ((3, 1, 1), (0.0, 0.0, 1.5), 1.5),
        ((2, 1, 2), (0.5, 9.0, 0.5), 1.5),
    ],
)
def test_grids_of_one_voxel_along_an_axis(shape, index, value):
    array = np.arange(float(np.prod(shape))).reshape(shape)
    assert interpolate(array, np.array(index)) == pytest.approx(value)


def test_eight_corners_weigh_by_their_nearness():
    array = np.zeros((2, 2, 2))
    weights = {}
    for corner in itertools.product((0, 1), repeat=3):
        array[:] = 0.0
        array[corner] = 1.0
        weights[corner] = float(interpolate(array, np.array([0.1, 0.2, 0.4])))
    assert weights == pytest.approx(
        {
            (0, 0, 0): 0.6 * 0.8 * 0.9,
            (0, 0, 1): 0.6 * 0.8 * 0.1,
            (0, 1, 0): 0.6 * 0.2 * 0.9,
            (0, 1, 1): 0.6 * 0.2 * 0.1,
            (1, 0, 0): 0.4 * 0.8 * 0.9,
            (1, 0, 1): 0.4 * 0.8 * 0.1,
            (1, 1, 0): 0.4 * 0.2 * 0.9,
            (1, 1, 1): 0.4 * 0.2 * 0.1,
        }
    )
    assert sum(weights.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("index", "expected_kji"),
    [
        ((0.49, 0.49, 0.49), (0, 0, 0)),
        ((0.5, 0.5, 0.5), (1, 1, 1)),
        ((-3.0, 1.2, 9.0), (2, 1, 0)),
        ((9.0, -9.0, 1.0), (1, 0, 4)),
    ],
)
def test_nearest_voxels_are_clamped_to_the_grid(index, expected_kji):
    found = nearest_kji(np.array(index), (3, 4, 5))
    assert tuple(int(part) for part in found) == expected_kji


@pytest.mark.parametrize(
    ("point", "index"),
    [((-11.0, 7.0, 23.0), (0, 0, 0)), ((-12.6, 7.0, 23.0), (-1, 0, 0)), ((0, 0, 0), (7, -3, -8))],
)
def test_nearest_index_may_lie_outside(point, index):
    volume = field_volume(np.eye(3))
    assert nearest_index(volume, point) == index


def test_a_reformat_beyond_the_volume_is_not_a_number():
    volume = volume_of(np.full((3, 3, 3), 9, np.int16))
    plane = reformat(volume, (1.0, 1.0, 1.0), ((1, 0, 0), (0, 1, 0)), (7, 5), 1.0)
    inside = np.zeros((5, 7), bool)
    inside[1:4, 2:5] = True
    assert np.isnan(plane[~inside]).all()
    assert (plane[inside] == 9.0).all()


@pytest.mark.parametrize("pixel_mm", [0.25, 0.5, 2.0])
def test_reformat_pixels_stand_as_far_apart_as_asked(pixel_mm):
    volume = field_volume(np.eye(3))
    plane = reformat(volume, volume.geometry.center_lps, ((1, 0, 0), (0, 1, 0)), (3, 3), pixel_mm)
    assert np.diff(plane, axis=1) == pytest.approx(np.full((3, 2), 3.0 * pixel_mm))
    assert np.diff(plane, axis=0) == pytest.approx(np.full((2, 3), -5.0 * pixel_mm))


def test_an_even_reformat_has_its_center_between_four_pixels():
    volume = field_volume(np.eye(3))
    plane = reformat(volume, volume.geometry.center_lps, ((1, 0, 0), (0, 1, 0)), (2, 2), 1.0)
    assert plane.mean() == pytest.approx(float(field(np.array(volume.geometry.center_lps))))
    assert plane[0, 1] - plane[0, 0] == pytest.approx(3.0)
