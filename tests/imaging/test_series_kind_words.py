"""What a series is, from the words and the physics of many vendors and languages.

Headers live in memory: each row is one way in which a real protocol names or times a series.
"""

import math

import numpy as np
import pytest

from tests.support.frames import frame_of
from workstation.imaging.series_kind import SeriesKind, Weighting, plane_of, series_kind

W = Weighting


def kind(modality, **tags):
    return series_kind([frame_of({"Modality": modality, **tags})])


def mr(description="", **tags):
    return kind("MR", **{"SeriesDescription": description, **tags})


def ct(description="", **tags):
    return kind("CT", **{"SeriesDescription": description, **tags})


def pet(description="", **tags):
    return kind("PT", **{"SeriesDescription": description, **tags})


@pytest.mark.parametrize(
    ("words", "weighting"),
    [
        ("t1_tse_sag", W.T1),
        ("T1W_TSE SAG", W.T1),
        ("Sag T1 FSE", W.T1),
        ("SAG FLAIR T1", W.T1),
        ("t1_tse_tra_post", W.T1),
        ("T1 sagittale", W.T1),
        ("SAG T1 LOMBARE", W.T1),
        ("矢状位 T1", W.T1),
        ("t2_tse_sag_p2", W.T2),
        ("T2W_TSE", W.T2),
        ("Sag T2 frFSE", W.T2),
        ("SAG T2 PROPELLER", W.T2),
        ("T2 sagital columna", W.T2),
        ("t2 sag HWS", W.T2),
        ("Т2 sag T2", W.T2),
        ("t2_tirm_sag", W.STIR),
        ("STIR_longTE SAG", W.STIR),
        ("SAG STIR", W.STIR),
        ("Sag IR-FSE", W.STIR),
        ("TIRM cor", W.STIR),
        ("t2_me2d_tra MEDIC", W.T2_STAR),
        ("Ax T2* GRE", W.T2_STAR),
        ("AX MERGE", W.T2_STAR),
        ("T2 star axial", W.T2_STAR),
        ("pd_tse_sag", W.PD),
        ("DP SAG", W.PD),
        ("PDW TSE", W.PD),
        ("Proton density", W.PD),
        ("DWI b50 b800", W.DWI),
        ("diffusion sag", W.DWI),
        ("resolve_diff_sag", W.DWI),
        ("ep2d_diff TRACE", W.DWI),
        ("mDIXON XD", W.DIXON),
        ("IDEAL sag", W.DIXON),
        ("LAVA Flex", W.DIXON),
        ("dADC map", W.UNKNOWN),
        ("isotropic ADC", W.ADC),
        ("Apparent Diffusion Coefficient", W.ADC),
        ("Sagittal", W.UNKNOWN),
        ("Wirbelsäule", W.UNKNOWN),
        ("T12 level", W.UNKNOWN),
        ("T10", W.UNKNOWN),
        ("", W.UNKNOWN),
    ],
)
def test_weighting_by_words(words, weighting):
    assert mr(words).weighting is weighting


@pytest.mark.parametrize("keyword", ["ProtocolName", "SequenceName", "PulseSequenceName"])
def test_words_of_any_name_count(keyword):
    assert mr(**{keyword: "t1_tse_sag"}).weighting is W.T1


def timing(tr, te, ti=None, sequence="SE"):
    tags = {"RepetitionTime": tr, "EchoTime": te, "ScanningSequence": sequence}
    return tags if ti is None else {**tags, "InversionTime": ti}


@pytest.mark.parametrize(
    ("tags", "weighting"),
    [
        (timing(1199.0, 29.9), W.T1),
        (timing(1200.0, 10.0), W.UNKNOWN),
        (timing(600.0, 30.0), W.UNKNOWN),
        (timing(1801.0, 70.1), W.T2),
        (timing(1800.0, 100.0), W.UNKNOWN),
        (timing(3000.0, 70.0), W.UNKNOWN),
        (timing(3000.0, 15.0), W.UNKNOWN),
        (timing(600.0, 12.0, sequence=["GR", "SP"]), W.UNKNOWN),
        (timing(3500.0, 100.0, sequence=["SE", "IR"]), W.T2),
        (timing(4000.0, 40.0, 100.0), W.STIR),
        (timing(4000.0, 40.0, 260.0), W.STIR),
        (timing(600.0, 12.0, 99.0), W.T1),
        (timing(3500.0, 100.0, 261.0), W.T2),
        (timing(2000.0, 29.0, 600.0), W.T1_FLAIR),
        (timing(2000.0, 29.0, 1100.0), W.T1_FLAIR),
        (timing(2000.0, 30.0, 860.0), W.UNKNOWN),
        (timing(9000.0, 100.0, 2500.0), W.T2),
        ({"RepetitionTime": 600.0}, W.UNKNOWN),
        ({"EchoTime": 12.0}, W.UNKNOWN),
        (timing(0.0, 0.0), W.UNKNOWN),
        ({"RepetitionTime": "NaN", "EchoTime": 12.0}, W.UNKNOWN),
    ],
)
def test_weighting_by_timing_at_its_limits(tags, weighting):
    assert mr(**tags).weighting is weighting


@pytest.mark.parametrize(
    ("tags", "weighting"),
    [
        ({"DiffusionBValue": 800.0}, W.DWI),
        ({"PrivateBValue": 50.0}, W.DWI),
        ({"DiffusionBValue": 0.0}, W.T2),
        ({"DiffusionBValue": 0.0, "PrivateBValue": 800.0}, W.T2),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"]}, W.DWI),
        ({"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]}, W.ADC),
        ({"DiffusionBValue": 800.0, "SeriesDescription": "ADC 0_800"}, W.ADC),
    ],
)
def test_diffusion_stands_before_timing_and_words(tags, weighting):
    assert mr(**{"SeriesDescription": "t2", **tags}).weighting is weighting


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("W", "water"),
        ("WATER", "water"),
        ("F", "fat"),
        ("FAT", "fat"),
        ("IP", "in-phase"),
        ("IN_PHASE", "in-phase"),
        ("OP", "opposed-phase"),
        ("OPP_PHASE", "opposed-phase"),
        ("OUT_PHASE", "opposed-phase"),
        ("M", ""),
        ("w", ""),
    ],
)
def test_dixon_part_is_the_third_value_or_later(value, part):
    assert mr(ImageType=["DERIVED", "PRIMARY", "DIXON", value]).dixon_part == part
    assert mr(ImageType=["DERIVED", "PRIMARY", value, "NORM"]).dixon_part == part


def test_the_first_two_values_of_image_type_are_no_dixon_part():
    assert mr(ImageType=["W", "F"]).dixon_part == ""


def test_a_dixon_part_of_a_t1_series_keeps_the_weighting():
    made = mr("t1_dixon", ImageType=["DERIVED", "PRIMARY", "W"], **timing(500, 10))
    assert (made.weighting, made.dixon_part) == (W.T1, "water")


@pytest.mark.parametrize(
    ("tags", "suppressed"),
    [
        ({"ScanOptions": "FS"}, True),
        ({"ScanOptions": ["PFP", "FS"]}, True),
        ({"ScanOptions": "FSS"}, False),
        ({"SpectrallySelectedSuppression": "FAT"}, True),
        ({"SpectrallySelectedSuppression": "FAT_AND_WATER"}, True),
        ({"SpectrallySelectedSuppression": "WATER"}, False),
        ({"SpectrallySelectedSuppression": "NONE"}, False),
        ({"SeriesDescription": "t1_tse_fs_sag"}, True),
        ({"SeriesDescription": "SAG T1 FATSAT GADO"}, True),
        ({"SeriesDescription": "T2 fat-sat"}, True),
        ({"SeriesDescription": "T2W_SPAIR"}, True),
        ({"SeriesDescription": "T1W_SPIR"}, True),
        ({"SeriesDescription": "T1 ChemSat"}, True),
        ({"SeriesDescription": "T1 fettgesättigt"}, True),
        ({"SeriesDescription": "T1 sat. grasse"}, True),
        ({"SeriesDescription": "T1 sat grasa"}, True),
        ({"SeriesDescription": "T2 FSE sag"}, False),
        ({"SeriesDescription": "offset"}, False),
        ({"InversionTime": 150.0}, True),
    ],
)
def test_fat_suppression(tags, suppressed):
    assert mr(**tags).fat_suppressed is suppressed


@pytest.mark.parametrize(
    ("words", "contrast"),
    [
        ("T1 sag +C", True),
        ("T1 sag + c", True),
        ("T1 post", True),
        ("t1_tse_sag_post", True),
        ("T1 GAD", True),
        ("t1 tse Gd", True),
        ("t1_tse_sag_KM", True),
        ("T1 nach KM", True),
        ("T1 CE", True),
        ("T1 contrast", True),
        ("T1 con contraste", True),
        ("T1 con contrasto", True),
        ("T1 mdc", True),
        ("T1 avec injection", True),
        ("T1 injecte", True),
        ("T1 pre", False),
        ("T1 nativ", False),
        ("T1 ohne KM", False),
        ("T1 sans injection", False),
        ("T1 sin contraste", False),
        ("T1 non-contrast", False),
        ("T1 non contrast", False),
        ("T1 pre and post", False),
        ("posterior fossa", False),
        ("cervical", False),
    ],
)
@pytest.mark.parametrize("made", [mr, ct], ids=["MR", "CT"])
def test_contrast_by_words(made, words, contrast):
    assert made(words).contrast is contrast


@pytest.mark.parametrize("agent", ["Gadovist", "OMNIPAQUE 350", "yes", " Iomeron "])
def test_a_named_agent_is_contrast_even_where_words_deny_it(agent):
    assert mr("T1 nativ", ContrastBolusAgent=agent).contrast


@pytest.mark.parametrize("agent", ["", " ", "no", "None", "N", "without", "OHNE"])
def test_agents_that_mean_none(agent):
    assert not mr("T1 sag", ContrastBolusAgent=agent).contrast
    assert mr("T1 sag +C", ContrastBolusAgent=agent).contrast


@pytest.mark.parametrize(
    ("kernel", "sharp"),
    [
        ("B60f", True),
        ("B50f", False),
        ("B70f", True),
        ("B75s", True),
        ("Br54d\\3", True),
        ("Br40d", False),
        ("Br64d", True),
        ("Hr60", True),
        ("H70h", True),
        ("H31s", False),
        ("BONE", True),
        ("BONEPLUS", True),
        ("EDGE", True),
        ("STANDARD", False),
        ("SOFT", False),
        ("FC30", True),
        ("FC51", True),
        ("FC81", True),
        ("FC08", False),
        ("FC17", False),
        ("YB", True),
        ("YA", False),
        ("D", True),
        ("B", False),
        ("L", True),
        ("A", False),
        (" B70f ", True),
    ],
)
def test_kernels_of_the_vendors(kernel, sharp):
    expected = "bone" if sharp else "soft"
    assert ct(ConvolutionKernel=kernel, SliceThickness=1.0).ct_kernel == expected


@pytest.mark.parametrize(
    ("thickness", "words", "kernel"),
    [
        (2.0, "", "bone"),
        (2.01, "", "soft"),
        (None, "", "bone"),
        (5.0, "bone", "bone"),
        (5.0, "hueso 5.0", "bone"),
    ],
)
def test_a_sharp_kernel_in_thick_slices_is_bone_only_when_named_so(thickness, words, kernel):
    tags = {} if thickness is None else {"SliceThickness": thickness}
    assert ct(words, ConvolutionKernel="B70f", **tags).ct_kernel == kernel


@pytest.mark.parametrize(
    "words",
    ["Bone 1.0", "Knochen", "HUESO", "osso", "Rachis os 0.6", "Osteo", "Spine Br60", "WS 1.0 B70s"],
)
def test_bone_by_words_without_a_kernel(words):
    assert ct(words).ct_kernel == "bone"


@pytest.mark.parametrize("words", ["Abdomen venös", "Thorax 5.0 B30f", "cosa", "Hals Br40", ""])
def test_no_kernel_and_no_word_is_unknown(words):
    assert ct(words).ct_kernel == ""


@pytest.mark.parametrize(
    ("tags", "myelography"),
    [
        ({"ContrastBolusRoute": "INTRATHECAL"}, True),
        ({"ContrastBolusRoute": "intrathecal"}, True),
        ({"ContrastBolusRoute": "INTRATECALE"}, True),
        ({"ContrastBolusRoute": "IV"}, False),
        ({"SeriesDescription": "Post Myelogramm"}, True),
        ({"SeriesDescription": "Mielografia"}, True),
        ({"SeriesDescription": "CT cisternography"}, True),
        ({"SeriesDescription": "Myéloscanner"}, True),
        ({"SeriesDescription": "WB low dose multiple myeloma"}, False),
        ({"SeriesDescription": "Ganzkörper Myelom"}, False),
        ({"SeriesDescription": "mieloma multiple"}, False),
        ({"SeriesDescription": "LWS"}, False),
    ],
)
def test_myelography(tags, myelography):
    assert ct(**tags).myelography is myelography


@pytest.mark.parametrize(
    ("words", "localizer"),
    [
        ("Localizer", True),
        ("3-plane loc", True),
        ("3plane", True),
        ("Localiser", True),
        ("SCOUT", True),
        ("Survey_SHC", True),
        ("SmartBrain SMART", True),
        ("Topogram 0.6 T80f", True),
        ("Topo", True),
        ("Pilot", True),
        ("Reperage", True),
        ("repérage sag", True),
        ("localizador", True),
        ("Plan Scan", True),
        ("localized lesion", False),
        ("block", False),
        ("topical", False),
    ],
)
@pytest.mark.parametrize("made", [mr, ct, pet], ids=["MR", "CT", "PT"])
def test_localizers_by_words(made, words, localizer):
    assert made(words).localizer is localizer


def test_localizer_by_image_type():
    assert ct(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]).localizer


@pytest.mark.parametrize(
    ("image_type", "derived"),
    [
        (["DERIVED", "SECONDARY", "MPR"], True),
        (["ORIGINAL", "PRIMARY", "DERIVED"], False),
        ("DERIVED", True),
        ([], False),
    ],
)
@pytest.mark.parametrize("modality", ["MR", "CT", "PT", "OT"])
def test_derived_is_the_first_value_of_image_type(modality, image_type, derived):
    assert kind(modality, ImageType=image_type).derived is derived


@pytest.mark.parametrize(
    ("tags", "corrected"),
    [
        ({"CorrectedImage": ["DECY", "ATTN", "SCAT"]}, True),
        ({"CorrectedImage": ["DECY", "SCAT"]}, False),
        ({"CorrectedImage": "ATTN"}, True),
        ({"CorrectedImage": ["DECY"], "SeriesDescription": "PET AC"}, False),
        ({"CorrectedImage": ["ATTN"], "SeriesDescription": "PET NAC"}, True),
        ({"SeriesDescription": "PET WB NAC"}, False),
        ({"SeriesDescription": "PET WB uncorrected"}, False),
        ({"SeriesDescription": "PET non-AC"}, False),
        ({"SeriesDescription": "PET nonAC"}, False),
        ({"SeriesDescription": "PET unkorrigiert"}, False),
        ({"SeriesDescription": "TEP non corrigé"}, False),
        ({"SeriesDescription": "PET WB AC"}, True),
    ],
)
def test_attenuation_correction(tags, corrected):
    assert pet(**tags).attenuation_corrected is corrected


def test_attenuation_correction_is_no_question_elsewhere():
    assert mr("T1 NAC").attenuation_corrected is None
    assert ct("CT AC").attenuation_corrected is None


@pytest.mark.parametrize(
    ("items", "tracer"),
    [
        ([{"Radiopharmaceutical": "FDG"}], "FDG"),
        (
            [{"RadiopharmaceuticalCodeSequence": [{"CodeMeaning": "Fluorodeoxyglucose F^18^"}]}],
            "Fluorodeoxyglucose F^18^",
        ),
        (
            [
                {
                    "Radiopharmaceutical": "PSMA-1007",
                    "RadiopharmaceuticalCodeSequence": [{"CodeMeaning": "other"}],
                }
            ],
            "PSMA-1007",
        ),
        ([{"Radiopharmaceutical": "FDG"}, {"Radiopharmaceutical": "NaF"}], "FDG"),
        ([{}], ""),
        ([], ""),
    ],
)
def test_tracer(items, tracer):
    assert pet(RadiopharmaceuticalInformationSequence=items).tracer == tracer


@pytest.mark.parametrize("modality", ["CR", "US", "NM", "OT", ""])
def test_other_modalities_have_no_contrast_of_their_own(modality):
    made = kind(modality, SeriesDescription="T1 post bone localizer", ContrastBolusAgent="X")
    assert made == SeriesKind()


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("degrees", "named"), [(0, True), (36, True), (38, False), (45, False)])
def test_planes_reach_to_37_degrees_of_a_body_axis(axis, sign, degrees, named):
    normal = np.zeros(3)
    normal[axis] = sign * math.cos(math.radians(degrees))
    normal[(axis + 1) % 3] = math.sin(math.radians(degrees))
    expected = ("sagittal", "coronal", "axial")[axis] if named else "oblique"
    assert plane_of(normal) == expected


AXES = {
    "axial": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    "sagittal": [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
    "coronal": [1.0, 0.0, 0.0, 0.0, 0.0, -1.0],
}


def at(plane, z=0.0):
    return frame_of(
        {
            "Modality": "MR",
            "ImageOrientationPatient": AXES[plane],
            "ImagePositionPatient": [0.0, 0.0, z],
            "PixelSpacing": [1.0, 1.0],
        }
    )


@pytest.mark.parametrize("plane", AXES)
def test_plane_of_a_whole_series(plane):
    assert series_kind([at(plane, z) for z in range(20)]).plane == plane


def test_planes_that_differ_are_mixed():
    assert series_kind([at("axial"), at("sagittal"), at("coronal")]).plane == "mixed"


def test_pictures_without_a_place_do_not_count_for_the_plane():
    lost = frame_of({"Modality": "MR"})
    assert series_kind([lost, at("sagittal")]).plane == "sagittal"
    assert series_kind([lost, lost]).plane == ""
