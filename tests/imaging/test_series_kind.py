from dataclasses import replace

import numpy as np
import pytest

from tests.support.phantom import PLANES, Phantom, pet_phantom
from workstation.imaging.series_kind import Weighting, plane_of

MR = Phantom(modality="MR", size=(8, 8, 3))
CT = Phantom(size=(8, 8, 3))


@pytest.fixture
def kind_of(opened):
    def kind(phantom, **tags):
        written = replace(phantom, tags={**phantom.tags, "SeriesDescription": "", **tags})
        return opened(written).series[0].kind

    return kind


@pytest.mark.parametrize(
    ("axes", "plane"),
    [
        ("axial", "axial"),
        ("sagittal", "sagittal"),
        ("coronal", "coronal"),
        ("prone", "axial"),
        ("oblique", "axial"),
    ],
)
def test_plane(kind_of, axes, plane):
    assert kind_of(replace(MR, axes=PLANES[axes])).plane == plane


def test_plane_at_45_degrees_is_oblique():
    assert plane_of(np.array([0.0, 0.7071, 0.7071])) == "oblique"
    assert plane_of(np.array([0.0, 0.5, -0.87])) == "axial"


@pytest.mark.parametrize(
    ("tags", "weighting"),
    [
        ({"RepetitionTime": 600, "EchoTime": 12, "ScanningSequence": "SE"}, Weighting.T1),
        ({"RepetitionTime": 3500, "EchoTime": 100, "ScanningSequence": "SE"}, Weighting.T2),
        (
            {"RepetitionTime": 4000, "EchoTime": 60, "InversionTime": 150},
            Weighting.STIR,
        ),
        (
            {
                "RepetitionTime": 2000,
                "EchoTime": 10,
                "InversionTime": 860,
                "ScanningSequence": ["SE", "IR"],
            },
            Weighting.T1_FLAIR,
        ),
        ({"DiffusionBValue": 800.0}, Weighting.DWI),
        ({"ImageType": ["DERIVED", "PRIMARY", "ADC"]}, Weighting.ADC),
        ({"SeriesDescription": "sag T2 TSE"}, Weighting.T2),
        ({"SeriesDescription": "SAG T1 FSE"}, Weighting.T1),
        ({"SeriesDescription": "t2_tirm_sag"}, Weighting.STIR),
        ({"SeriesDescription": "ax T2* merge"}, Weighting.T2_STAR),
        ({"SeriesDescription": "DP sagittal"}, Weighting.PD),
        ({"SeriesDescription": "whatever"}, Weighting.UNKNOWN),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "W"]}, Weighting.DIXON),
    ],
)
def test_weighting(kind_of, tags, weighting):
    assert kind_of(MR, **tags).weighting is weighting


def test_physics_beats_text(kind_of):
    kind = kind_of(MR, RepetitionTime=3500, EchoTime=100, SeriesDescription="SAG T1")
    assert kind.weighting is Weighting.T2


def test_gradient_echo_timing_proves_nothing(kind_of):
    kind = kind_of(MR, RepetitionTime=25, EchoTime=5, ScanningSequence="GR")
    assert kind.weighting is Weighting.UNKNOWN


@pytest.mark.parametrize(
    "tags",
    [
        {"ScanOptions": ["FS"]},
        {"SeriesDescription": "T2 FS sag"},
        {"SeriesDescription": "T1 fettgesättigt"},
        {"InversionTime": 160},
    ],
)
def test_fat_suppression(kind_of, tags):
    assert kind_of(MR, **tags).fat_suppressed


def test_plain_series_is_not_fat_suppressed(kind_of):
    assert not kind_of(MR, SeriesDescription="T2 TSE sag").fat_suppressed


@pytest.mark.parametrize(
    ("tags", "contrast"),
    [
        ({"ContrastBolusAgent": "Gadovist"}, True),
        ({"ContrastBolusAgent": "NONE"}, False),
        ({"SeriesDescription": "T1 sag +C"}, True),
        ({"SeriesDescription": "T1 sag nach KM"}, True),
        ({"SeriesDescription": "T1 apres injection avec injection"}, True),
        ({"SeriesDescription": "T1 sag nativ"}, False),
        ({"SeriesDescription": "T1 pre contrast"}, False),
        ({"SeriesDescription": "T1 sag"}, False),
    ],
)
def test_contrast(kind_of, tags, contrast):
    assert kind_of(MR, **tags).contrast is contrast


@pytest.mark.parametrize(
    ("flavor", "part"),
    [("W", "water"), ("F", "fat"), ("IP", "in-phase"), ("OPP_PHASE", "opposed-phase")],
)
def test_dixon_parts(kind_of, flavor, part):
    assert kind_of(MR, ImageType=["DERIVED", "PRIMARY", flavor]).dixon_part == part


@pytest.mark.parametrize(
    ("tags", "kernel"),
    [
        ({"ConvolutionKernel": "B70f", "SliceThickness": 1}, "bone"),
        ({"ConvolutionKernel": "Br64d", "SliceThickness": 1}, "bone"),
        ({"ConvolutionKernel": "BONEPLUS", "SliceThickness": 1.25}, "bone"),
        ({"ConvolutionKernel": "B30f", "SliceThickness": 1}, "soft"),
        ({"ConvolutionKernel": "B70f", "SliceThickness": 5}, "soft"),
        ({"SeriesDescription": "Knochen 1.0"}, "bone"),
        ({}, ""),
    ],
)
def test_ct_kernel(kind_of, tags, kernel):
    assert kind_of(CT, **tags).ct_kernel == kernel


@pytest.mark.parametrize(
    "tags",
    [
        {"ContrastBolusRoute": "INTRATHECAL"},
        {"SeriesDescription": "CT Myelographie"},
        {"SeriesDescription": "mielo TC"},
    ],
)
def test_myelography(kind_of, tags):
    assert kind_of(CT, **tags).myelography


def test_intravenous_contrast_is_no_myelography(kind_of):
    assert not kind_of(CT, ContrastBolusRoute="IV", ContrastBolusAgent="Iomeron").myelography


@pytest.mark.parametrize(
    "tags",
    [
        {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
        {"SeriesDescription": "Topogram"},
        {"SeriesDescription": "3-plane loc"},
        {"SeriesDescription": "repérage"},
    ],
)
def test_localizer(kind_of, tags):
    assert kind_of(CT, **tags).localizer


def test_pet(kind_of):
    kind = kind_of(pet_phantom())
    assert kind.attenuation_corrected is True
    assert kind.tracer == "FDG"
    assert kind_of(pet_phantom(CorrectedImage=["DECY"])).attenuation_corrected is False


def test_pet_without_list_of_corrections_is_judged_by_its_name(kind_of):
    kind = kind_of(pet_phantom(CorrectedImage=None), SeriesDescription="PET WB NAC")
    assert kind.attenuation_corrected is False
