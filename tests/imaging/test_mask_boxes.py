"""Masks of a few voxels placed by hand: boxes, bytes, and points on turned grids."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import (
    EMPTY,
    MaskHistory,
    exclusive,
    inside_box,
    intersect,
    pack,
    points_of,
    subtract,
    trimmed,
    union,
    unpack,
)
from workstation.imaging.measure import Region

A, B, C = (2, 3, 4), (2, 3, 6), (5, 0, 1)


def of(*voxels, low=(0, 0, 0), shape=(8, 8, 8)):
    """A mask of the voxels (k, j, i) given, in a box that is larger than they need."""
    mask = np.zeros(shape, dtype=np.bool_)
    for voxel in voxels:
        mask[tuple(np.subtract(voxel, low))] = True
    return Region(low_kji=low, mask=mask)


def voxels_of(region):
    return {tuple(int(n) for n in np.add(at, region.low_kji)) for at in np.argwhere(region.mask)}


OPERATIONS = {"union": union, "subtract": subtract, "intersect": intersect, "either": exclusive}


@pytest.mark.parametrize(
    ("name", "first", "second", "wanted", "low", "shape"),
    [
        ("union", (A,), (B,), {A, B}, (2, 3, 4), (1, 1, 3)),
        ("union", (A,), (C,), {A, C}, (2, 0, 1), (4, 4, 4)),
        ("union", (A,), (A,), {A}, A, (1, 1, 1)),
        ("subtract", (A, B), (B,), {A}, A, (1, 1, 1)),
        ("subtract", (A, C), (B,), {A, C}, (2, 0, 1), (4, 4, 4)),
        ("subtract", (A,), (A, B), set(), (0, 0, 0), (0, 0, 0)),
        ("intersect", (A, B), (B, C), {B}, B, (1, 1, 1)),
        ("intersect", (A,), (B,), set(), (0, 0, 0), (0, 0, 0)),
        ("either", (A, B), (B, C), {A, C}, (2, 0, 1), (4, 4, 4)),
        ("either", (A, C), (C, A), set(), (0, 0, 0), (0, 0, 0)),
    ],
)
def test_an_operation_keeps_the_voxels_and_the_smallest_box(
    name, first, second, wanted, low, shape
):
    found = OPERATIONS[name](of(*first), of(*second))
    assert voxels_of(found) == wanted
    assert (found.low_kji, found.mask.shape) == (low, shape)


@pytest.mark.parametrize("low", [(0, 0, 0), (-3, -2, -1), (2, 0, 1)])
def test_the_box_a_mask_came_in_does_not_matter(low):
    region = of(A, C, low=low, shape=(12, 12, 12))
    assert voxels_of(trimmed(region)) == {A, C}
    assert voxels_of(union(region, of(B))) == {A, B, C}


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        (((2, 3, 4), (3, 4, 7)), {(0, 0, 0), (0, 0, 2)}),
        (((2, 3, 5), (3, 4, 7)), {(0, 0, 1)}),
        (((0, 0, 0), (3, 4, 6)), {(2, 3, 4)}),
        (((3, 0, 0), (8, 8, 8)), set()),
        (((20, 20, 20), (22, 22, 22)), set()),
        (((2, 3, 4), (2, 3, 4)), set()),
    ],
)
def test_another_box_shows_what_it_reaches(box, wanted):
    found = inside_box(trimmed(of(A, B)), box)
    assert found.shape == tuple(np.subtract(box[1], box[0]))
    assert {tuple(at) for at in np.argwhere(found).tolist()} == wanted


GRIDS = {
    "upright": np.eye(3),
    "left-handed": np.diag([-1.0, 1.0, 1.0]),
    "sagittal": np.array([[0.0, 0, 1], [1, 0, 0], [0, -1, 0]]),
    "oblique": np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]),
}


@pytest.mark.parametrize("grid", list(GRIDS))
def test_points_lie_on_the_axes_of_the_grid(grid):
    geometry = VolumeGeometry(
        shape_kji=(8, 8, 8),
        spacing_ijk=(0.5, 1.5, 3.0),
        origin_lps=(10.0, -20.0, 30.0),
        direction=GRIDS[grid],
    )
    wanted = GRIDS[grid] @ (4 * 0.5, 3 * 1.5, 2 * 3.0) + (10.0, -20.0, 30.0)
    np.testing.assert_allclose(points_of(trimmed(of(A)), geometry), [wanted])


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 17])
def test_any_number_of_bits_is_packed_and_checked_to_the_byte(count):
    packed = pack(Region(low_kji=(4, 5, 6), mask=np.ones((1, 1, count), dtype=np.bool_)))
    found = unpack(packed)
    assert (found.low_kji, found.mask.shape) == ((4, 5, 6), (1, 1, count))
    assert found.mask.all()
    plain = zlib.decompress(packed.data)
    assert len(plain) == (count + 7) // 8
    for wrong in (plain[:-1], plain + b"\0"):
        with pytest.raises(InputRefusedError) as caught:
            unpack(replace(packed, data=zlib.compress(wrong)))
        assert caught.value.code == "damaged-mask"


def test_a_step_that_changes_nothing_is_still_a_step():
    history = MaskHistory(of(A))
    history.record(of(A))
    assert (history.version, history.can_undo) == (1, True)
    assert voxels_of(history.undo()) == {A}
    assert (history.version, history.can_redo) == (0, True)


def test_erasing_everything_can_be_taken_back():
    history = MaskHistory(of(A, C))
    history.record(EMPTY)
    assert voxels_of(history.current) == set()
    assert voxels_of(history.undo()) == {A, C}
    assert voxels_of(history.redo()) == set()
