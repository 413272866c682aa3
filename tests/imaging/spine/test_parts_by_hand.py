"""Which part of a vertebra a voxel lies in, on both sides of every border, by adult sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workstation.domain.lesion import VertebraPart
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.frame import SpineFrame
from workstation.imaging.spine.vertebra_parts import PartShare, VertebraPlace, suggest_parts

V, P = VertebralLevel, VertebraPart
UPRIGHT = SpineFrame(down=(0.0, 0.0, -1.0), back=(0.0, 1.0, 0.0), left=(1.0, 0.0, 0.0))
BENT = SpineFrame(down=(0.0, -0.6, -0.8), back=(0.0, 0.8, -0.6), left=(1.0, 0.0, 0.0))
CENTER = (5.0, -40.0, 210.0)


def place(level=V.L1, frame=UPRIGHT, scale=1.0):
    return VertebraPlace(level=level, center_lps=CENTER, frame=frame, scale=scale)


def voxels(local, frame=UPRIGHT):
    """LPS points, mm, of (left, back, down) from the body center."""
    points = np.atleast_2d(np.asarray(local, dtype=np.float64))[:, [2, 1, 0]]
    return points @ frame.matrix + CENTER


def part_at(local, where):
    """The one part that a voxel lies in, or None."""
    found = suggest_parts(voxels(local, where.frame), where)
    return next(iter(found.shares), None)


# L1: body 26.4 mm high, wall 16 mm behind the center; canal 11 mm to each side, 16 mm deep.
LUMBAR = [
    ((8.0, -15.9, 0.0), "body_anterior"),
    ((8.0, -5.4, 0.0), "body_anterior"),
    ((8.0, -5.2, 0.0), "body_middle"),
    ((8.0, 5.2, 0.0), "body_middle"),
    ((8.0, 5.4, 0.0), "body_posterior"),
    ((8.0, 15.9, 0.0), "body_posterior"),
    ((25.5, 0.0, 0.0), "body_middle"),
    ((25.7, 0.0, 0.0), None),
    ((8.0, 0.0, 15.7), "body_middle"),
    ((8.0, 0.0, 15.9), None),
    ((8.0, 0.0, -15.7), "body_middle"),
    ((8.0, 0.0, -15.9), None),
    ((8.2, 17.0, 0.0), None),
    ((8.3, 17.0, 0.0), "pedicle"),
    ((17.9, 23.9, 0.0), "pedicle"),
    ((18.1, 17.0, 0.0), "transverse"),
    ((40.0, 30.0, 0.0), "transverse"),
    ((12.0, 20.0, 3.9), "pedicle"),
    ((12.0, 20.0, 4.0), "facet"),
    ((12.0, 24.1, 0.0), "facet"),
    ((12.0, 34.9, 0.0), "facet"),
    ((12.0, 35.1, 0.0), "lamina"),
    ((8.2, 29.9, 0.0), None),
    ((8.2, 30.1, 0.0), "lamina"),
    ((4.1, 33.0, 0.0), "lamina"),
    ((6.0, 22.0, 0.0), None),
]


@pytest.mark.parametrize("frame", [UPRIGHT, BENT], ids=["upright", "bent"])
@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize(("local", "name"), LUMBAR)
def test_each_part_ends_where_its_size_says(frame, side, local, name):
    left = local[0] if side == "L" else -local[0]
    wanted = None if name is None else P(f"{name}_{side}")
    assert part_at((left, *local[1:]), place(frame=frame)) is wanted


@pytest.mark.parametrize("scale", [0.8, 1.25])
@pytest.mark.parametrize(("local", "name"), LUMBAR)
def test_a_smaller_or_larger_patient_has_the_parts_in_proportion(scale, local, name):
    scaled = tuple(value * scale for value in local)
    wanted = None if name is None else P(f"{name}_L")
    assert part_at(scaled, place(scale=scale)) is wanted


@pytest.mark.parametrize(
    ("local", "part"),
    [
        ((1.0, 0.0, 0.0), None),
        ((-1.0, 0.0, 0.0), None),
        ((1.01, 0.0, 0.0), P.BODY_MIDDLE_LEFT),
        ((-1.01, 0.0, 0.0), P.BODY_MIDDLE_RIGHT),
        ((0.0, 33.0, 5.0), P.SPINOUS),
        ((3.9, 33.0, 5.0), P.SPINOUS),
        ((-3.9, 33.0, 5.0), P.SPINOUS),
        ((0.0, 31.9, 5.0), None),
    ],
)
def test_the_midline_has_no_side_and_the_spinous_process_is_one(local, part):
    assert part_at(local, place()) is part


# T9: 7/12 + 2/12 of the way from C7 (17 mm) to T12 (31 mm): 27.5 mm deep, wall at 13.75.
@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize(
    ("local", "name"),
    [
        ((20.0, 14.0, -1.0), "costovertebral"),
        ((19.1, 14.0, -1.0), "costovertebral"),
        ((18.9, 13.0, -1.0), "body_posterior"),
        ((20.0, 13.0, 0.1), "body_posterior"),
        ((20.0, 6.9, -1.0), "costovertebral"),
        ((20.0, 20.6, -1.0), "costovertebral"),
        ((20.0, 20.9, -1.0), "transverse"),
        ((20.0, 6.6, -1.0), "body_posterior"),
    ],
)
def test_the_rib_joint_lies_at_the_upper_back_corner(side, local, name):
    left = local[0] if side == "L" else -local[0]
    assert part_at((left, *local[1:]), place(V.T9)) is P(f"{name}_{side}")


@pytest.mark.parametrize(
    ("level", "down", "part"),
    [
        (V.C2, -14.0, P.DENS),
        (V.C2, -13.1, P.BODY_MIDDLE_LEFT),
        (V.C2, -30.0, P.DENS),
        (V.C3, -14.0, None),
        (V.L1, -20.0, None),
    ],
)
def test_only_c2_has_a_dens(level, down, part):
    assert part_at((2.0, 0.0, down), place(level)) is part


def test_below_the_end_plate_c2_has_no_dens():
    assert part_at((0.0, 0.0, -10.9), place(V.C2)) is None
    assert part_at((0.0, 0.0, -11.1), place(V.C2)) is P.DENS


@pytest.mark.parametrize(
    ("share", "extent_mm", "counts"),
    [
        (0.10, 0.0, True),
        (0.0999, 2.999, False),
        (0.0, 3.0, True),
        (1.0, 0.0, True),
        (0.05, 12.0, True),
        (0.0, 0.0, False),
    ],
)
def test_a_tenth_or_three_millimeters_is_enough(share, extent_mm, counts):
    assert PartShare(share=share, extent_mm=extent_mm).counts is counts


@pytest.mark.parametrize(
    ("in_body", "in_pedicle", "outside", "suggested"),
    [
        (9, 1, 0, {P.BODY_MIDDLE_LEFT, P.PEDICLE_LEFT}),
        (10, 1, 0, {P.BODY_MIDDLE_LEFT}),
        (0, 1, 9, {P.PEDICLE_LEFT}),
        (0, 1, 10, set()),
        (0, 0, 5, set()),
    ],
)
def test_shares_count_every_voxel_of_the_lesion(in_body, in_pedicle, outside, suggested):
    points = voxels(
        [(8.0, 0.0, 0.0)] * in_body
        + [(12.0, 20.0, 0.0)] * in_pedicle
        + [(6.0, 22.0, 0.0)] * outside
    )
    found = suggest_parts(points, place())
    count = in_body + in_pedicle + outside
    assert found.parts == suggested
    assert found.outside_share == pytest.approx(outside / count)
    total = sum(share.share for share in found.shares.values())
    assert total == pytest.approx(1.0 - outside / count)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_extent_is_the_longest_side_in_the_axes_of_the_vertebra(axis):
    far = np.array([8.0, 0.0, 0.0])
    far[axis] += 4.0
    points = voxels([(8.0, 0.0, 0.0), tuple(far)] + [(6.0, 22.0, 0.0)] * 98, BENT)
    found = suggest_parts(points, place(frame=BENT))
    share = found.shares[P.BODY_MIDDLE_LEFT]
    assert share.share == pytest.approx(0.02)
    assert share.extent_mm == pytest.approx(4.0)
    assert found.parts == {P.BODY_MIDDLE_LEFT}


@pytest.mark.parametrize(
    ("locals_", "sides"),
    [
        ([(12.0, 20.0, 0.0)], "L"),
        ([(-12.0, 20.0, 0.0)], "R"),
        ([(12.0, 30.0, 0.0)], "L"),
        ([(12.0, 20.0, 0.0), (-12.0, 30.0, 0.0)], "LR"),
        ([(30.0, 20.0, 0.0)], ""),
        ([(12.0, 36.0, 0.0)], ""),
        ([(8.0, 10.0, 0.0)], ""),
        ([(0.0, 40.0, 0.0)], ""),
    ],
)
def test_only_pedicle_facet_and_rib_joint_are_posterolateral(locals_, sides):
    points = voxels(locals_)
    assert suggest_parts(points, place()).posterolateral_sides == frozenset(sides)
    mirrored = (points - CENTER) * (-1.0, 1.0, 1.0) + CENTER
    swapped = frozenset({"L": "R", "R": "L"}[side] for side in sides)
    assert suggest_parts(mirrored, place()).posterolateral_sides == swapped


def test_the_place_of_the_vertebra_moves_with_its_center():
    shift = np.array([-70.0, 31.0, 12.0])
    moved = replace(place(), center_lps=tuple((np.array(CENTER) + shift).tolist()))
    for local, _name in LUMBAR:
        points = voxels(local)
        assert suggest_parts(points + shift, moved).shares == suggest_parts(points, place()).shares
