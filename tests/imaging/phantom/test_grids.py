"""Grids around the invented spine: turns by hand, and everything wanted lies inside."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.support.invented_spine.anatomy import SpineRecipe, build_spine
from tests.support.invented_spine.grids import AXIAL, CORONAL, SAGITTAL, grid_around, rotated
from workstation.domain.spine import VertebralLevel

SPINE = build_spine(SpineRecipe(first=VertebralLevel.T10, last=VertebralLevel.L2))
BENT = build_spine(
    SpineRecipe(first=VertebralLevel.T6, last=VertebralLevel.L4, sagittal=1.5, scoliosis_mm=25.0)
)
PLANES = {"axial": AXIAL, "sagittal": SAGITTAL, "coronal": CORONAL}

QUARTER_TURNS = [
    # About the left axis: back turns to head. About the back: head to left. About the head: left
    # to back.
    (0, (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    (0, (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    (0, (1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    (1, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
    (1, (1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    (1, (0.0, 1.0, 0.0), (0.0, 1.0, 0.0)),
    (2, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    (2, (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)),
    (2, (0.0, 0.0, 1.0), (0.0, 0.0, 1.0)),
]


@pytest.mark.parametrize(("axis", "before", "after"), QUARTER_TURNS)
def test_a_quarter_turn_about_a_patient_axis(axis: int, before, after) -> None:
    np.testing.assert_allclose(rotated(np.eye(3), axis, 90.0) @ before, after, atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("angle", [-120.0, -7.0, 0.0, 33.0, 180.0])
@pytest.mark.parametrize("plane", list(PLANES))
def test_a_turn_keeps_right_angles_and_can_be_taken_back(axis, angle, plane) -> None:
    direction = PLANES[plane]
    turned = rotated(direction, axis, angle)
    np.testing.assert_allclose(turned.T @ turned, np.eye(3), atol=1e-12)
    assert np.linalg.det(turned) == pytest.approx(np.linalg.det(direction))
    np.testing.assert_allclose(rotated(turned, axis, -angle), direction, atol=1e-12)


@pytest.mark.parametrize("plane", list(PLANES))
@pytest.mark.parametrize("tilt", [0.0, 25.0])
@pytest.mark.parametrize("spine", [SPINE, BENT], ids=["straight", "bent"])
@pytest.mark.parametrize("margins", [(0.0, 0.0, 0.0), (30.0, 45.0, 12.0)])
def test_every_body_lies_inside_with_its_margin(plane, tilt, spine, margins) -> None:
    grid = grid_around(spine, (2.0, 2.0, 4.0), rotated(PLANES[plane], 0, tilt), margins)
    size = np.array(grid.size_ijk)
    for body in spine.vertebrae:
        for signs in itertools.product((-1.0, 1.0), repeat=3):
            index = grid.lps_to_index(body.center_lps + np.array(signs) * margins)
            assert (index > -1e-6).all()
            assert (index < size - 1 + 1e-6).all()


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (0.8, 1.2, 5.0)])
def test_a_grid_is_no_larger_than_it_must_be(spacing) -> None:
    grid = grid_around(SPINE, spacing, AXIAL, (10.0, 20.0, 5.0))
    centers = np.array([body.center_lps for body in SPINE.vertebrae])
    tallest = max(body.heights_mm[1] for body in SPINE.vertebrae)
    wanted = np.ptp(centers, axis=0) + 2.0 * np.array([10.0, 20.0, 5.0]) + [0.0, 0.0, tallest]
    extent = (np.array(grid.size_ijk) - 1) * spacing
    assert (extent >= wanted - 1e-6).all()
    assert (extent < wanted + spacing).all()
    assert grid.spacing_ijk == spacing


@pytest.mark.parametrize("plane", list(PLANES))
def test_the_first_voxel_is_the_corner_of_its_plane(plane: str) -> None:
    grid = grid_around(SPINE, (3.0, 3.0, 3.0), PLANES[plane])
    index = np.array(list(itertools.product(*((0, n - 1) for n in grid.size_ijk))), dtype=float)
    along = grid.index_to_lps(index) @ PLANES[plane]
    np.testing.assert_allclose(np.array(grid.origin_lps) @ PLANES[plane], along.min(axis=0))
