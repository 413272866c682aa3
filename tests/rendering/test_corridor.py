import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.rendering.corridor import Corridor, Grid, prepare_corridor


@pytest.fixture
def ramp(volume_of, direction):
    """A volume of any orientation whose value is 100 + 2 x - 3 y + 5 z in LPS mm."""
    array = np.zeros((30, 28, 26), np.float32)
    volume = volume_of(array, (1.2, 1.4, 1.6), (-15.0, 8.0, -20.0), direction)
    k, j, i = np.meshgrid(*(np.arange(float(n)) for n in array.shape), indexing="ij")
    points = volume.geometry.index_to_lps(np.stack([i, j, k], axis=-1))
    array[...] = 100.0 + points @ np.array([2.0, -3.0, 5.0])
    return volume


def expected(points):
    return 100.0 + np.asarray(points) @ np.array([2.0, -3.0, 5.0])


def centers(grid):
    z, y, x = np.meshgrid(*(np.arange(float(n)) for n in grid.values.shape), indexing="ij")
    return np.stack([x, y, z], axis=-1) * grid.spacing_mm + np.asarray(grid.origin_lps)


def inner_box(volume, half=5.0):
    return Corridor.around([volume.geometry.center_lps], half)


def test_values_lie_where_they_belong(ramp):
    prepared = prepare_corridor(ramp, inner_box(ramp))
    for grid in (prepared.fine, prepared.coarse):
        assert np.abs(grid.values - expected(centers(grid))).max() < 0.01


def test_two_levels(ramp):
    prepared = prepare_corridor(ramp, inner_box(ramp))
    assert prepared.fine.values.shape == (10, 10, 10)
    assert prepared.fine.spacing_mm == 1.0
    assert prepared.coarse.values.shape == (5, 5, 5)
    assert prepared.coarse.spacing_mm == 2.0
    assert prepared.coarse.center_lps == pytest.approx(prepared.fine.center_lps)


def test_odd_sizes_lose_nothing(volume_of):
    volume = volume_of(np.full((11, 11, 11), 7, np.int16))
    prepared = prepare_corridor(volume, Corridor.whole(volume))
    assert prepared.fine.values.shape == (11, 11, 11)
    assert prepared.coarse.values.shape == (6, 6, 6)
    assert (prepared.coarse.values == 7).all()
    assert prepared.coarse.values.dtype == np.int16


def test_outside_is_the_lowest_value(volume_of, direction_named):
    array = np.full((20, 20, 20), 500, np.int16)
    array[0, 0, 0] = -1000
    volume = volume_of(array, direction=direction_named("oblique"))
    fine = prepare_corridor(volume, Corridor.whole(volume)).fine
    assert fine.values[0, 0, 0] == -1000
    assert fine.values[tuple(n // 2 for n in fine.values.shape)] == 500


def test_box_around_points():
    box = Corridor.around([(0, 0, 0), (10, -5, 30)], 20.0)
    assert box.low_lps == (-20.0, -25.0, -20.0)
    assert box.high_lps == (30.0, 20.0, 50.0)


def test_box_is_clipped_to_the_volume(volume_of):
    volume = volume_of(np.zeros((10, 10, 10), np.int16))
    box = Corridor.around([(0.0, 5.0, 5.0)], 100.0).clipped_to(volume)
    assert box.low_lps == (-0.5, -0.5, -0.5)
    assert box.high_lps == (9.5, 9.5, 9.5)


def test_a_box_beside_the_volume_is_refused(volume_of):
    volume = volume_of(np.zeros((10, 10, 10), np.int16))
    with pytest.raises(RenderError) as caught:
        prepare_corridor(volume, Corridor.around([(500.0, 0.0, 0.0)], 20.0))
    assert caught.value.code == "no-images-here"


def test_a_grid_that_is_too_large_is_refused_at_once(volume_of):
    volume = volume_of(np.zeros((10, 10, 10), np.int16), (100.0, 100.0, 100.0))
    with pytest.raises(RenderError) as caught:
        prepare_corridor(volume, Corridor.whole(volume))
    assert caught.value.code == "region-too-large"


def test_linear_values_between_centers():
    values = np.zeros((2, 2, 2), np.float32)
    values[1, 0, 1] = 8.0
    grid = Grid(values=values, spacing_mm=2.0, origin_lps=(10.0, 20.0, 30.0))
    points = np.array([[12.0, 20.0, 32.0], [11.0, 20.0, 32.0], [11.0, 21.0, 31.0], [9.9, 20, 30]])
    found = grid.linear(points)
    assert found[:3].tolist() == [8.0, 4.0, 1.0]
    assert np.isnan(found[3])


def test_grid_measures(volume_of):
    grid = Grid(values=np.zeros((3, 4, 5), np.int16), spacing_mm=2.0, origin_lps=(1.0, 2.0, 3.0))
    assert grid.extent_mm == (10.0, 8.0, 6.0)
    assert grid.center_lps == (5.0, 5.0, 5.0)
    assert grid.image().GetBounds() == (1.0, 9.0, 2.0, 8.0, 3.0, 7.0)
