"""Segmentations and structure sets on turned, mirrored and oblique grids, corner by corner."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.sequence import Sequence
from pydicom.uid import RTStructureSetStorage

from tests.imaging.test_contour_read import ORIGIN, SIZE, item, only_set, write_seg
from tests.support.phantom import Phantom, common_dataset, save

GRIDS = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "left-handed": ((-1, 0, 0), (0, 1, 0)),
    "upside down": ((1, 0, 0), (0, -1, 0)),
    "oblique": ((1, 0, 0), (0, 0.8, 0.6)),
}
ROWS_MM, COLUMNS_MM = 1.5, 0.5


def seg_on(path, grid, planes, steps_mm):
    """A segmentation whose frames lie ``steps_mm`` along the normal of a grid."""
    row, column = (np.array(axis, dtype=np.float64) for axis in GRIDS[grid])
    normal = np.cross(row, column)
    shared = item(
        PixelMeasuresSequence=Sequence(
            [item(PixelSpacing=[ROWS_MM, COLUMNS_MM], SliceThickness=4.0)]
        ),
        PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=[*row, *column])]),
    )
    frames = [
        item(
            PlanePositionSequence=Sequence(
                [item(ImagePositionPatient=(np.array(ORIGIN) + step * normal).tolist())]
            ),
            SegmentIdentificationSequence=Sequence([item(ReferencedSegmentNumber=1)]),
        )
        for step in steps_mm
    ]
    return write_seg(
        path,
        planes,
        SharedFunctionalGroupsSequence=Sequence([shared]),
        PerFrameFunctionalGroupsSequence=Sequence(frames),
    )


@pytest.mark.parametrize("grid", list(GRIDS))
@pytest.mark.parametrize(("row", "column"), [(8, 6), (0, 0), (3, 15)])
def test_a_pixel_is_outlined_where_its_grid_puts_it(tmp_path, grid, row, column):
    planes = np.zeros((2, *SIZE), np.uint8)
    planes[1, row, column] = 1
    found = only_set(seg_on(tmp_path / "seg", grid, planes, (0.0, 4.0)))
    (polygon,) = found.segments[0].polygons
    along, down = (np.array(axis, dtype=np.float64) for axis in GRIDS[grid])
    center = np.array(ORIGIN) + column * COLUMNS_MM * along + row * ROWS_MM * down
    center = center + 4.0 * np.cross(along, down)
    half = (0.5 * COLUMNS_MM * along, 0.5 * ROWS_MM * down)
    corners = [center + half[0], center - half[0], center + half[1], center - half[1]]
    assert len(polygon.points_lps) == 4
    for corner in corners:
        assert np.linalg.norm(polygon.points_lps - corner, axis=1).min() < 1e-6


@pytest.mark.parametrize("grid", ["axial", "left-handed", "oblique"])
@pytest.mark.parametrize(
    ("steps_mm", "thickness_mm"),
    [((0.0, 4.0, 8.0), 4.0), ((0.0, 2.5, 8.0), 2.5), ((8.0, 0.0, 3.0), 3.0)],
)
def test_the_thickness_is_the_smallest_step_along_the_normal(
    tmp_path, grid, steps_mm, thickness_mm
):
    planes = np.zeros((3, *SIZE), np.uint8)
    planes[:, 5:9, 5:9] = 1
    found = only_set(seg_on(tmp_path / "seg", grid, planes, steps_mm))
    assert found.segments[0].thickness_mm == pytest.approx(thickness_mm, abs=1e-3)


def contour(points, kind="CLOSED_PLANAR", **changes):
    values = {
        "ContourGeometricType": kind,
        "NumberOfContourPoints": len(points),
        "ContourData": [float(value) for point in points for value in point],
        **changes,
    }
    return item(**values)


def write_structures(path, contours, *, color=None):
    """A structure set with one region named "cord"."""
    dataset = common_dataset(Phantom())
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, "1.2.88"
    dataset.Modality, dataset.SeriesInstanceUID = "RTSTRUCT", "1.2.8"
    dataset.StructureSetROISequence = Sequence(
        [item(ROINumber=7, ROIName="cord", ReferencedFrameOfReferenceUID=Phantom().frame_uid)]
    )
    region = item(ReferencedROINumber=7, ContourSequence=Sequence(contours))
    if color is not None:
        region.ROIDisplayColor = color
    dataset.ROIContourSequence = Sequence([region])
    save(dataset, path)
    return path


SQUARE = np.array([(0.0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0)])


@pytest.mark.parametrize("grid", list(GRIDS))
@pytest.mark.parametrize(
    ("depths", "thickness_mm"),
    [((0.0, 3.0, 6.0), 3.0), ((0.0, 5.0, 7.0), 2.0), ((4.0,), 1.0), ((4.0, 4.0), 1.0)],
)
def test_structures_keep_their_corners_and_step_along_their_own_normal(
    tmp_path, grid, depths, thickness_mm
):
    along, down = (np.array(axis, dtype=np.float64) for axis in GRIDS[grid])
    frame = np.stack([along, down, np.cross(along, down)])
    stack = [np.add(SQUARE, (0.0, 0.0, depth)) @ frame for depth in depths]
    found = only_set(write_structures(tmp_path / "rt", [contour(points) for points in stack]))
    (segment,) = found.segments
    assert segment.name == "cord"
    assert segment.thickness_mm == pytest.approx(thickness_mm, abs=0.01)
    for polygon, points in zip(segment.polygons, stack, strict=True):
        np.testing.assert_allclose(polygon.points_lps, points, atol=1e-9)
        assert polygon.closed


@pytest.mark.parametrize(
    ("kind", "count", "closed"),
    [
        ("CLOSED_PLANAR", 4, True),
        ("CLOSEDPLANAR_XOR", 3, True),
        ("CLOSED_PLANAR", 2, False),
        ("OPEN_PLANAR", 4, False),
        ("OPEN_NONPLANAR", 4, False),
        ("POINT", 1, False),
    ],
)
def test_only_closed_kinds_with_three_corners_are_closed(tmp_path, kind, count, closed):
    found = only_set(write_structures(tmp_path / "rt", [contour(SQUARE[:count], kind)]))
    (polygon,) = found.segments[0].polygons
    assert polygon.closed is closed
    assert len(polygon.points_lps) == count


@pytest.mark.parametrize(
    "changes",
    [
        {"NumberOfContourPoints": 5},
        {"NumberOfContourPoints": 3},
        {"ContourData": [1.0, 2.0, 3.0, 4.0]},
        {"ContourData": []},
    ],
)
def test_a_contour_that_contradicts_itself_is_left_out_and_said(tmp_path, changes):
    contours = [contour(SQUARE), contour(SQUARE, **changes)]
    found = only_set(write_structures(tmp_path / "rt", contours))
    assert len(found.segments[0].polygons) == 1
    assert [finding.code for finding in found.findings if finding.code == "outlines-damaged"] == [
        "outlines-damaged"
    ]


@pytest.mark.parametrize(
    ("color", "wanted"),
    [
        ([255, 0, 128], (255, 0, 128)),
        ([0, 0, 0], (0, 0, 0)),
        ([256, 0, 0], None),
        ([-1, 0, 0], None),
        ([10, 20], None),
        (None, None),
    ],
)
def test_a_color_counts_only_within_its_range(tmp_path, color, wanted):
    found = only_set(write_structures(tmp_path / "rt", [contour(SQUARE)], color=color))
    assert found.segments[0].color == wanted
