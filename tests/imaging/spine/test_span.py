"""The stretch between two clicks as an even grid that follows the chord."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.spine_phantom import AXIAL, CORONAL, SAGITTAL, rotated
from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.spine.span import BENDING_MM, MARGIN_MM, sample_span, span_grid
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

UPPER = np.array([5.0, 20.0, 60.0])
LOWER = np.array([8.0, 35.0, -40.0])


def graded_volume(direction, low=(-70.0, -100.0, -110.0), size=(140.0, 240.0, 230.0)) -> Volume:
    """A volume whose values are 2x + 3y + 5z everywhere, on any grid."""
    spacing = np.array([2.0, 2.5, 3.0])
    cube = np.array([(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)], dtype=float)
    along = (np.array(low) + cube * size) @ direction
    first = along.min(axis=0)
    count = np.ceil((along.max(axis=0) - first) / spacing).astype(int) + 1
    geometry = VolumeGeometry(
        shape_kji=(int(count[2]), int(count[1]), int(count[0])),
        spacing_ijk=(2.0, 2.5, 3.0),
        origin_lps=tuple((direction @ first).tolist()),
        direction=np.ascontiguousarray(direction),
    )
    k, j, i = np.indices(geometry.shape_kji)
    points = geometry.index_to_lps(np.stack([i, j, k], axis=-1).astype(float))
    array = (points @ np.array([2.0, 3.0, 5.0])).astype(np.float32)
    return Volume(array=array, geometry=geometry, unit=Unit.ARBITRARY, identity=SeriesIdentity())


def test_span_coordinates_start_at_the_upper_click():
    grid = span_grid(UPPER, LOWER)
    zero, length = np.zeros(1), np.array([grid.length_mm])
    np.testing.assert_allclose(grid.to_lps(zero, zero, zero)[0], UPPER)
    np.testing.assert_allclose(grid.to_lps(length, zero, zero)[0], LOWER, atol=1e-9)
    behind = grid.to_lps(zero, np.array([10.0]), zero)[0]
    assert behind[1] > UPPER[1] + 9.0
    left = grid.to_lps(zero, zero, np.array([10.0]))[0]
    assert left[0] > UPPER[0] + 9.0


def test_rows_and_columns_hold_their_places():
    grid = span_grid(UPPER, LOWER)
    rows = grid.row(grid.s_mm)
    np.testing.assert_allclose(rows, np.arange(len(rows)))
    np.testing.assert_allclose(grid.column(grid.a_mm), np.arange(len(grid.a_mm)))
    assert grid.s_mm[0] == -MARGIN_MM
    assert grid.s_mm[-1] >= grid.length_mm + MARGIN_MM - 1.0
    assert grid.b_mm[len(grid.b_mm) // 2] == 0.0


def test_only_a_long_span_looks_to_the_sides():
    near = span_grid(UPPER, UPPER - (0.0, 0.0, BENDING_MM - 10.0))
    far = span_grid(UPPER, UPPER - (0.0, 0.0, BENDING_MM + 200.0))
    assert near.side_mm < 8.0
    assert far.side_mm > 30.0


@pytest.mark.parametrize(
    "direction", [AXIAL, SAGITTAL, CORONAL, rotated(rotated(SAGITTAL, 2, 18.0), 1, 9.0)]
)
def test_samples_are_trilinear_on_any_grid(direction):
    grid = span_grid(UPPER, LOWER)
    values, inside = sample_span(graded_volume(direction), grid)
    s, a, b = grid.s_mm, grid.a_mm, grid.b_mm
    assert values.shape == (len(b), len(s), len(a)) == inside.shape
    random = np.random.default_rng(0)
    for _ in range(50):
        n, m, p = (int(random.integers(len(axis))) for axis in (s, a, b))
        if inside[p, n, m]:
            point = grid.to_lps(s[[n]], a[[m]], b[[p]])[0]
            assert values[p, n, m] == pytest.approx(point @ (2.0, 3.0, 5.0), abs=0.02)
    assert inside[:, int(MARGIN_MM) : -int(MARGIN_MM), len(a) // 2].all()


def test_places_outside_are_marked_and_zero():
    volume = graded_volume(AXIAL, low=(-20.0, -10.0, -60.0), size=(60.0, 60.0, 140.0))
    values, inside = sample_span(volume, span_grid(UPPER, LOWER))
    assert inside.any()
    assert not inside.all()
    assert not values[~inside].any()


def test_a_chord_from_side_to_side_is_refused():
    with pytest.raises(InputRefusedError, match="from side to side"):
        span_grid(UPPER, UPPER + np.array([100.0, 0.0, -5.0]))
