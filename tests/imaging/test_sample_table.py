"""Every real sample in one table: what opens, as what, with which findings and refusals."""

from typing import NamedTuple

import pytest

from workstation.imaging.catalog import load_image, load_volume, open_paths


class Case(NamedTuple):
    """What a folder of samples gives; ``volumes`` are sizes (i, j, k) or only their number."""

    patients: int
    series: int
    volumes: list[tuple[int, int, int]] | int
    images: int
    units: list[str]
    findings: list[str]
    rejected: list[str]


CASES = {
    "ct_body_j2k": Case(
        1,
        1,
        [(512, 512, 5)],
        0,
        ["HU"],
        ["missing-patient-id", "missing-series-uid", "missing-study-uid", "overlapping-slices"],
        [],
    ),
    "ct_tspine_excerpt": Case(
        1, 1, [(64, 64, 95)], 0, ["HU"], ["frame-of-reference-per-image"], []
    ),
    "dicomdir_pydicom": Case(
        2,
        13,
        20,
        5,
        ["HU", "a.u."],
        ["localizer", "mixed-orientations", "several-slabs", "single-slice"],
        ["no-pixels"],
    ),
    "enhanced_mr_hyperfine": Case(1, 1, [(32, 32, 8)], 0, ["a.u."], [], []),
    "enhanced_mr_philips": Case(1, 1, [(32, 32, 8)], 0, ["a.u."], [], []),
    "enhanced_mr_siemens": Case(1, 1, [(32, 32, 8)], 0, ["a.u."], [], []),
    "malformed_pydicom": Case(
        11,
        11,
        [(128, 128, 1), (64, 64, 1), (512, 512, 1)],
        4,
        ["HU", "a.u."],
        [
            "color-image",
            "duplicate-images",
            "missing-geometry",
            "missing-patient-id",
            "missing-series-uid",
            "missing-study-uid",
            "no-file-meta",
            "single-slice",
        ],
        ["damaged-header", "gzip", "no-identity", "no-transfer-syntax", "truncated"],
    ),
    "mr_cspine": Case(1, 1, [(60, 55, 52)], 0, ["a.u."], [], []),
    "multiframe": Case(
        6,
        6,
        [(128, 128, 1), (512, 512, 1), (512, 512, 1)],
        11,
        ["HU", "a.u."],
        ["duplicate-images", "missing-geometry", "missing-patient-id", "single-slice"],
        [],
    ),
    "nifti": Case(3, 3, [(73, 47, 73), (73, 47, 73), (73, 47, 73)], 0, ["a.u."], ["no-unit"], []),
    "odd_anisotropic_pixels": Case(1, 1, [(64, 28, 4)], 0, ["a.u."], [], []),
    "odd_codecs_mr": Case(
        1, 1, [(256, 256, 1)], 0, ["a.u."], ["duplicate-images", "single-slice"], []
    ),
    "odd_gantry_tilt_ct": Case(1, 1, [(32, 41, 4)], 4, ["HU"], ["tilted"], []),
    "odd_hitachi_oblique": Case(1, 1, [(64, 64, 4)], 0, ["a.u."], [], []),
    "odd_mixed_orientation_mr": Case(
        1, 1, [(32, 32, 2), (32, 32, 2)], 0, ["a.u."], ["mixed-spacing"], []
    ),
    "odd_not_a_volume_ct": Case(1, 1, [], 4, [], ["not-a-volume"], []),
    "odd_rgb_secondary_capture_j2k": Case(1, 1, [], 1, [], ["color-image"], []),
    "odd_slice_increment_ct_1": Case(1, 1, [(32, 32, 5)], 0, ["HU"], ["missing-slice"], []),
    "odd_slice_increment_ct_2_tilted": Case(
        1, 1, [(32, 34, 5)], 4, ["HU"], ["missing-slice", "tilted"], []
    ),
    "pet_pelvis_sts007": Case(1, 1, [(53, 45, 70)], 0, ["g/mL SUVbw"], [], []),
    "siemens_mosaic": Case(1, 1, [(80, 80, 50)], 0, ["a.u."], [], []),
    "spine_single_slices": Case(1, 1, [(256, 256, 1)], 0, ["a.u."], ["single-slice"], []),
    "sr_seg_highdicom": Case(
        3, 9, [(128, 128, 1)], 1, ["HU"], ["mixed-modalities", "single-slice"], []
    ),
    "sr_seg_rwvm_dcmqi": Case(1, 3, [], 0, [], [], []),
    "transfer_syntaxes": Case(
        3,
        3,
        [(512, 512, 2)],
        7,
        ["a.u."],
        ["duplicate-images", "missing-patient-id", "no-hu", "not-a-volume"],
        [],
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_sample(data, name):
    expected = CASES[name]
    catalog = open_paths([data / name])
    volumes = [load_volume(entry) for entry in catalog.volumes]
    images = [image for series in catalog.series for image in series.images]
    sizes = [volume.geometry.size_ijk for volume in volumes]
    assert (len(catalog.patients), len(catalog.series)) == (expected.patients, expected.series)
    assert (len(sizes) if isinstance(expected.volumes, int) else sizes) == expected.volumes
    assert len(images) == expected.images
    assert sorted({volume.unit.value for volume in volumes}) == expected.units
    assert sorted(_codes(catalog, volumes, images)) == expected.findings
    assert sorted({item.code for item in catalog.rejected}) == expected.rejected


def _codes(catalog, volumes, images):
    found = {finding.code for series in catalog.series for finding in series.findings}
    found |= {finding.code for volume in volumes for finding in volume.findings}
    return found | {image.finding.code for image in images if image.finding}


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_message_is_a_sentence_for_the_reader(data, name):
    catalog = open_paths([data / name])
    messages = [finding.message for series in catalog.series for finding in series.findings]
    messages += [finding.message for entry in catalog.volumes for finding in entry.findings]
    messages += [item.reason for item in catalog.rejected]
    for message in messages:
        assert message.endswith(".")
        assert message[0].isupper() or message[0].isdigit()
        assert "Error" not in message


def test_pictures_of_samples_can_be_shown(data):
    shown = 0
    for name in sorted(CASES):
        for series in open_paths([data / name]).series:
            for image in series.images:
                if image.frame.header.path.name == "JPEG2000-embedded-sequence-delimiter.dcm":
                    continue
                assert load_image(image).array.size > 0
                shown += 1
    assert shown > 30
