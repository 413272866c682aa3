"""Volume files in every orientation: a point of the patient keeps its place and its value."""

import itertools
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.nifti import read_volume_file

SIZE = (3, 4, 5)
"""Voxels along i, j, k."""


def nifti(affine_ras, array, *, qform=None, scale=(1.0, 0.0), datatype=(4, 16)):
    """Return the bytes of a NIfTI-1 file with an affine in RAS, array (k, j, i)."""
    header = bytearray(348)
    k, j, i = array.shape
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, i, j, k, 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, *datatype)
    spacing = np.linalg.norm(affine_ras[:3, :3], axis=0)
    struct.pack_into("<8f", header, 76, 1.0, *spacing, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, 352.0)
    struct.pack_into("<2f", header, 112, *scale)
    if qform is None:
        struct.pack_into("<hh", header, 252, 0, 1)
        struct.pack_into("<12f", header, 280, *affine_ras[:3].ravel())
    else:
        struct.pack_into("<hh", header, 252, 1, 0)
        struct.pack_into("<6f", header, 256, *qform, *affine_ras[:3, 3])
    header[344:348] = b"n+1\0"
    return bytes(header) + b"\0" * 4 + array.tobytes()


def written(tmp_path, content, name="v.nii"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def load(path):
    (entry,) = open_paths([path]).volumes
    return load_volume(entry)


def numbered():
    i, j, k = SIZE
    return np.arange(i * j * k, dtype=np.int16).reshape(k, j, i)


def axis_affines():
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            affine = np.eye(4)
            affine[:3, :3] = 0.0
            for column, (row, sign) in enumerate(zip(order, signs, strict=True)):
                affine[row, column] = sign * (1.0, 2.0, 3.0)[column]
            affine[:3, 3] = (11.0, -7.0, 5.0)
            yield affine


@pytest.mark.parametrize("number", range(48))
def test_every_axis_order_keeps_points_and_values(tmp_path, number):
    affine = list(axis_affines())[number]
    array = numbered()
    volume = load(written(tmp_path, nifti(affine, array)))
    for index in ((0, 0, 0), (2, 0, 0), (0, 3, 0), (0, 0, 4), (2, 3, 4), (1, 2, 3)):
        ras = affine[:3, :3] @ np.array(index, float) + affine[:3, 3]
        lps = ras * (-1.0, -1.0, 1.0)
        i, j, k = np.rint(volume.geometry.lps_to_index(lps)).astype(int)
        assert volume.geometry.contains(tuple(lps))
        assert volume.array[k, j, i] == array[index[2], index[1], index[0]]


@pytest.mark.parametrize("degrees", [-40.0, 10.0, 25.0, 60.0])
@pytest.mark.parametrize("axis", range(3))
def test_oblique_affines_keep_their_points(tmp_path, degrees, axis):
    a = np.radians(degrees)
    turn = np.eye(3)
    one, two = [n for n in range(3) if n != axis]
    turn[one, one] = turn[two, two] = np.cos(a)
    turn[one, two], turn[two, one] = -np.sin(a), np.sin(a)
    affine = np.eye(4)
    affine[:3, :3] = turn * (1.5, 2.0, 2.5)
    affine[:3, 3] = (3.0, 4.0, -5.0)
    volume = load(written(tmp_path, nifti(affine, numbered())))
    index = np.array([2.0, 1.0, 3.0])
    ras = affine[:3, :3] @ index + affine[:3, 3]
    assert volume.geometry.index_to_lps(index) == pytest.approx(ras * (-1, -1, 1), abs=1e-4)
    assert volume.geometry.spacing_ijk == pytest.approx((1.5, 2.0, 2.5), abs=1e-5)


def test_a_quaternion_stands_for_the_affine(tmp_path):
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = (10.0, 20.0, 30.0)
    volume = load(written(tmp_path, nifti(affine, numbered(), qform=(0.0, 0.0, 0.0))))
    assert volume.geometry.origin_lps == pytest.approx((-10.0, -20.0, 30.0))
    assert np.diag(volume.geometry.direction) == pytest.approx((-1.0, -1.0, 1.0))


@pytest.mark.parametrize(
    ("scale", "expected", "dtype"),
    [
        ((1.0, 0.0), [0, 1, 59], np.int16),
        ((2.0, -1024.0), [-1024, -1022, -906], np.int16),
        ((0.5, 0.0), [0.0, 0.5, 29.5], np.float32),
        ((1000.0, 0.0), [0.0, 1000.0, 59000.0], np.float32),
    ],
)
def test_slope_and_intercept_of_the_file(tmp_path, scale, expected, dtype):
    volume = load(written(tmp_path, nifti(np.eye(4), numbered(), scale=scale)))
    assert volume.array.dtype == dtype
    flat = volume.array.reshape(-1)
    assert [flat[0], flat[1], flat[-1]] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([0, 255], np.uint8), np.int16),
        (np.array([-32768, 32767], np.int16), np.int16),
        (np.array([0, 65535], np.uint16), np.float32),
        (np.array([0, 40000], np.int32), np.float32),
        (np.array([0, 12], np.int64), np.int16),
        (np.array([0.0, 12.0], np.float64), np.int16),
        (np.array([0.0, 12.5], np.float64), np.float32),
        (np.array([0.0, 40000.0], np.float32), np.float32),
        (np.array([-40000.0, 0.0], np.float32), np.float32),
    ],
)
def test_voxels_are_int16_where_that_loses_nothing(tmp_path, values, dtype):
    image = sitk.GetImageFromArray(np.broadcast_to(values, (2, 2, 2)).copy())
    sitk.WriteImage(image, str(tmp_path / "v.nrrd"))
    volume = load(tmp_path / "v.nrrd")
    assert volume.array.dtype == dtype
    assert sorted(set(volume.array.ravel().tolist())) == pytest.approx(sorted(values.tolist()))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path, bad):
    array = np.zeros((2, 2, 2), np.float32)
    array[1, 0, 1] = bad
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "v.mha"))
    with pytest.raises(InputRefusedError) as caught:
        load(tmp_path / "v.mha")
    assert caught.value.code == "not-finite"


def test_colors_are_no_volume(tmp_path):
    image = sitk.GetImageFromArray(np.zeros((3, 3, 3, 3), np.uint8), isVector=True)
    sitk.WriteImage(image, str(tmp_path / "v.mha"))
    with pytest.raises(InputRefusedError) as caught:
        read_volume_file(tmp_path / "v.mha")
    assert caught.value.code == "not-a-volume"


@pytest.mark.parametrize("phases", [2, 3])
def test_each_phase_is_read_by_itself(tmp_path, phases):
    base = sitk.GetImageFromArray(numbered())
    sitk.WriteImage(
        sitk.JoinSeries([base + 100 * n for n in range(phases)]), str(tmp_path / "v.nii")
    )
    entries = open_paths([tmp_path]).volumes
    assert len(entries) == phases
    for number, entry in enumerate(entries):
        assert (load_volume(entry).array == numbered() + 100 * number).all()
        assert entry.key.index == number


def test_the_same_file_has_the_same_uid_and_another_has_not(tmp_path):
    content = nifti(np.eye(4), numbered())
    first = read_volume_file(written(tmp_path, content, "a.nii"))
    again = read_volume_file(written(tmp_path, content, "a.nii"))
    other = read_volume_file(written(tmp_path, content, "b.nii"))
    moved = np.eye(4)
    moved[0, 3] = 5.0
    changed = read_volume_file(written(tmp_path, nifti(moved, numbered()), "a.nii"))
    assert first.identity.series_uid == again.identity.series_uid
    uids = {item.identity.series_uid for item in (first, other, changed)}
    assert len(uids) == 3
    assert all(uid.startswith("2.25.") for uid in uids)


@pytest.mark.parametrize(
    "affine",
    [
        np.array([[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], float),
        np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], float),
        np.zeros((4, 4)),
    ],
)
def test_sheared_or_flat_affines_are_not_taken_as_they_are(tmp_path, affine):
    path = written(tmp_path, nifti(affine, numbered()))
    try:
        source = read_volume_file(path)
    except InputRefusedError:
        return
    direction = source.geometry.direction
    assert direction.T @ direction == pytest.approx(np.eye(3), abs=1e-3)
