"""Masks as small boxes: set operations, packing and history."""

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
    from_full,
    inside_box,
    intersect,
    is_empty,
    pack,
    points_of,
    subtract,
    trimmed,
    union,
    unpack,
)
from workstation.imaging.measure import Region

SHAPE = (12, 14, 16)
WHOLE = ((0, 0, 0), SHAPE)


def random_mask(seed: int, low=(2, 3, 4), size=(6, 5, 7)) -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    box = tuple(slice(a, a + n) for a, n in zip(low, size, strict=True))
    mask[box] = np.random.default_rng(seed).random(size) < 0.5
    return mask


def full(region: Region) -> np.ndarray:
    return inside_box(region, WHOLE)


@pytest.mark.parametrize("low", [(2, 3, 4), (5, 8, 1), (0, 0, 9)])
def test_set_operations_equal_those_of_whole_masks(low):
    a, b = random_mask(1), random_mask(2, low)
    first, second = from_full(a), from_full(b)
    np.testing.assert_array_equal(full(union(first, second)), a | b)
    np.testing.assert_array_equal(full(intersect(first, second)), a & b)
    np.testing.assert_array_equal(full(subtract(first, second)), a & ~b)
    np.testing.assert_array_equal(full(exclusive(first, second)), a ^ b)


def test_operations_with_nothing():
    first = from_full(random_mask(1))
    np.testing.assert_array_equal(full(union(first, EMPTY)), full(first))
    np.testing.assert_array_equal(full(subtract(first, EMPTY)), full(first))
    assert is_empty(intersect(first, EMPTY))
    assert is_empty(subtract(EMPTY, first))
    assert is_empty(union(EMPTY, EMPTY))


def test_boxes_are_as_small_as_can_be():
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[4, 6, 7] = mask[5, 6, 9] = True
    small = from_full(mask)
    assert small.low_kji == (4, 6, 7)
    assert small.mask.shape == (2, 1, 3)
    assert trimmed(Region(low_kji=(1, 1, 1), mask=np.zeros((3, 3, 3), bool))) is EMPTY


def test_points_are_voxel_centers():
    geometry = VolumeGeometry(
        shape_kji=SHAPE,
        spacing_ijk=(2.0, 3.0, 4.0),
        origin_lps=(10.0, 20.0, 30.0),
        direction=np.eye(3),
    )
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[5, 6, 7] = True
    np.testing.assert_allclose(points_of(from_full(mask), geometry), [[24.0, 38.0, 50.0]])


def test_packing_keeps_every_voxel_and_is_small():
    mask = np.zeros((40, 60, 60), dtype=np.bool_)
    mask[5:35, 10:50, 10:50] = True
    packed = pack(from_full(mask))
    np.testing.assert_array_equal(inside_box(unpack(packed), ((0, 0, 0), mask.shape)), mask)
    assert len(packed.data) < 200
    assert is_empty(unpack(pack(EMPTY)))


@pytest.mark.parametrize(
    "change",
    [
        {"data": b"nonsense"},
        {"data": zlib.compress(b"")},
        {"data": zlib.compress(bytes(5000))},
        {"shape_kji": (9999, 9999, 9999)},
        {"shape_kji": (-1, 5, 5)},
    ],
)
def test_damaged_bytes_are_refused(change):
    packed = replace(pack(from_full(random_mask(3))), **change)
    with pytest.raises(InputRefusedError, match="damaged"):
        unpack(packed)


def test_history_takes_strokes_back_and_again():
    history = MaskHistory()
    versions = [EMPTY]
    for seed in range(4):
        stroke = from_full(random_mask(seed, (seed, 2 * seed, seed + 2)))
        versions.append(union(history.current, stroke))
        history.record(versions[-1])
    assert history.version == 4
    for version in versions[-2::-1]:
        np.testing.assert_array_equal(full(history.undo()), full(version))
    assert not history.can_undo
    assert is_empty(history.undo())
    for version in versions[1:]:
        np.testing.assert_array_equal(full(history.redo()), full(version))
    assert not history.can_redo
    np.testing.assert_array_equal(full(history.redo()), full(versions[-1]))


def test_a_new_stroke_forgets_what_was_taken_back():
    history = MaskHistory(from_full(random_mask(1)))
    history.record(from_full(random_mask(2)))
    history.record(from_full(random_mask(3)))
    history.undo()
    history.record(from_full(random_mask(4)))
    assert not history.can_redo
    np.testing.assert_array_equal(full(history.undo()), random_mask(2))
    np.testing.assert_array_equal(full(history.undo()), random_mask(1))
