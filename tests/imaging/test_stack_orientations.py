"""Where the voxels of a stack lie, by affines worked out by hand, however the patient lies."""

import numpy as np
import pytest

from tests.support.frames import frame_of, placed_frames
from workstation.imaging.grouping_rules import split_by_orientation
from workstation.imaging.stack_geometry import (
    LONE_SLICE_MM,
    FrameStack,
    StackOnly,
    arrange,
    split_phases,
)

HALF = 0.5**0.5


def stack_of(positions, **changes):
    (stack,) = arrange(placed_frames(positions, **changes))
    assert isinstance(stack, FrameStack)
    return stack


def codes(stack):
    return [finding.code for finding in stack.findings]


@pytest.mark.parametrize(
    ("axes", "step", "affine"),
    [
        pytest.param(
            (1, 0, 0, 0, 1, 0),
            (0, 0, 3),
            [[2, 0, 0, 10], [0, 4, 0, 20], [0, 0, 3, 30]],
            id="head first supine",
        ),
        pytest.param(
            (-1, 0, 0, 0, -1, 0),
            (0, 0, 3),
            [[-2, 0, 0, 10], [0, -4, 0, 20], [0, 0, 3, 30]],
            id="head first prone",
        ),
        pytest.param(
            (0, 1, 0, -1, 0, 0),
            (0, 0, 3),
            [[0, -4, 0, 10], [2, 0, 0, 20], [0, 0, 3, 30]],
            id="decubitus right",
        ),
        pytest.param(
            (0, -1, 0, 1, 0, 0),
            (0, 0, 3),
            [[0, 4, 0, 10], [-2, 0, 0, 20], [0, 0, 3, 30]],
            id="decubitus left",
        ),
        pytest.param(
            (-1, 0, 0, 0, 1, 0),
            (0, 0, -3),
            [[-2, 0, 0, 10], [0, 4, 0, 20], [0, 0, -3, 30]],
            id="seen from the head",
        ),
        pytest.param(
            (0, 1, 0, 0, 0, -1),
            (-3, 0, 0),
            [[0, 0, -3, 10], [2, 0, 0, 20], [0, -4, 0, 30]],
            id="sagittal",
        ),
        pytest.param(
            (0, -1, 0, 0, 0, -1),
            (3, 0, 0),
            [[0, 0, 3, 10], [-2, 0, 0, 20], [0, -4, 0, 30]],
            id="sagittal from the left",
        ),
        pytest.param(
            (1, 0, 0, 0, 0, -1),
            (0, 3, 0),
            [[2, 0, 0, 10], [0, 0, 3, 20], [0, -4, 0, 30]],
            id="coronal",
        ),
        pytest.param(
            (1, 0, 0, 0, 0, 1),
            (0, -3, 0),
            [[2, 0, 0, 10], [0, 0, -3, 20], [0, 4, 0, 30]],
            id="coronal upside down",
        ),
        pytest.param(
            (1, 0, 0, 0, HALF, -HALF),
            (0, 3 * HALF, 3 * HALF),
            [[2, 0, 0, 10], [0, 4 * HALF, 3 * HALF, 20], [0, -4 * HALF, 3 * HALF, 30]],
            id="45 degrees about the left-right axis",
        ),
        pytest.param(
            (HALF, HALF, 0, -HALF, HALF, 0),
            (0, 0, 3),
            [[2 * HALF, -4 * HALF, 0, 10], [2 * HALF, 4 * HALF, 0, 20], [0, 0, 3, 30]],
            id="turned on the table",
        ),
    ],
)
@pytest.mark.parametrize("order", ["along", "against", "shuffled"])
def test_affine_by_hand(axes, step, affine, order):
    first, step = np.array((10.0, 20.0, 30.0)), np.array(step, float)
    numbers = {"along": range(5), "against": range(4, -1, -1), "shuffled": (3, 0, 4, 1, 2)}[order]
    positions = [tuple(first + n * step) for n in numbers]
    stack = stack_of(positions, axes=axes, spacing=(4.0, 2.0))
    assert stack.geometry.affine[:3] == pytest.approx(np.array(affine, float), abs=1e-9)
    assert stack.geometry.shape_kji == (5, 4, 4)
    assert stack.slices == (0, 1, 2, 3, 4)
    assert [frame.instance_number for frame in stack.frames] == [
        list(numbers).index(k) + 1 for k in range(5)
    ]
    assert codes(stack) == []
    assert not stack.sheared


@pytest.mark.parametrize("degrees", [-25.0, -7.0, 3.0, 18.0, 40.0])
def test_an_oblique_stack_keeps_its_normal(degrees):
    a = np.radians(degrees)
    normal = np.array([0.0, -np.sin(a), np.cos(a)])
    axes = (1.0, 0.0, 0.0, 0.0, np.cos(a), np.sin(a))
    stack = stack_of([tuple(4.0 * n * normal) for n in range(6)], axes=axes)
    assert stack.geometry.direction[:, 2] == pytest.approx(normal)
    assert stack.geometry.spacing_ijk[2] == pytest.approx(4.0)


def axial(*heights, **tags):
    return stack_of([(0.0, 0.0, float(height)) for height in heights], **tags)


@pytest.mark.parametrize(
    ("heights", "slices", "spacing", "missing"),
    [
        ((0, 3, 6, 9), (0, 1, 2, 3), 3.0, ()),
        ((0, 3, 9, 12, 15), (0, 1, 3, 4, 5), 3.0, (2,)),
        ((0, 3, 6, 15, 18, 21), (0, 1, 2, 5, 6, 7), 3.0, (3, 4)),
        ((0, 3, 6, 18, 21, 24), (0, 1, 2, 6, 7, 8), 3.0, (3, 4, 5)),
        ((0, 6, 9, 12, 15, 21), (0, 2, 3, 4, 5, 7), 3.0, (1, 6)),
        ((-7.5, -5.0, 0.0, 2.5), (0, 1, 3, 4), 2.5, (2,)),
    ],
)
def test_missing_slices_by_hand(heights, slices, spacing, missing):
    stack = axial(*heights)
    assert stack.slices == slices
    assert stack.geometry.spacing_ijk[2] == pytest.approx(spacing)
    assert stack.missing_slices == missing
    assert codes(stack) == (["missing-slice"] if missing else [])


@pytest.mark.parametrize(
    ("heights", "words"),
    [
        ((0, 3, 9, 12), "1 slice is missing (after image 2)"),
        ((0, 3, 9, 12, 15, 21), "2 slices are missing (after image 2, 5)"),
        ((0, 3, 12, 15), "2 slices are missing (after image 2)"),
    ],
)
def test_missing_slices_are_told_by_image_number(heights, words):
    (finding,) = axial(*heights).findings
    assert finding.message.startswith(words)


@pytest.mark.parametrize(
    ("heights", "sizes"),
    [
        ((0, 3, 6, 21, 24, 27), (3, 3)),
        ((0, 3, 6, 10.6, 13.6), (3, 2)),
        ((0, 3, 6, 100, 103, 200), (3, 2, 1)),
        ((0, 3, 6, 9, 11), (5,)),
    ],
)
def test_large_gaps_end_a_slab(heights, sizes):
    parts = arrange(placed_frames([(0.0, 0.0, float(height)) for height in heights]))
    assert tuple(len(part.frames) for part in parts) == sizes


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (0.009, None),
        (0.02, "position-rounding"),
        (0.049, "position-rounding"),
        (0.07, "uneven-spacing"),
        (-0.3, "uneven-spacing"),
    ],
)
def test_positions_off_the_grid(off, code):
    positions = [(0.0, 0.0, 2.0 * n + (off if n == 2 else 0.0)) for n in range(6)]
    (part,) = arrange(placed_frames(positions))
    if code == "uneven-spacing":
        assert isinstance(part, StackOnly)
        assert part.finding.code == code
    else:
        assert codes(part) == ([code] if code else [])


@pytest.mark.parametrize(("spacing", "allowed"), [(2.0, 0.05), (5.0, 0.1), (10.0, 0.2)])
def test_thick_slices_may_be_rounded_by_two_percent(spacing, allowed):
    def arranged(off):
        heights = [spacing * n + (off if n == 2 else 0.0) for n in range(7)]
        return arrange(placed_frames([(0.0, 0.0, height) for height in heights]))[0]

    assert isinstance(arranged(allowed - 0.005), FrameStack)
    assert isinstance(arranged(allowed + 0.005), StackOnly)


def test_uneven_positions_tell_the_range():
    (part,) = arrange(placed_frames([(0, 0, z) for z in (0.0, 2.0, 4.0, 6.8, 8.8)]))
    assert "varies from 2 to 2.8 mm" in part.finding.message


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        (0.005, None),
        (0.03, "position-rounding"),
        (0.2, "shifted-slices"),
        (5.0, "shifted-slices"),
    ],
)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_slice_shifted_sideways(shift, code, axis):
    positions = [[0.0, 0.0, 2.0 * n] for n in range(6)]
    positions[3][axis] = shift
    (part,) = arrange(placed_frames(positions))
    if code == "shifted-slices":
        assert isinstance(part, StackOnly)
        assert part.finding.code == code
        assert f"up to {shift:.3g} mm" in part.finding.message
    else:
        assert codes(part) == ([code] if code else [])


@pytest.mark.parametrize(
    ("drift", "angle"),
    [((0.0, 0.5), "14.0"), ((0.0, -0.5), "14.0"), ((0.5, 0.0), "14.0"), ((1.5, 2.0), "51.3")],
)
def test_a_tilted_gantry_is_a_shear(drift, angle):
    stack = stack_of([(drift[0] * n, drift[1] * n, 2.0 * n) for n in range(5)])
    assert stack.sheared
    assert stack.shear_ij_mm == pytest.approx(drift)
    assert codes(stack) == ["tilted"]
    assert f"tilted by {angle}°" in stack.findings[0].message


def test_a_tilted_gantry_with_a_gap_drifts_over_the_gap():
    stack = stack_of([(0.0, 0.4 * n, 2.0 * n) for n in (0, 1, 2, 4, 5)])
    assert stack.shear_ij_mm == pytest.approx((0.0, 0.4))
    assert stack.missing_slices == (3,)
    assert codes(stack) == ["missing-slice", "tilted"]


@pytest.mark.parametrize(
    ("thickness", "told"), [(3.0, False), (3.03, False), (3.1, True), (6.0, True), (None, False)]
)
def test_overlap_of_thick_slices(thickness, told):
    tags = {} if thickness is None else {"SliceThickness": thickness}
    assert codes(axial(0, 3, 6, 9, **tags)) == (["overlapping-slices"] if told else [])


@pytest.mark.parametrize(
    ("thickness", "used"),
    [(5.0, 5.0), (100.0, 100.0), (100.1, LONE_SLICE_MM), (0.0, LONE_SLICE_MM), (-1, LONE_SLICE_MM)],
)
def test_thickness_of_a_lone_slice(thickness, used):
    stack = axial(12.0, SliceThickness=thickness)
    assert stack.geometry.spacing_ijk[2] == used
    assert stack.geometry.shape_kji[0] == 1
    assert stack.geometry.origin_lps == (0.0, 0.0, 12.0)
    assert codes(stack) == ["single-slice"]


def test_two_slices_are_a_stack_however_far_apart():
    assert axial(0.0, 40.0).geometry.spacing_ijk[2] == 40.0


@pytest.mark.parametrize(
    ("heights", "phases"),
    [
        ((0, 3, 6), [[1, 2, 3]]),
        ((0, 3, 6, 0, 3, 6), [[1, 2, 3], [4, 5, 6]]),
        ((0, 0, 3, 3), [[1, 3], [2, 4]]),
        ((0, 3, 6, 3), [[1, 2, 3], [4]]),
        ((0, 0.009, 3), [[1, 3], [2]]),
        ((0, 0.011, 3), [[1, 2, 3]]),
        ((0, 0, 0), [[1], [2], [3]]),
    ],
)
def test_repetitions_by_position(heights, phases):
    found = split_phases(placed_frames([(0.0, 0.0, float(height)) for height in heights]))
    assert [[item.frame.instance_number for item in phase] for phase in found] == phases


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"AcquisitionNumber": 1}, {"AcquisitionNumber": 2}),
        ({"TriggerTime": 10.0}, {"TriggerTime": 250.0}),
        ({"AcquisitionTime": "080000"}, {"AcquisitionTime": "080110"}),
        ({"InstanceNumber": 4}, {"InstanceNumber": 9}),
    ],
)
def test_repetitions_are_in_the_order_in_which_they_were_taken(first, second):
    tags = {"InstanceNumber": 1}
    late = placed_frames([(0.0, 0.0, 0.0)], **{**tags, **second, "SOPInstanceUID": "late"})
    early = placed_frames([(0.0, 0.0, 0.0)], **{**tags, **first, "SOPInstanceUID": "early"})
    phases = split_phases([*late, *early])
    assert [phase[0].frame.sop_instance_uid for phase in phases] == ["early", "late"]


@pytest.mark.parametrize(
    ("degrees", "groups"), [(0.0, 1), (0.05, 1), (0.11, 1), (0.2, 2), (5.0, 2), (90.0, 2)]
)
def test_orientations_apart_by_more_than_a_tenth_of_a_degree(degrees, groups):
    a = np.radians(degrees)
    plain = placed_frames([(0.0, 0.0, 0.0)])
    turned = placed_frames(
        [(0.0, 0.0, 3.0)], axes=(np.cos(a), np.sin(a), 0, -np.sin(a), np.cos(a), 0)
    )
    assert len(split_by_orientation([*plain, *turned])) == groups


@pytest.mark.parametrize(
    ("tags", "placed"),
    [
        ({}, True),
        ({"ImagePositionPatient": None}, False),
        ({"ImagePositionPatient": [0.0, 0.0]}, False),
        ({"ImagePositionPatient": [0.0, 0.0, "x"]}, False),
        ({"ImageOrientationPatient": None}, False),
        ({"ImageOrientationPatient": [1.0, 0.0, 0.0]}, False),
        ({"ImageOrientationPatient": [1.0005, 0.0, 0.0, 0.0, 1.0, 0.0]}, True),
        ({"ImageOrientationPatient": [1.002, 0.0, 0.0, 0.0, 1.0, 0.0]}, False),
        ({"ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0005, 1.0, 0.0]}, True),
        ({"ImageOrientationPatient": [1.0, 0.0, 0.0, 0.01, 0.99995, 0.0]}, False),
        ({"ImageOrientationPatient": [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]}, False),
        ({"PixelSpacing": None}, False),
        ({"PixelSpacing": [1.0]}, False),
        ({"PixelSpacing": [1.0, 0.0]}, False),
        ({"PixelSpacing": [-1.0, 1.0]}, False),
        ({"PixelSpacing": [100.0, 100.0]}, True),
        ({"PixelSpacing": [100.1, 1.0]}, False),
    ],
)
def test_only_a_sound_header_gives_a_place(tags, placed):
    sound = {
        "ImagePositionPatient": [0.0, 0.0, 0.0],
        "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        "PixelSpacing": [1.0, 1.0],
    }
    values = {key: value for key, value in {**sound, **tags}.items() if value is not None}
    assert (frame_of(values).placement is not None) is placed


def test_axes_are_made_exactly_one_long():
    frame = frame_of(
        {
            "ImagePositionPatient": [0.0, 0.0, 0.0],
            "ImageOrientationPatient": [1.0005, 0.0, 0.0, 0.0, 0.9996, 0.0],
            "PixelSpacing": [0.5, 0.75],
        }
    )
    row, column = frame.axes
    assert row.tolist() == [1.0, 0.0, 0.0]
    assert column.tolist() == [0.0, 1.0, 0.0]
    assert frame.placement.pixel_spacing == (0.5, 0.75)
