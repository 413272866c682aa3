import gzip
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.nifti import read_volume_file
from workstation.imaging.resample import nearest_index
from workstation.imaging.volume import Unit

LEFT_POINT = (12.0, 4.0, 5.0)


def image(dtype=np.int16, size=(8, 7, 6)):
    array = np.arange(np.prod(size), dtype=dtype).reshape(size[::-1])
    made = sitk.GetImageFromArray(array)
    made.SetSpacing((2.0, 1.5, 3.0))
    made.SetOrigin((10.0, -20.0, 30.0))
    made.SetDirection((0, 0, -1, 1, 0, 0, 0, -1, 0))
    return made, array


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha", ".mhd", ".nhdr"])
def test_grid_and_values_survive(tmp_path, suffix):
    made, array = image()
    path = tmp_path / f"volume{suffix}"
    sitk.WriteImage(made, str(path))
    catalog = open_paths([path])
    volume = load_volume(catalog.volumes[0])
    assert (volume.array == array).all()
    assert volume.geometry.spacing_ijk == pytest.approx((2.0, 1.5, 3.0))
    assert volume.geometry.origin_lps == pytest.approx((10.0, -20.0, 30.0))
    index = np.array([3.0, 2.0, 4.0])
    expected = made.TransformContinuousIndexToPhysicalPoint(index.tolist())
    assert volume.geometry.index_to_lps(index) == pytest.approx(expected)


def test_ras_header_gives_the_patients_left(tmp_path):
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, 4, 4, 4, 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, 4, 16)
    struct.pack_into("<8f", header, 76, 1, 2, 2, 2, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<hh", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, 2, 0, 0, -30, 0, 2, 0, 10, 0, 0, 2, 5)
    header[344:348] = b"n+1\0"
    array = np.arange(64, dtype=np.int16)
    path = tmp_path / "ras.nii"
    path.write_bytes(bytes(header) + b"\0" * 4 + array.tobytes())
    volume = load_volume(open_paths([path]).volumes[0])
    assert volume.geometry.origin_lps == pytest.approx((30.0, -10.0, 5.0))
    assert nearest_index(volume, (26.0, -12.0, 7.0)) == (2, 1, 1)


def test_no_unit_and_no_patient_are_made_up(tmp_path):
    made, _ = image()
    sitk.WriteImage(made, str(tmp_path / "ct.nii.gz"))
    (series,) = open_paths([tmp_path]).series
    volume = load_volume(series.volumes[0])
    assert volume.unit is Unit.ARBITRARY
    assert [finding.code for finding in volume.findings] == ["no-unit"]
    assert series.identity.patient.id == ""
    assert series.identity.modality == ""


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(np.uint8, np.int16), (np.int32, np.int16), (np.float32, np.int16), (np.float64, np.int16)],
)
def test_whole_numbers_become_int16(tmp_path, dtype, expected):
    made, _ = image(dtype, size=(5, 5, 5))
    sitk.WriteImage(made, str(tmp_path / "v.nrrd"))
    assert load_volume(open_paths([tmp_path]).volumes[0]).array.dtype == expected


def test_fractions_and_large_numbers_become_float32(tmp_path):
    made, _ = image(np.float32)
    sitk.WriteImage(made * 0.25, str(tmp_path / "a.nrrd"))
    large, _ = image(np.int32)
    sitk.WriteImage(large * 1000, str(tmp_path / "b.nrrd"))
    assert [load_volume(entry).array.dtype for entry in open_paths([tmp_path]).volumes] == [
        np.float32,
        np.float32,
    ]


def test_four_dimensions_are_several_volumes(tmp_path):
    made, array = image()
    joined = sitk.JoinSeries([made, made + 1000])
    sitk.WriteImage(joined, str(tmp_path / "v.nii"))
    entries = open_paths([tmp_path]).volumes
    assert [entry.index for entry in entries] == [0, 1]
    assert (load_volume(entries[1]).array == array + 1000).all()


def test_not_finite_is_refused(tmp_path):
    array = np.zeros((4, 4, 4), np.float32)
    array[1, 1, 1] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "v.nrrd"))
    with pytest.raises(InputRefusedError) as caught:
        load_volume(open_paths([tmp_path]).volumes[0])
    assert caught.value.code == "not-finite"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.nii", b"", "empty"),
        ("a.nii.gz", gzip.compress(b"nothing", mtime=0), "damaged-volume-file"),
        ("a.nrrd", b"NRRD0004\ntype: short\n", "damaged-volume-file"),
        (
            "a.nhdr",
            b"NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n"
            b"data file: /etc/passwd\n",
            "outside-folder",
        ),
        (
            "a.mhd",
            b"ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_SHORT\n"
            b"ElementDataFile = ../../secret.raw\n",
            "outside-folder",
        ),
    ],
)
def test_bad_files_are_listed_with_a_reason(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    catalog = open_paths([tmp_path])
    assert catalog.volumes == ()
    assert [item.code for item in catalog.rejected] == [code]


def test_claimed_size_is_checked_before_reading(tmp_path):
    header = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nDimSize = 60000 60000 60000\n"
        "ElementSpacing = 1 1 1\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"
    )
    path = tmp_path / "v.mha"
    path.write_bytes(header.encode() + b"\0" * 100)
    with pytest.raises(InputRefusedError) as caught:
        read_volume_file(path)
    assert caught.value.code == "too-large"


def test_flat_picture_is_no_volume(tmp_path):
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((4, 4), np.int16)), str(tmp_path / "v.mha"))
    assert [item.code for item in open_paths([tmp_path]).rejected] == ["not-a-volume"]


def test_real_ct_cut(data):
    catalog = open_paths([data / "nifti" / "tptbox_sub-ct_label-22_ct.nii.gz"])
    volume = load_volume(catalog.volumes[0])
    assert (int(volume.array.min()), int(volume.array.max())) == (-1030, 1961)
    assert abs(np.linalg.det(volume.geometry.direction)) == pytest.approx(1.0)
