"""Real samples open with the numbers that were computed for them independently."""

import numpy as np
import pydicom
import pytest

from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.resample import nearest_index, sample_linear
from workstation.imaging.volume import Unit


def only_volume(path):
    (entry,) = open_paths([path]).volumes
    return load_volume(entry)


def codes(findings):
    return {finding.code for finding in findings}


def test_pet_maximum_and_its_place(data):
    volume = only_volume(data / "pet_pelvis_sts007")
    assert volume.unit is Unit.SUVBW
    assert float(volume.array.max()) == pytest.approx(25.1989, abs=5e-5)
    assert np.unravel_index(volume.array.argmax(), volume.array.shape) == (23, 12, 42)
    assert volume.raw_factor is None
    assert volume.facts["tracer"].startswith("FDG")
    assert volume.geometry.spacing_ijk[2] == pytest.approx(3.27)


def test_ct_with_a_frame_of_reference_per_slice(data):
    volume = only_volume(data / "ct_tspine_excerpt")
    assert volume.geometry.size_ijk == (64, 64, 95)
    assert volume.geometry.origin_lps[2] == pytest.approx(-652.8)
    assert volume.geometry.spacing_ijk == pytest.approx((0.78125, 0.78125, 1.0))
    assert volume.unit is Unit.HU
    assert volume.slice_numbers[0] > volume.slice_numbers[-1]


def test_ct_without_any_uid(data):
    volume = only_volume(data / "ct_body_j2k")
    assert volume.geometry.spacing_ijk[2] == pytest.approx(2.0)
    assert codes(volume.findings) >= {"missing-series-uid", "overlapping-slices"}
    assert volume.array.min() == -1024


def _independent(folder):
    """Return voxels [k, j, i], first position and axes, read without our code."""
    slices = [pydicom.dcmread(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    axes = np.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(*axes)
    slices.sort(key=lambda item: float(np.array(item.ImagePositionPatient, float) @ normal))
    voxels = np.stack(
        [
            item.pixel_array * float(item.get("RescaleSlope", 1))
            + float(item.get("RescaleIntercept", 0))
            for item in slices
        ]
    )
    return voxels, slices, axes


@pytest.mark.parametrize("name", ["pet_pelvis_sts007", "mr_cspine", "ct_tspine_excerpt"])
def test_ten_points_equal_an_independent_reading(data, name):
    voxels, slices, axes = _independent(data / name)
    volume = only_volume(data / name)
    rows, columns = (float(value) for value in slices[0].PixelSpacing)
    rng = np.random.default_rng(11)
    for _ in range(10):
        k, j, i = (int(rng.integers(1, size - 1)) for size in voxels.shape)
        first = np.array(slices[k].ImagePositionPatient, float)
        after = np.array(slices[k + 1].ImagePositionPatient, float)
        a, b, c = rng.uniform(0.0, 0.45, 3)
        point = first + axes[0] * (i + a) * columns + axes[1] * (j + b) * rows + (after - first) * c
        block = voxels[k : k + 2, j : j + 2, i : i + 2]
        plane = block[0] * (1 - c) + block[1] * c
        line = plane[0] * (1 - b) + plane[1] * b
        assert nearest_index(volume, tuple(point)) == (i, j, k)
        assert volume.array[k, j, i] == pytest.approx(voxels[k, j, i], abs=1e-3)
        assert sample_linear(volume, point) == pytest.approx(
            line[0] * (1 - a) + line[1] * a, abs=1e-3
        )


def test_gantry_tilt_of_14_degrees(data):
    volume = only_volume(data / "odd_gantry_tilt_ct")
    (finding,) = [item for item in volume.findings if item.code == "tilted"]
    assert "14.0°" in finding.message
    assert volume.resampled


def test_one_slice_missing(data):
    volume = only_volume(data / "odd_slice_increment_ct_1")
    assert volume.missing_slices == (3,)
    assert volume.geometry.spacing_ijk[2] == pytest.approx(5.0)
    assert volume.geometry.shape_kji[0] == 5


def test_tilted_with_one_slice_missing(data):
    volume = only_volume(data / "odd_slice_increment_ct_2_tilted")
    assert codes(volume.findings) == {"missing-slice", "tilted"}
    assert volume.missing_slices == (3,)


def test_two_orientations_in_one_series(data):
    volumes = open_paths([data / "odd_mixed_orientation_mr"]).volumes
    assert [volume.geometry.size_ijk[2] for volume in volumes] == [2, 2]


def test_four_slices_at_one_position(data):
    (series,) = open_paths([data / "odd_not_a_volume_ct"]).series
    assert series.volumes == ()
    assert {image.finding.code for image in series.images} == {"not-a-volume"}


def test_same_slices_in_four_encodings_are_copies(data):
    catalog = open_paths([data / "odd_codecs_mr"])
    assert "duplicate-images" in codes(catalog.series[0].findings)


def test_triple_oblique(data):
    volume = only_volume(data / "odd_hitachi_oblique")
    assert volume.geometry.size_ijk == (64, 64, 4)
    assert np.linalg.det(volume.geometry.direction) == pytest.approx(1.0)


def test_pixels_that_are_not_square(data):
    volume = only_volume(data / "odd_anisotropic_pixels")
    assert volume.geometry.size_ijk == (64, 28, 4)
    assert volume.geometry.spacing_ijk[:2] == pytest.approx((6.4, 4.0), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "slices", "plane"),
    [
        ("enhanced_mr_hyperfine", 8, "axial"),
        ("enhanced_mr_philips", 8, "sagittal"),
        ("enhanced_mr_siemens", 8, "axial"),
    ],
)
def test_enhanced_magnetic_resonance(data, name, slices, plane):
    (series,) = open_paths([data / name]).series
    assert series.kind.plane == plane
    assert load_volume(series.volumes[0]).geometry.size_ijk[2] == slices


def test_objects_that_are_no_images_are_listed(data):
    catalog = open_paths([data / "sr_seg_highdicom", data / "sr_seg_rwvm_dcmqi"])
    kinds = {series.object_kind for series in catalog.series}
    assert kinds >= {
        ObjectKind.SEGMENTATION,
        ObjectKind.STRUCTURED_REPORT,
        ObjectKind.REAL_WORLD_MAPPING,
        ObjectKind.IMAGE,
    }
    assert catalog.rejected == ()


def test_malformed_files_are_refused_one_by_one(data):
    catalog = open_paths([data / "malformed_pydicom"])
    refused = {item.path.rsplit("/", 1)[1]: item.code for item in catalog.rejected}
    assert refused["MR_truncated.dcm"] == "truncated"
    assert refused["rtplan_truncated.dcm"] == "damaged-header"
    assert refused["zipMR.gz"] == "gzip"
    assert len(catalog.series) >= 9
    for entry in catalog.volumes:
        load_volume(entry)


def test_everything_at_once(data):
    catalog = open_paths([data])
    assert len(catalog.studies) >= 20
    assert all(item.reason.endswith((".", ")")) for item in catalog.rejected)
    for entry in catalog.volumes:
        assert load_volume(entry).array.size > 0
