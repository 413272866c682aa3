"""Brush, eraser, threshold in the brush, smoothing and slices in between."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import EMPTY, from_full, inside_box
from workstation.imaging.outline.edit import brush, painted, slices_between, smoothed_outline
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

SHAPE = (30, 40, 40)


@pytest.fixture
def volume() -> Volume:
    array = np.zeros(SHAPE, dtype=np.int16)
    array[:, :, 20:] = 300
    geometry = VolumeGeometry(
        shape_kji=SHAPE,
        spacing_ijk=(1.0, 1.0, 2.0),
        origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )
    return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=SeriesIdentity())


def full(region):
    return inside_box(region, ((0, 0, 0), SHAPE))


def test_a_ball_brush_touches_a_ball(volume):
    touched = full(brush(volume, [(20.0, 20.0, 30.0)], 6.0))
    assert touched.sum() * 2.0 == pytest.approx(4.0 / 3.0 * np.pi * 6.0**3, rel=0.05)
    assert touched[15, 20, 26]
    assert touched[18, 20, 20]
    assert not touched[15, 20, 27]


def test_a_flat_brush_stays_on_its_plane(volume):
    touched = full(brush(volume, [(20.0, 20.0, 30.0)], 6.0, normal=(0.0, 0.0, 1.0)))
    assert np.flatnonzero(touched.any(axis=(1, 2))).tolist() == [15]
    assert touched[15].sum() == pytest.approx(np.pi * 36.0, rel=0.05)


def test_a_stroke_has_no_gaps(volume):
    touched = full(brush(volume, [(8.0, 20.0, 30.0), (32.0, 20.0, 30.0)], 3.0))
    assert touched[15, 20, 8:33].all()


def test_threshold_in_the_brush(volume):
    touched = full(brush(volume, [(20.0, 20.0, 30.0)], 6.0, values=(200.0, 400.0)))
    assert touched.any()
    assert not touched[:, :, :20].any()
    assert not full(brush(volume, [(5.0, 20.0, 30.0)], 3.0, values=(200.0, 400.0))).any()


def test_painting_and_erasing(volume):
    first = painted(EMPTY, brush(volume, [(20.0, 20.0, 30.0)], 6.0))
    second = brush(volume, [(24.0, 20.0, 30.0)], 4.0)
    more, less = painted(first, second), painted(first, second, erase=True)
    np.testing.assert_array_equal(full(more), full(first) | full(second))
    np.testing.assert_array_equal(full(less), full(first) & ~full(second))


def test_a_brush_outside_is_refused(volume):
    with pytest.raises(InputRefusedError, match="outside"):
        brush(volume, [(200.0, 20.0, 30.0)], 3.0)


def test_smoothing_takes_spikes_and_keeps_the_volume(volume):
    region = brush(volume, [(20.0, 20.0, 30.0)], 8.0)
    spiky = full(region).copy()
    spiky[15, 20, 28:33] = True
    smooth = full(smoothed_outline(from_full(spiky), volume.geometry, 1.5))
    assert not smooth[15, 20, 30:].any()
    assert smooth.sum() == pytest.approx(full(region).sum(), rel=0.05)
    assert smoothed_outline(EMPTY, volume.geometry) is EMPTY


def disk(radius, center=(20, 20)):
    j, i = np.indices(SHAPE[1:])
    return (j - center[0]) ** 2 + (i - center[1]) ** 2 <= radius**2


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slices_in_between_blend_the_shapes(axis):
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[5], mask[15] = disk(4), disk(12)
    turned = np.ascontiguousarray(np.moveaxis(mask, 0, axis))
    filled = slices_between(from_full(turned), axis)
    layers = np.moveaxis(inside_box(filled, ((0, 0, 0), turned.shape)), axis, 0)
    np.testing.assert_array_equal(layers[5], disk(4))
    np.testing.assert_array_equal(layers[15], disk(12))
    # Half way between radius 4 and 12 lies 8.
    assert layers[10].sum() == pytest.approx(disk(8).sum(), rel=0.12)
    areas = layers[5:16].sum(axis=(1, 2))
    assert (np.diff(areas) >= 0).all()


def test_a_moving_shape_moves_in_between():
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[4], mask[8] = disk(8, (16, 16)), disk(8, (22, 22))
    layer = full(slices_between(from_full(mask)))[6]
    j, i = np.argwhere(layer).mean(axis=0)
    assert (j, i) == pytest.approx((19.0, 19.0), abs=0.5)


def test_one_slice_is_not_enough():
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[5] = disk(4)
    with pytest.raises(InputRefusedError, match="two slices"):
        slices_between(from_full(mask))
