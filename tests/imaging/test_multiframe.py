from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian, JPEGLSLossless

from tests.support.phantom import MARKERS, PLANES, Phantom
from tests.support.phantom_multiframe import item, write_multiframe
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.resample import sample_nearest
from workstation.imaging.volume import Unit

PLAIN = Phantom()
POINTS = np.array([marker.center for marker in MARKERS.values()])
VALUES = [marker.value for marker in MARKERS.values()]


def volume_of(path):
    (entry,) = open_paths([path]).volumes
    return load_volume(entry)


@pytest.mark.parametrize("modality", ["CT", "MR", "PT"])
def test_shuffled_frames_are_sorted_by_position(tmp_path, modality):
    volume = volume_of(write_multiframe(tmp_path / "f", replace(PLAIN, modality=modality)))
    assert list(sample_nearest(volume, POINTS)) == VALUES
    assert volume.geometry.size_ijk == PLAIN.size
    assert (volume.unit is Unit.HU) is (modality == "CT")


def test_sagittal_frames(tmp_path):
    phantom = Phantom(
        modality="MR", axes=PLANES["sagittal"], size=(44, 52, 40), spacing=(2.0, 2.0, 2.5)
    )
    volume = volume_of(write_multiframe(tmp_path / "f", phantom))
    assert list(sample_nearest(volume, POINTS)) == VALUES


@pytest.mark.parametrize("offsets", ["basic", "extended", "none"])
def test_compressed_frames_with_every_offset_table(tmp_path, offsets):
    phantom = replace(PLAIN, syntax=str(JPEGLSLossless), encode=imagecodecs.jpegls_encode)
    volume = volume_of(write_multiframe(tmp_path / "f", phantom, offsets=offsets))
    assert list(sample_nearest(volume, POINTS)) == VALUES


def test_big_endian_frames(tmp_path):
    phantom = replace(PLAIN, syntax=str(ExplicitVRBigEndian))
    volume = volume_of(write_multiframe(tmp_path / "f", phantom))
    assert list(sample_nearest(volume, POINTS)) == VALUES


def test_legacy_converted(tmp_path):
    volume = volume_of(write_multiframe(tmp_path / "f", PLAIN, legacy=True))
    assert list(sample_nearest(volume, POINTS)) == VALUES


def test_a_missing_frame_is_a_gap(tmp_path):
    frames = [k for k in range(30) if k != 11]
    volume = volume_of(write_multiframe(tmp_path / "f", PLAIN, order=frames))
    assert volume.missing_slices == (11,)


def test_slice_numbers_are_frame_numbers(tmp_path):
    order = list(reversed(range(30)))
    volume = volume_of(write_multiframe(tmp_path / "f", PLAIN, order=order))
    assert volume.slice_numbers == tuple(range(30, 0, -1))


def test_more_frames_claimed_than_described(tmp_path):
    phantom = replace(PLAIN, tags={"NumberOfFrames": 31})
    (rejected,) = open_paths([write_multiframe(tmp_path / "f", phantom)]).rejected
    assert rejected.code == "truncated"


def test_adc_with_units_of_a_real_world_mapping(tmp_path):
    unit = item(CodeValue="um2/s", CodingSchemeDesignator="UCUM", CodeMeaning="um2/s")
    mapping = item(
        RealWorldValueFirstValueMapped=0,
        RealWorldValueLastValueMapped=4095,
        RealWorldValueSlope=2.0,
        RealWorldValueIntercept=0.0,
        MeasurementUnitsCodeSequence=[unit],
        LUTLabel="ADC",
    )
    phantom = Phantom(
        modality="MR",
        size=(20, 16, 5),
        slope=1.0,
        intercept=0.0,
        values=lambda at: np.full(at.shape[:-1], 650.0),
        tags={
            "ImageType": ["DERIVED", "PRIMARY", "ADC"],
            "RealWorldValueMappingSequence": [mapping],
        },
    )
    volume = volume_of(write_multiframe(tmp_path / "f", phantom))
    assert volume.unit is Unit.ADC
    assert volume.array[0, 0, 0] == pytest.approx(1.3)
    assert "real world" in volume.facts["values"]


def test_adc_without_units_says_so(tmp_path):
    phantom = Phantom(
        modality="MR", size=(20, 16, 5), tags={"ImageType": ["DERIVED", "PRIMARY", "ADC"]}
    )
    volume = volume_of(write_multiframe(tmp_path / "f", phantom))
    assert volume.unit is Unit.ARBITRARY
    assert "no-adc-unit" in [finding.code for finding in volume.findings]
