"""Segmentations and structure sets from files: places, names, colors, and what is said of them."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from tests.support.phantom import Phantom, common_dataset, save, write_phantom
from workstation.base.errors import CancelledError
from workstation.base.task import CancelToken
from workstation.imaging.catalog import open_paths
from workstation.imaging.contour_read import contours_of, has_contours, load_contours
from workstation.imaging.contours import cut_by_plane, disagreement
from workstation.imaging.dicom_seg_read import rgb_of_cielab
from workstation.imaging.object_kind import ObjectKind

SIZE = (20, 16)
ORIGIN = (-30.0, -20.0, 5.0)


def item(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def frame_groups(k, number):
    return item(
        PlanePositionSequence=Sequence(
            [item(ImagePositionPatient=[ORIGIN[0], ORIGIN[1], ORIGIN[2] + 4.0 * k])]
        ),
        SegmentIdentificationSequence=Sequence([item(ReferencedSegmentNumber=number)]),
    )


def shared_groups():
    measures = item(PixelSpacing=[1.5, 0.5], SliceThickness=4.0)
    plane = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    return item(
        PixelMeasuresSequence=Sequence([measures]), PlaneOrientationSequence=Sequence([plane])
    )


def write_seg(path, planes, *, kind="BINARY", numbers=None, **tags):
    """Write planes, shape (frames, rows, columns), as a segmentation with two segments."""
    numbers = numbers or [1] * len(planes)
    dataset = common_dataset(Phantom())
    dataset.SOPClassUID, dataset.SOPInstanceUID = SegmentationStorage, "1.2.77"
    dataset.Modality, dataset.SeriesInstanceUID = "SEG", "1.2.7"
    dataset.SeriesDescription, dataset.SegmentationType = "Tumors", kind
    dataset.NumberOfFrames = len(planes)
    dataset.Rows, dataset.Columns = planes.shape[1:]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    bits = 1 if kind == "BINARY" else 8
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit, dataset.PixelRepresentation = bits - 1, 0
    dataset.SegmentSequence = Sequence(
        [
            item(
                SegmentNumber=1,
                SegmentLabel="T12 left",
                RecommendedDisplayCIELabValue=[34885, 53485, 50171],
            ),
            item(SegmentNumber=2, SegmentLabel="L1"),
        ]
    )
    dataset.SharedFunctionalGroupsSequence = Sequence([shared_groups()])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [frame_groups(k, number) for k, number in enumerate(numbers)]
    )
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    raw = planes.astype(np.uint8).tobytes()
    if bits == 1:
        raw = np.packbits(planes.reshape(-1).astype(np.uint8), bitorder="little").tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OB"
    save(dataset, path)
    return path


def planes_with_block(count=3):
    planes = np.zeros((count, *SIZE), np.uint8)
    planes[1, 4:9, 6:10] = 1
    return planes


def only_set(path):
    (found,) = load_contours(open_paths([path]))
    return found


def extent(points):
    return [float(value) for value in np.concatenate([points.min(axis=0), points.max(axis=0)])]


def test_a_binary_segmentation_lies_where_its_pixels_lie(tmp_path):
    found = only_set(write_seg(tmp_path / "seg", planes_with_block()))
    (polygon,) = found.segments[0].polygons
    left, top = ORIGIN[0] + 0.5 * 5.5, ORIGIN[1] + 1.5 * 3.5
    right, bottom = ORIGIN[0] + 0.5 * 9.5, ORIGIN[1] + 1.5 * 8.5
    assert extent(polygon.points_lps) == pytest.approx([left, top, 9.0, right, bottom, 9.0])
    assert polygon.closed
    assert not polygon.points_lps.flags.writeable


def test_names_colors_kind_and_space(tmp_path):
    found = only_set(write_seg(tmp_path / "seg", planes_with_block()))
    assert (found.name, found.kind) == ("Tumors", ObjectKind.SEGMENTATION)
    assert [part.name for part in found.segments] == ["T12 left", "L1"]
    assert found.segments[0].color == pytest.approx((255, 0, 0), abs=6)
    assert found.segments[1].color is None
    assert found.frame_of_reference_uid == Phantom().frame_uid
    assert found.patient.id == "PHANTOM"
    assert found.segments[0].thickness_mm == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("values", "color"),
    [((65535, 32896, 32896), (255, 255, 255)), ((0, 32896, 32896), (0, 0, 0))],
)
def test_white_and_black(values, color):
    assert rgb_of_cielab(values) == pytest.approx(color, abs=1)


def test_a_fractional_segmentation_is_bounded_at_one_half(tmp_path):
    planes = np.zeros((1, *SIZE))
    planes[0, 8, 4:8] = [100, 200, 200, 49]
    found = only_set(
        write_seg(tmp_path / "seg", planes, kind="FRACTIONAL", MaximumFractionalValue=200)
    )
    (polygon,) = found.segments[0].polygons
    columns = (polygon.points_lps[:, 0] - ORIGIN[0]) / 0.5
    assert columns.min() == pytest.approx(4.0)
    assert columns.max() == pytest.approx(6.0 + 100.0 / 151.0)


def test_a_label_map_has_a_segment_for_each_value(tmp_path):
    planes = np.zeros((2, *SIZE))
    planes[0, 2:4, 2:4], planes[1, 8:10, 8:10], planes[1, 12:14, 2:4] = 1, 2, 5
    found = only_set(write_seg(tmp_path / "seg", planes, kind="LABELMAP"))
    assert [(part.number, part.name, len(part.polygons)) for part in found.segments] == [
        (1, "T12 left", 1),
        (2, "L1", 1),
        (5, "Segment 5", 1),
    ]


def test_frames_belong_to_the_segment_they_name(tmp_path):
    planes = np.zeros((2, *SIZE))
    planes[0, 1:3, 1:3], planes[1, 5:9, 5:9] = 1, 1
    found = only_set(write_seg(tmp_path / "seg", planes, numbers=[2, 1]))
    by_name = {part.name: part.polygons[0].points_lps[0, 2] for part in found.segments}
    assert by_name == {"T12 left": 9.0, "L1": 5.0}


def test_a_segmentation_cut_short_is_listed_empty_with_its_reason(tmp_path):
    path = write_seg(tmp_path / "seg", planes_with_block())
    path.write_bytes(path.read_bytes()[:-40])
    catalog = open_paths([path])
    assert [refused.code for refused in catalog.rejected] == ["truncated"]
    assert load_contours(catalog) == ()


def test_a_file_that_changes_after_listing_is_no_crash(tmp_path):
    path = write_seg(tmp_path / "seg", planes_with_block())
    catalog = open_paths([path])
    path.unlink()
    (found,) = load_contours(catalog)
    assert found.segments == ()
    assert [finding.code for finding in found.findings] == ["unreadable"]


def test_images_without_a_place_are_reported(tmp_path):
    path = write_seg(
        tmp_path / "seg", planes_with_block(), SharedFunctionalGroupsSequence=Sequence([Dataset()])
    )
    found = only_set(path)
    assert found.segments[0].polygons == ()
    assert "outlines-without-place" in {finding.code for finding in found.findings}


def square_contour(z, kind="CLOSED_PLANAR", **changes):
    corners = [0, 0, z, 10, 0, z, 10, 10, z, 0, 10, z]
    values = {
        "ContourGeometricType": kind,
        "NumberOfContourPoints": 4,
        "ContourData": corners,
        **changes,
    }
    return item(**values)


def write_rtstruct(path, contours, *, frame_uid=None, roi_frame=None, **tags):
    dataset = common_dataset(Phantom())
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, "1.2.88"
    dataset.Modality, dataset.SeriesInstanceUID = "RTSTRUCT", "1.2.8"
    dataset.StructureSetLabel = "Plan"
    uid = frame_uid or Phantom().frame_uid
    dataset.StructureSetROISequence = Sequence(
        [
            item(ROINumber=1, ROIName="cord", ReferencedFrameOfReferenceUID=uid),
            item(ROINumber=2, ROIName="GTV", ReferencedFrameOfReferenceUID=roi_frame or uid),
        ]
    )
    dataset.ROIContourSequence = Sequence(
        [
            item(
                ReferencedROINumber=number,
                ROIDisplayColor=[0, 128, 255],
                ContourSequence=Sequence(contours),
            )
            for number in (1, 2)
        ]
    )
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    save(dataset, path)
    return path


def test_a_structure_set_keeps_its_corners(tmp_path):
    contours = [square_contour(z) for z in (0.0, 2.5, 5.0)]
    found = only_set(write_rtstruct(tmp_path / "rs", contours))
    assert [part.name for part in found.segments] == ["cord", "GTV"]
    first = found.segments[0]
    assert first.polygons[1].points_lps.tolist() == [
        [0, 0, 2.5],
        [10, 0, 2.5],
        [10, 10, 2.5],
        [0, 10, 2.5],
    ]
    assert (first.color, first.thickness_mm) == ((0, 128, 255), pytest.approx(2.5))


def test_points_and_open_lines_are_not_closed(tmp_path):
    point = square_contour(0.0, "POINT", NumberOfContourPoints=1, ContourData=[1, 2, 3])
    found = only_set(write_rtstruct(tmp_path / "rs", [point, square_contour(2.0, "OPEN_PLANAR")]))
    assert [polygon.closed for polygon in found.segments[0].polygons] == [False, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"NumberOfContourPoints": 5},
        {"ContourData": [1, 2]},
        {"ContourData": []},
    ],
    ids=["other count", "half a point", "no point"],
)
def test_damaged_outlines_are_left_out_and_reported(tmp_path, changes):
    contours = [square_contour(0.0), square_contour(2.0, **changes)]
    found = only_set(write_rtstruct(tmp_path / "rs", contours))
    assert len(found.segments[0].polygons) == 1
    assert "outlines-damaged" in {finding.code for finding in found.findings}


def test_structures_of_another_space_are_left_out(tmp_path):
    path = write_rtstruct(tmp_path / "rs", [square_contour(0.0)], roi_frame="1.2.3")
    found = only_set(path)
    assert [part.name for part in found.segments] == ["cord"]
    assert "outlines-other-space" in {finding.code for finding in found.findings}


def test_outlines_that_fit_no_series_say_so(tmp_path):
    write_phantom(tmp_path / "ct", Phantom(size=(12, 10, 4)))
    write_rtstruct(tmp_path / "fits", [square_contour(0.0)])
    write_rtstruct(tmp_path / "elsewhere", [square_contour(0.0)], frame_uid="1.2.3.4")
    catalog = open_paths([tmp_path])
    assert has_contours(catalog)
    codes = sorted([finding.code for finding in item.findings] for item in load_contours(catalog))
    assert codes == [[], ["outlines-not-shown"]]


def test_a_catalog_without_outlines(tmp_path):
    write_phantom(tmp_path / "ct", Phantom(size=(12, 10, 4)))
    catalog = open_paths([tmp_path])
    assert not has_contours(catalog)
    assert load_contours(catalog) == ()
    assert contours_of(catalog.series[0]) == ()


def test_reading_outlines_can_be_cancelled(tmp_path):
    catalog = open_paths([write_rtstruct(tmp_path / "rs", [square_contour(0.0)])])
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        load_contours(catalog, cancel=token)


def test_the_tumor_of_a_real_pet(data):
    catalog = open_paths([data / "pet_pelvis_sts007", data / "rtstruct_sts007"])
    (found,) = load_contours(catalog)
    (pet,) = catalog.volumes
    assert disagreement(found, pet.identity) is None
    assert found.series_uids == (pet.identity.series_uid,)
    (segment,) = found.segments
    assert (segment.name, segment.color) == ("GTV_Mass_PET", (255, 0, 0))
    assert len(segment.polygons) == 8
    assert segment.thickness_mm == pytest.approx(3.27, abs=0.03)
    for polygon in segment.polygons:
        assert all(pet.geometry.contains(tuple(point)) for point in polygon.points_lps)


def test_a_real_slice_shows_the_outline_drawn_on_it(data):
    (found,) = load_contours(open_paths([data / "rtstruct_sts007"]))
    across = np.array([0.0, 0.0, 1.0])
    (line,) = cut_by_plane(found, np.array([0.0, 0.0, -716.86]), across)
    assert line.closed
    assert len(line.points_lps) == 723


@pytest.mark.parametrize(
    ("name", "segments"),
    [
        ("seg_image_ct_binary.dcm", ["first segment"]),
        ("seg_image_ct_binary_overlap.dcm", ["first segment", "second segment"]),
        ("seg_image_ct_binary_fractional.dcm", ["first segment"]),
        ("seg_image_ct_true_fractional.dcm", ["first segment"]),
    ],
)
def test_real_segmentations(data, name, segments):
    found = only_set(data / "sr_seg_highdicom" / name)
    assert [part.name for part in found.segments] == segments
    assert all(part.polygons for part in found.segments)
    assert all(part.thickness_mm == pytest.approx(1.25) for part in found.segments)


def test_a_real_segmentation_on_its_slice(data):
    folder = data / "sr_seg_highdicom"
    catalog = open_paths([folder / "ct_image.dcm", folder / "seg_image_ct_binary_single_frame.dcm"])
    (found,) = load_contours(catalog)
    (ct,) = catalog.volumes
    assert found.findings == ()
    geometry = ct.geometry
    lines = list(cut_by_plane(found, np.asarray(geometry.center_lps), geometry.direction[:, 2]))
    assert len(lines) == len(found.segments[0].polygons)


def test_tumor_of_another_program(data):
    found = only_set(data / "sr_seg_rwvm_dcmqi" / "seg.dcm")
    (segment,) = found.segments
    assert segment.name == "Neoplasm, Primary"
    assert len({float(polygon.points_lps[0, 2]) for polygon in segment.polygons}) == 13
