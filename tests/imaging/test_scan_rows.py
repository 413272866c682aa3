"""What a scan takes and what it refuses, one row per kind of file; the picture formats by hand."""

from __future__ import annotations

import gzip
import zipfile

import numpy as np
import pytest

from tests.support.frames import frame_of
from tests.support.phantom import Phantom, write_phantom
from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import open_paths
from workstation.imaging.dicom_scan import is_volume_file, rejected_file, scan
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.flat_image import ybr_to_rgb
from workstation.imaging.palette import palette_rgb

SMALL = Phantom(size=(6, 6, 3))


@pytest.fixture(scope="module")
def slice_bytes(tmp_path_factory):
    return write_phantom(tmp_path_factory.mktemp("one"), SMALL)[0].read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.nii", True),
        ("a.NII.GZ", True),
        ("a.nrrd", True),
        ("a.nhdr", True),
        ("a.mha", True),
        ("a.MHD", True),
        ("a.gz", False),
        ("nii", False),
        ("a.nii.txt", False),
        ("a.dcm", False),
        ("IM0001", False),
    ],
)
def test_volume_files_by_their_name(tmp_path, name, expected):
    assert is_volume_file(tmp_path / name) is expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"plain words", "not-dicom"),
        (b"%PDF-1.7\n" + b"x" * 300, "not-dicom"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300, "not-dicom"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, "not-dicom"),
        (b"MZ" + b"\0" * 300, "not-dicom"),
        (gzip.compress(b"words", mtime=0), "gzip"),
        (b"\0" * 400, "not-dicom"),
        (b"\0" * 128 + b"DICM", "no-transfer-syntax"),
    ],
)
def test_files_that_are_no_images(tmp_path, slice_bytes, content, code):
    (tmp_path / "odd").write_bytes(content)
    (tmp_path / "good").write_bytes(slice_bytes)
    result = scan([tmp_path])
    assert [item.code for item in result.rejected] == [code]
    assert len(result.headers) == 1


@pytest.mark.parametrize(
    "name", ["IM1", "a.dcm", "b.DCM", "c.txt", "1.2.840.1", "ä ö.ima", "x.zip"]
)
def test_names_do_not_matter(tmp_path, slice_bytes, name):
    (tmp_path / name).write_bytes(slice_bytes)
    assert [header.path.name for header in scan([tmp_path]).headers] == [name]


@pytest.mark.parametrize("lost", [1, 8, 72])
def test_pictures_cut_short_are_refused_from_the_header(tmp_path, slice_bytes, lost):
    (tmp_path / "cut").write_bytes(slice_bytes[:-lost])
    (item,) = scan([tmp_path]).rejected
    assert item.code == "truncated"


def test_bytes_after_the_picture_do_no_harm(tmp_path, slice_bytes):
    (tmp_path / "padded").write_bytes(slice_bytes + b"\0" * 100)
    result = scan([tmp_path])
    assert (len(result.headers), result.rejected) == (1, ())


@pytest.mark.parametrize("inside", ["im", "deep/er/im", "with space/im 1"])
def test_archives_are_looked_into(tmp_path, slice_bytes, inside):
    with zipfile.ZipFile(tmp_path / "study.zip", "w") as archive:
        archive.writestr(inside, slice_bytes)
        archive.writestr("readme.txt", "words")
    result = scan([tmp_path / "study.zip"])
    assert len(result.headers) == 1
    assert result.headers[0].shown.endswith(inside)
    assert "study.zip" in result.headers[0].shown
    assert [item.code for item in result.rejected] == ["not-dicom"]


def test_an_archive_inside_an_archive_is_refused(tmp_path, slice_bytes):
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("im", slice_bytes)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "inner.zip")
    result = scan([tmp_path / "outer.zip"])
    assert result.headers == ()
    assert len(result.rejected) == 1


def test_a_file_given_twice_counts_once_as_an_image(tmp_path, slice_bytes):
    path = tmp_path / "im"
    path.write_bytes(slice_bytes)
    catalog = open_paths([path, path])
    assert len(catalog.volumes) == 1
    assert catalog.volumes[0].geometry.shape_kji[0] == 1


def test_an_order_of_paths_is_kept(tmp_path):
    paths = write_phantom(tmp_path, SMALL)
    found = [header.path for header in scan([paths[2], paths[0], paths[1]]).headers]
    assert found == [paths[2], paths[0], paths[1]]


def test_an_empty_folder_is_nothing(tmp_path):
    result = scan([tmp_path])
    assert (result.headers, result.volume_files, result.rejected) == ((), (), ())


def test_no_paths_are_nothing():
    assert open_paths([]).patients == ()


@pytest.mark.parametrize("code", ["empty", "not-dicom"])
def test_a_refusal_is_listed_as_it_was_said(code):
    item = rejected_file("shown", InputRefusedError("One sentence.", code=code))
    assert (item.path, item.code, item.reason) == ("shown", code, "One sentence.")


def palette(count, first, bits, **tables):
    values = {}
    for color in ("Red", "Green", "Blue"):
        values[f"{color}PaletteColorLookupTableDescriptor"] = [count, first, bits]
        values[f"{color}PaletteColorLookupTableData"] = tables.get(color, list(range(count)))
    return TagValues(values)


class TestPalette:
    @pytest.mark.parametrize(("stored", "entry"), [(0, 0), (1, 1), (3, 3), (4, 3), (200, 3)])
    def test_values_beyond_the_table_take_its_last_entry(self, stored, entry):
        found = palette_rgb(np.array([[stored]], np.uint8), palette(4, 0, 8))
        assert found.tolist() == [[[entry] * 3]]

    @pytest.mark.parametrize(("stored", "entry"), [(5, 0), (10, 0), (11, 1), (12, 2)])
    def test_the_first_value_mapped_shifts_the_table(self, stored, entry):
        found = palette_rgb(np.array([[stored]], np.uint8), palette(3, 10, 8))
        assert found[0, 0, 0] == entry

    def test_sixteen_bit_entries_give_their_high_byte(self):
        tags = palette(2, 0, 16, Red=[0x1234, 0xFFFF], Green=[0, 0x80FF], Blue=[0x00FF, 0])
        found = palette_rgb(np.array([[0, 1]], np.uint8), tags)
        assert found.tolist() == [[[0x12, 0, 0], [0xFF, 0x80, 0]]]

    def test_packed_eight_bit_tables(self):
        packed = [0x0201, 0x0403]
        tags = palette(4, 0, 8, Red=packed, Green=packed, Blue=packed)
        found = palette_rgb(np.array([[0, 1, 2, 3]], np.uint8), tags)
        assert found[0, :, 0].tolist() == [1, 2, 3, 4]

    @pytest.mark.parametrize(
        "tags",
        [
            TagValues({}),
            palette(8, 0, 16, Red=[1, 2, 3]),
            palette(4, 0, 8, Green=[]),
            palette(4, 0, 8, Blue=["x"]),
        ],
    )
    def test_missing_and_short_tables_are_refused(self, tags):
        with pytest.raises(InputRefusedError) as caught:
            palette_rgb(np.array([[0]], np.uint8), tags)
        assert caught.value.code == "no-palette"


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((128, 128, 128), (128, 128, 128)),
        ((76, 85, 255), (254, 0, 0)),
        ((150, 44, 21), (0, 255, 1)),
        ((29, 255, 107), (0, 0, 254)),
        ((255, 255, 255), (255, 121, 255)),
    ],
)
def test_ybr_by_hand(ybr, rgb):
    assert ybr_to_rgb(np.array([ybr], np.uint8))[0].tolist() == pytest.approx(rgb, abs=1)


@pytest.mark.parametrize(
    ("tags", "frames", "expected"),
    [
        ({"InstanceNumber": 7}, 1, 7),
        ({}, 1, 0),
        ({"InstanceNumber": "x"}, 1, 0),
        ({"InstanceNumber": 7}, 5, 1),
    ],
)
def test_the_number_by_which_others_show_a_picture(tags, frames, expected):
    assert frame_of(tags, frames=frames).instance_number == expected
