"""For each protocol a table of headers, in several languages and with gaps, and its layout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.fake_headers import FakeSeries, catalog_of
from workstation.app.protocol_data import PaneKind
from workstation.app.protocol_match import HangStage
from workstation.app.protocol_series import HangContext, PictureKey, records_of
from workstation.app.protocols import HangChoice, choose, match
from workstation.base.errors import InputRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.imaging.volume import VolumeKey
from workstation.rendering.plane import PlaneName, SlabMode

Layout = tuple[int, int, list[str]]


@pytest.fixture
def hang(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hang made-up series; ``protocol`` asks for one by id."""

    def run(*series: FakeSeries, protocol: str = "", **context: Any) -> HangChoice:
        catalog = catalog_of(monkeypatch, series)
        known = HangContext(**context)
        return (
            choose(protocol, catalog, context=known) if protocol else match(catalog, context=known)
        )

    return run


def shown(stage: HangStage) -> list[str]:
    """Each pane as "series plane", "series+overlay plane", "series 3d" or "-" when empty."""
    words = []
    for pane in stage.panes:
        if pane.source is None:
            words.append("-")
            continue
        name = pane.source.series_uid
        if pane.fusion is not None:
            name += f"+{pane.fusion.series_uid}"
        words.append(f"{name} {pane.plane or pane.kind}")
    return words


def mr(name: str, **changes: Any) -> FakeSeries:
    return FakeSeries(name=name, **changes)


def timed(name: str, repetition: float, echo: float, **changes: Any) -> FakeSeries:
    """An MR series with its timing and no word that helps."""
    tags = {"RepetitionTime": repetition, "EchoTime": echo, "ScanningSequence": ["SE"]}
    return FakeSeries(name=name, tags=tags | changes.pop("tags", {}), **changes)


def said(name: str, description: str, **changes: Any) -> FakeSeries:
    """A series that has nothing but its typed description."""
    tags = {"SeriesDescription": description} | changes.pop("tags", {})
    return FakeSeries(name=name, tags=tags, **changes)


STIR_TAGS = {"ScanningSequence": ["SE", "IR"], "InversionTime": 160.0}

SIEMENS = (
    timed("t1", 550, 9.6, tags={"SeriesDescription": "t1_tse_sag"}),
    timed("stir", 4200, 45, tags=STIR_TAGS | {"SeriesDescription": "t2_tirm_sag_fs"}),
    timed("t2", 3500, 98, tags={"SeriesDescription": "t2_tse_sag"}),
    timed("ax", 4100, 101, plane="axial", slices=30, tags={"SeriesDescription": "t2_tse_tra"}),
)
GE_WITHOUT_WORDS = (
    timed("t1", 620, 12),
    timed("stir", 3900, 42, tags=STIR_TAGS),
    timed("t2", 3100, 105),
    timed("ax", 4800, 110, plane="tilted axial", slices=25),
)
PHILIPS_DIXON = (
    timed("t1", 600, 8, tags={"ImageType": ["ORIGINAL", "PRIMARY", "M_SE"]}),
    timed("stir", 3000, 90, tags={"ImageType": ["DERIVED", "PRIMARY", "W", "W"]}),
    timed("t2", 3000, 90, tags={"ImageType": ["DERIVED", "PRIMARY", "IP", "IP"]}),
    timed("ax", 4000, 100, plane="steep axial", slices=20),
)
GERMAN = (
    said("t1", "T1 sag nativ LWS"),
    said("stir", "STIR sag LWS"),
    said("t2", "T2 sag BWS"),
    said("ax", "T2 tra Wirbelsäule", plane="axial", slices=20),
)
FRENCH = (
    said("t1", "SAG T1 sans injection rachis"),
    said("stir", "SAG T2 sat graisse rachis"),
    said("t2", "SAG T2 rachis lombaire"),
    said("ax", "AX T2 rachis", plane="axial", slices=20),
)
SPANISH = (
    said("t1", "T1 SAGITAL columna"),
    said("stir", "STIR SAGITAL columna"),
    said("t2", "T2 SAGITAL columna"),
    said("ax", "T2 AXIAL columna", plane="axial", slices=20),
)
ITALIAN = (
    said("t1", "T1w SAG colonna"),
    said("stir", "TIRM sag rachide"),
    said("t2", "T2w SAG colonna"),
    said("ax", "T2w ASS", plane="axial", slices=20),
)
FULL_SPINE_MR: Layout = (2, 2, ["t1 sagittal", "stir sagittal", "t2 sagittal", "ax axial"])


@pytest.mark.parametrize(
    "series",
    [SIEMENS, GE_WITHOUT_WORDS, PHILIPS_DIXON, GERMAN, FRENCH, SPANISH, ITALIAN],
    ids=["siemens", "ge", "philips", "german", "french", "spanish", "italian"],
)
def test_a_whole_spine_mr_has_the_same_first_layout_everywhere(
    hang: Any, series: tuple[FakeSeries, ...]
) -> None:
    choice = hang(*series)
    assert choice.protocol.id == "spine-mr"
    assert choice.message == ""
    rows, columns, panes = FULL_SPINE_MR
    assert (choice.stage.name, choice.stage.rows, choice.stage.columns) == (
        "Overview",
        rows,
        columns,
    )
    assert shown(choice.stage) == panes
    assert all(pane.native for pane in choice.stage.panes)


T1, STIR, T2, AX = SIEMENS
POST = timed("post", 600, 10, tags={"ContrastBolusAgent": "gadobutrol", "ScanOptions": ["FS"]})
DWI = mr("dwi", tags={"DiffusionBValue": 800.0})
ADC = mr("adc", tags={"ImageType": ["DERIVED", "PRIMARY", "ADC"]})
CORONAL = timed("cor", 3300, 95, plane="coronal")
UNKNOWN_SAGITTAL = mr("what")

SPINE_MR_TABLE: list[tuple[str, tuple[FakeSeries, ...], Layout]] = [
    ("one series", (T2,), (2, 2, ["t2 sagittal", "t2 coronal", "t2 sagittal", "t2 axial"])),
    (
        "one series that says nothing",
        (UNKNOWN_SAGITTAL,),
        (2, 2, ["what sagittal", "what coronal", "what sagittal", "what axial"]),
    ),
    ("no STIR", (T1, T2, AX), (2, 2, ["t1 sagittal", "t2 coronal", "t2 sagittal", "ax axial"])),
    (
        "no STIR, but a coronal",
        (T1, T2, AX, CORONAL),
        (2, 2, ["t1 sagittal", "cor coronal", "t2 sagittal", "ax axial"]),
    ),
    (
        "no STIR, but contrast",
        (T1, T2, AX, POST),
        (2, 2, ["t1 sagittal", "post sagittal", "t2 sagittal", "ax axial"]),
    ),
    (
        "no axial",
        (T1, STIR, T2),
        (2, 2, ["t1 sagittal", "stir sagittal", "t2 sagittal", "t2 axial"]),
    ),
    (
        "T2 and axial alone",
        (T2, AX),
        (2, 2, ["t2 coronal", "t2 sagittal", "t2 sagittal", "ax axial"]),
    ),
    (
        "an unnamed sagittal takes the free place",
        (T1, T2, AX, UNKNOWN_SAGITTAL),
        (2, 2, ["t1 sagittal", "what sagittal", "t2 sagittal", "ax axial"]),
    ),
    (
        "a scout is left out",
        (*SIEMENS, said("scout", "localizer", slices=9)),
        FULL_SPINE_MR,
    ),
    (
        "a single slice is left out",
        (*SIEMENS, timed("single", 600, 10, slices=1, tags={"StudyDate": "20260315"})),
        FULL_SPINE_MR,
    ),
    (
        "the longer of two is taken",
        (*SIEMENS, timed("t2-short", 3500, 98, slices=7, number=9)),
        FULL_SPINE_MR,
    ),
    (
        "the repeat of two equals is taken",
        (replace(T2, name="t2-blurred", number=2), replace(T2, number=8), T1, STIR, AX),
        FULL_SPINE_MR,
    ),
]


@pytest.mark.parametrize(
    ("series", "layout"),
    [(series, layout) for _, series, layout in SPINE_MR_TABLE],
    ids=[name for name, _, _ in SPINE_MR_TABLE],
)
def test_spine_mr_with_gaps(hang: Any, series: tuple[FakeSeries, ...], layout: Layout) -> None:
    choice = hang(*series)
    assert choice.protocol.id == "spine-mr"
    assert (choice.stage.rows, choice.stage.columns, shown(choice.stage)) == layout


def test_contrast_and_diffusion_are_the_second_stage(hang: Any) -> None:
    choice = hang(*SIEMENS, POST, DWI, ADC)
    second = choice.next_stage()
    assert second.stage.name == "Contrast and diffusion"
    assert shown(second.stage) == ["t1 sagittal", "post sagittal", "adc sagittal", "dwi sagittal"]
    assert second.previous_stage().stage is choice.stage


def test_stages_stop_at_both_ends(hang: Any) -> None:
    choice = hang(*SIEMENS, POST, DWI)
    assert choice.previous_stage().index == 0
    assert choice.at_stage(99).index == len(choice.stages) - 1


def test_a_stage_whose_panes_cannot_be_filled_is_skipped(hang: Any) -> None:
    names = [stage.name for stage in hang(T1, T2).stages]
    assert "Level gallery" not in names
    assert "Prior" not in names
    assert "One series" not in names


def test_axial_begins_at_the_active_level_once_the_spine_is_numbered(hang: Any) -> None:
    plain = hang(*SIEMENS, active_level=VertebralLevel.L3)
    labeled = hang(*SIEMENS, active_level=VertebralLevel.L3, labeled={"F1": 6})
    assert plain.stage.panes[3].level is None
    assert labeled.stage.panes[3].level is VertebralLevel.L3


def test_level_gallery_shows_each_marked_level(hang: Any) -> None:
    marked = (VertebralLevel.T9, VertebralLevel.L1, VertebralLevel.L4)
    choice = hang(*SIEMENS, labeled={"F1": 17}, marked_levels=marked)
    gallery = choice.stages[-1]
    assert gallery.name == "Level gallery"
    assert [pane.level for pane in gallery.panes] == [*marked]
    assert (gallery.rows, gallery.columns) == (1, 3)
    assert {pane.volume for pane in gallery.panes} == {VolumeKey(series_uid="ax")}


def test_level_gallery_stays_within_sixteen_panes(hang: Any) -> None:
    marked = tuple(VertebralLevel)[:20]
    gallery = hang(*SIEMENS, labeled={"F1": 20}, marked_levels=marked).stages[-1]
    assert (gallery.rows, gallery.columns, len(gallery.panes)) == (4, 3, 12)


def ct(name: str, **changes: Any) -> FakeSeries:
    base = {"modality": "CT", "plane": "axial", "slices": 60, "step_mm": 1.0}
    return FakeSeries(name=name, **(base | changes))


BONE = ct("bone", tags={"ConvolutionKernel": "B70s", "SliceThickness": 1.0})
SOFT = ct("soft", tags={"ConvolutionKernel": "B30s", "SliceThickness": 3.0})
CT_LAYOUT = ["bone sagittal", "bone coronal", "bone axial", "bone 3d"]

CT_TABLE: list[tuple[str, tuple[FakeSeries, ...], list[str]]] = [
    ("siemens", (SOFT, BONE), CT_LAYOUT),
    (
        "ge",
        (SOFT, ct("bone", tags={"ConvolutionKernel": "BONEPLUS", "SliceThickness": 1.25})),
        CT_LAYOUT,
    ),
    (
        "philips",
        (SOFT, ct("bone", tags={"ConvolutionKernel": "D", "SliceThickness": 0.9})),
        CT_LAYOUT,
    ),
    (
        "canon",
        (SOFT, ct("bone", tags={"ConvolutionKernel": "FC30", "SliceThickness": 1.0})),
        CT_LAYOUT,
    ),
    (
        "german words, no kernel",
        (SOFT, ct("bone", tags={"SeriesDescription": "BWS Knochen"})),
        CT_LAYOUT,
    ),
    (
        "spanish words, no kernel",
        (SOFT, ct("bone", tags={"SeriesDescription": "columna hueso"})),
        CT_LAYOUT,
    ),
    ("no tag at all", (ct("bone"),), CT_LAYOUT),
    (
        "a spine reconstruction before a chest one",
        (
            ct("chest", slices=300, tags={"ConvolutionKernel": "B70s", "SliceThickness": 1.0}),
            ct("bone", tags=dict(BONE.tags) | {"BodyPartExamined": "TSPINE"}),
        ),
        CT_LAYOUT,
    ),
    (
        "a scout is left out",
        (BONE, ct("topo", tags={"SeriesDescription": "Topogramm 0.6 topogram"})),
        CT_LAYOUT,
    ),
]


@pytest.mark.parametrize(
    ("series", "panes"),
    [(series, panes) for _, series, panes in CT_TABLE],
    ids=[name for name, _, _ in CT_TABLE],
)
def test_ct_spine(hang: Any, series: tuple[FakeSeries, ...], panes: list[str]) -> None:
    choice = hang(*series)
    assert choice.protocol.id == "ct-spine"
    assert shown(choice.stage) == panes
    assert [pane.preset for pane in choice.stage.panes[:3]] == ["Spine bone"] * 3
    assert choice.stage.panes[3].kind is PaneKind.VOLUME


def test_the_soft_kernel_shows_the_canal(hang: Any) -> None:
    stage = hang(SOFT, BONE).stages[1]
    assert shown(stage) == ["soft sagittal", "soft axial", "bone axial", "soft coronal"]
    assert stage.panes[1].preset == "Epidural"
    assert stage.panes[1].field_mm == 110.0


def test_a_numbered_spine_brings_the_strip_and_end_plates(hang: Any) -> None:
    choice = hang(SOFT, BONE, labeled={"F1": 8}, active_level=VertebralLevel.T8)
    axial = choice.stages[0].panes[2]
    assert (axial.level, axial.endplate_parallel) == (VertebralLevel.T8, True)
    strip = choice.stages[1].panes[3]
    assert (strip.kind, strip.volume) == (PaneKind.STRIP, VolumeKey(series_uid="bone"))
    assert strip.plane is None


def test_labels_make_a_series_one_of_the_spine(hang: Any) -> None:
    one = ct("one", tags=dict(BONE.tags))
    other = ct("other", slices=80, frame="F2", tags=dict(BONE.tags))
    assert shown(hang(one, other).stage)[0] == "other sagittal"
    assert shown(hang(one, other, labeled={"F1": 6}).stage)[0] == "one sagittal"
    assert shown(hang(one, other, labeled={"F1": 5}).stage)[0] == "other sagittal"


def test_a_series_without_a_frame_of_reference_is_a_space_of_its_own(hang: Any) -> None:
    choice = hang(replace(BONE, frame=""), labeled={"only-bone": 8})
    assert choice.stages[1].panes[3].kind is PaneKind.STRIP


MYELO_TABLE = [
    ct("myelo", tags={"ContrastBolusRoute": "INTRATHECAL", "ConvolutionKernel": "B30s"}),
    ct("myelo", tags={"ContrastBolusRoute": "Intra-thecal"}),
    ct("myelo", tags={"SeriesDescription": "Myelo-CT LWS"}),
    ct("myelo", tags={"SeriesDescription": "MIELO TC lombare"}),
    ct("myelo", tags={"SeriesDescription": "cisternography"}),
]


@pytest.mark.parametrize("series", MYELO_TABLE)
def test_ct_myelography(hang: Any, series: FakeSeries) -> None:
    choice = hang(series, SOFT)
    assert choice.protocol.id == "ct-myelography"
    assert shown(choice.stage) == ["myelo axial", "myelo axial", "myelo sagittal", "myelo coronal"]
    presets = [pane.preset for pane in choice.stage.panes]
    assert presets == ["Myelogram, canal", "Bone", "Myelogram", "Myelogram"]


def test_myelography_uses_the_bone_kernel_where_there_is_one(hang: Any) -> None:
    bone = ct("myelo-bone", tags=dict(BONE.tags) | {"SeriesDescription": "myelo"})
    assert shown(hang(MYELO_TABLE[0], bone).stage)[:2] == ["myelo axial", "myelo-bone axial"]


def pet(name: str, tracer: str = "", **changes: Any) -> FakeSeries:
    tags: dict[str, Any] = {"CorrectedImage": ["DECY", "ATTN", "SCAT"]}
    if tracer:
        tags["RadiopharmaceuticalInformationSequence"] = [{"Radiopharmaceutical": tracer}]
    base = {"modality": "PT", "plane": "axial", "slices": 40, "step_mm": 3.0}
    return FakeSeries(name=name, tags=tags | changes.pop("tags", {}), **(base | changes))


AC = pet("ac", tracer="Fluorodeoxyglucose")
NAC = pet("nac", slices=60, tags={"CorrectedImage": ["DECY"]})
LOW_DOSE = ct("ct", slices=40, step_mm=3.0, tags={"ConvolutionKernel": "B30s"})
PET_CT_LAYOUT = ["ct axial", "ac axial", "ct+ac axial", "ac coronal"]

PET_TABLE: list[tuple[str, tuple[FakeSeries, ...], str, list[str]]] = [
    ("plain", (LOW_DOSE, AC), "pet-ct", PET_CT_LAYOUT),
    ("the uncorrected one is longer", (NAC, LOW_DOSE, AC), "pet-ct", PET_CT_LAYOUT),
    (
        "no correction tag, but words",
        (
            pet("words", slices=60, tags={"CorrectedImage": None, "SeriesDescription": "WB NAC"}),
            LOW_DOSE,
            AC,
        ),
        "pet-ct",
        PET_CT_LAYOUT,
    ),
    (
        "a diagnostic CT of another frame is not fused",
        (ct("diagnostic", slices=300, frame="F9", tags=SOFT.tags), LOW_DOSE, AC),
        "pet-ct",
        PET_CT_LAYOUT,
    ),
    (
        "a CT that covers too little is not fused",
        (ct("neck", slices=60, step_mm=1.0, tags=SOFT.tags), LOW_DOSE, AC),
        "pet-ct",
        PET_CT_LAYOUT,
    ),
    (
        "no frame of reference, no fusion",
        (replace(LOW_DOSE, frame=""), replace(AC, frame="")),
        "ct-spine",
        ["ct sagittal", "ct coronal", "ct axial", "ct 3d"],
    ),
    (
        "nothing but an uncorrected PET",
        (LOW_DOSE, NAC),
        "ct-spine",
        ["ct sagittal", "ct coronal", "ct axial", "ct 3d"],
    ),
    (
        "PET and MR of one machine",
        (timed("mr", 500, 10, plane="axial", slices=40, step_mm=3.0), AC),
        "pet-mr",
        ["mr axial", "ac axial", "mr+ac axial", "ac coronal"],
    ),
]


@pytest.mark.parametrize(
    ("series", "protocol", "panes"),
    [row[1:] for row in PET_TABLE],
    ids=[row[0] for row in PET_TABLE],
)
def test_pet(hang: Any, series: tuple[FakeSeries, ...], protocol: str, panes: list[str]) -> None:
    choice = hang(*series)
    assert choice.protocol.id == protocol
    assert shown(choice.stage) == panes


def test_the_projection_goes_through_the_whole_patient(hang: Any) -> None:
    mip = hang(LOW_DOSE, AC).stage.panes[3]
    assert mip.slab is not None
    assert (mip.slab.mode, mip.slab.thickness_mm) == (SlabMode.MAXIMUM, None)
    assert mip.plane is PlaneName.CORONAL


@pytest.mark.parametrize(
    ("tracer", "upper"),
    [
        ("Fluorodeoxyglucose F^18^", "5"),
        ("", "5"),
        ("68Ga-PSMA-11", "15"),
        ("piflufolastat F-18", "15"),
        ("[18F]FES", "10"),
    ],
)
def test_the_tracer_sets_the_range(hang: Any, tracer: str, upper: str) -> None:
    stage = hang(LOW_DOSE, pet("ac", tracer=tracer)).stage
    assert stage.panes[1].preset == f"SUV 0–{upper}"
    assert stage.panes[0].preset == "Soft tissue"
    assert stage.panes[2].preset == "Soft tissue"
    assert stage.panes[2].fusion_preset == (f"SUV 0–{upper}" if upper != "5" else "SUV 0–7")


def test_mr_beside_pet_ct(hang: Any) -> None:
    study = {"study": "2", "date": "20260310", "frame": "F2"}
    series = [replace(item, **study) for item in (T1, STIR, T2)]
    choice = hang(LOW_DOSE, AC, *series)
    assert choice.protocol.id == "mr-beside-pet-ct"
    assert shown(choice.stage) == ["t1 sagittal", "stir sagittal", "ct+ac sagittal", "ct+ac axial"]
    assert [pane.prior for pane in choice.stage.panes] == [True, True, False, False]


def test_an_older_pet_does_not_push_the_mr_aside_but_is_there_on_request(hang: Any) -> None:
    old = {"study": "2", "date": "20250310", "frame": "F2"}
    series = (*SIEMENS, replace(LOW_DOSE, **old), replace(AC, **old))
    assert hang(*series).protocol.id == "spine-mr"
    asked = hang(*series, protocol="mr-beside-pet-ct")
    assert asked.message == ""
    assert shown(asked.stage)[:3] == ["t1 sagittal", "stir sagittal", "ct+ac sagittal"]


def earlier(series: FakeSeries, **changes: Any) -> FakeSeries:
    return replace(
        series, **({"name": f"old-{series.name}", "study": "0", "date": "20251101"} | changes)
    )


COMPARISON_TABLE: list[tuple[str, tuple[FakeSeries, ...], list[str]]] = [
    (
        "MR pairs",
        (*SIEMENS, *(earlier(item) for item in SIEMENS)),
        ["old-t1 sagittal", "t1 sagittal", "old-stir sagittal", "stir sagittal"],
    ),
    (
        "only the T2 has a prior",
        (*SIEMENS, earlier(T2)),
        ["old-t2 sagittal", "t2 sagittal"],
    ),
    (
        "CT pairs",
        (BONE, earlier(BONE, frame="F0")),
        ["old-bone sagittal", "bone sagittal", "old-bone axial", "bone axial"],
    ),
    (
        "PET pairs",
        (LOW_DOSE, AC, earlier(LOW_DOSE), earlier(AC)),
        ["old-ac coronal", "ac coronal", "old-ac axial", "ac axial"],
    ),
    (
        "series that say nothing",
        (UNKNOWN_SAGITTAL, earlier(UNKNOWN_SAGITTAL)),
        ["old-what sagittal", "what sagittal"],
    ),
    (
        "the newest of two priors",
        (T1, STIR, earlier(T1), earlier(T1, name="older", study="00", date="20240101")),
        ["old-t1 sagittal", "t1 sagittal"],
    ),
]


@pytest.mark.parametrize(
    ("series", "panes"),
    [row[1:] for row in COMPARISON_TABLE],
    ids=[row[0] for row in COMPARISON_TABLE],
)
def test_comparison_with_prior(hang: Any, series: tuple[FakeSeries, ...], panes: list[str]) -> None:
    choice = hang(*series)
    assert choice.protocol.id == "comparison"
    assert shown(choice.stage) == panes
    assert [pane.prior for pane in choice.stage.panes] == [True, False] * (len(panes) // 2)


NO_PAIR_TABLE = {
    "another weighting": (T1, STIR, earlier(timed("pd", 2500, 30))),
    "another person": (*SIEMENS, earlier(T2, patient="P2")),
    "no date": (*SIEMENS, earlier(T2, date="")),
    "the same day": (*SIEMENS, earlier(T2, date="20260314")),
    "contrast is another series": (T1, STIR, earlier(POST)),
}


@pytest.mark.parametrize("series", NO_PAIR_TABLE.values(), ids=NO_PAIR_TABLE.keys())
def test_what_does_not_pair_is_not_compared(hang: Any, series: tuple[FakeSeries, ...]) -> None:
    choice = hang(*series, current_study_uid="1")
    names = [source.series_uid for stage in choice.stages for source in stage.sources]
    assert choice.protocol.id in ("spine-mr", "comparison")
    if choice.protocol.id == "comparison":
        assert choice.stage.name == "One pair"
    else:
        assert not [name for name in names if name.startswith("old")]


def test_two_persons_never_hang_together(hang: Any) -> None:
    stranger = replace(AX, patient="P2", study="9")
    for current, expected in (("1", {"t1", "stir", "t2"}), ("9", {"ax"}), ("", {"ax"})):
        choice = hang(T1, STIR, T2, stranger, current_study_uid=current)
        assert {item.series_uid for stage in choice.stages for item in stage.sources} == expected


def test_studies_whose_names_conflict_are_kept_apart(hang: Any) -> None:
    one = tuple(replace(item, tags=dict(item.tags) | {"PatientName": "A^B"}) for item in SIEMENS)
    other = earlier(T2, tags=dict(T2.tags) | {"PatientName": "C^D"})
    choice = hang(*one, other)
    assert choice.protocol.id == "spine-mr"
    assert all(not pane.prior for pane in choice.stage.panes)


def test_an_earlier_study_can_be_the_one_that_is_read(hang: Any) -> None:
    choice = hang(*SIEMENS, earlier(T2), current_study_uid="0")
    assert choice.stage.sources == (VolumeKey(series_uid="old-t2"),)


def test_planning_needs_a_numbered_spine(hang: Any) -> None:
    refused = hang(BONE, protocol="planning")
    assert refused.message == "No series fits Planning (no numbered spine), showing CT spine."
    choice = hang(BONE, protocol="planning", labeled={"F1": 8}, active_level=VertebralLevel.L2)
    assert choice.message == ""
    assert shown(choice.stage) == ["bone axial", "bone sagittal", "bone 3d", "bone strip"]
    assert choice.stage.panes[0].endplate_parallel


def test_planning_is_never_chosen_by_itself(hang: Any) -> None:
    choice = hang(BONE, labeled={"F1": 8})
    assert choice.protocol.id == "ct-spine"
    assert "planning" in dict(choice.also_fit)


@pytest.mark.parametrize(
    ("modality", "description"),
    [("CR", "LWS seitlich"), ("DX", "Lumbar spine AP"), ("DX", ""), ("CR", "Rachis de face")],
)
def test_a_radiograph(hang: Any, modality: str, description: str) -> None:
    series = said("view", description, modality=modality)
    choice = hang(series)
    assert choice.protocol.id == "radiograph"
    assert (choice.stage.rows, choice.stage.columns) == (1, 1)
    pane = choice.stage.panes[0]
    assert (pane.kind, pane.source) == (PaneKind.PICTURE, PictureKey(series_uid="view"))
    assert pane.plane is None


def test_two_radiographs_and_a_prior(hang: Any) -> None:
    views = [said(name, "L-Spine", modality="DX", number=n) for n, name in enumerate(("ap", "lat"))]
    old = earlier(views[0])
    choice = hang(*views, old)
    assert shown(choice.stage) == ["lat picture", "ap picture"]
    assert shown(choice.next_stage().stage) == ["old-ap picture", "lat picture"]


def test_images_come_before_a_radiograph_and_a_screenshot(hang: Any) -> None:
    shot = said("shot", "Screen Save", modality="OT")
    view = said("view", "L-Spine", modality="DX")
    assert hang(*SIEMENS, view, shot).protocol.id == "spine-mr"
    assert shown(hang(view, shot).stage) == ["view picture"]


FALLBACK_TABLE: list[tuple[str, tuple[FakeSeries, ...], list[str], str]] = [
    (
        "an axial MR alone",
        (replace(AX, tags={}),),
        ["ax sagittal", "ax coronal", "ax axial", "ax axial"],
        "No series fits a hanging protocol, showing the axial MR series.",
    ),
    (
        "a PET alone",
        (AC,),
        ["ac sagittal", "ac coronal", "ac axial", "ac coronal"],
        "No series fits a hanging protocol, showing the axial PT series.",
    ),
    (
        "single slices",
        (timed("one", 3500, 98, slices=1), ct("two", slices=2)),
        ["two axial", "one sagittal"],
        "No series fits a hanging protocol, showing the axial CT series.",
    ),
    (
        "a scout alone",
        (said("scout", "survey", slices=3),),
        ["scout sagittal"],
        "No series fits a hanging protocol, showing the sagittal MR series.",
    ),
    (
        "a screenshot alone",
        (said("shot", "Screen Save", modality="OT"),),
        ["shot picture"],
        "No series fits a hanging protocol, showing the OT image.",
    ),
]


@pytest.mark.parametrize(
    ("series", "panes", "message"),
    [row[1:] for row in FALLBACK_TABLE],
    ids=[row[0] for row in FALLBACK_TABLE],
)
def test_where_nothing_fits(
    hang: Any, series: tuple[FakeSeries, ...], panes: list[str], message: str
) -> None:
    choice = hang(*series)
    assert choice.protocol.id == "any-series"
    assert shown(choice.stage) == panes
    assert choice.message == message


def test_asking_for_what_does_not_fit_says_what_is_missing(hang: Any) -> None:
    choice = hang(*SIEMENS, protocol="pet-ct")
    assert choice.protocol.id == "spine-mr"
    assert choice.message == (
        "No series fits PET/CT (no attenuation-corrected PET), showing Spine MR."
    )


def test_an_empty_room_is_refused(hang: Any) -> None:
    with pytest.raises(InputRefusedError, match="no image to show"):
        hang()


def test_records_know_the_plane_of_each_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = [
        timed("mixed", 3500, 98, slices=6),
        timed("mixed", 3500, 98, plane="axial", slices=8, start=(0.0, 0.0, 90.0)),
    ]
    records = records_of(catalog_of(monkeypatch, mixed))
    assert sorted((item.kind.plane, item.slices) for item in records) == [
        ("axial", 8),
        ("sagittal", 6),
    ]
    assert {item.source for item in records} == {
        VolumeKey(series_uid="mixed", index=0),
        VolumeKey(series_uid="mixed", index=1),
    }


def test_coverage_is_the_share_from_head_to_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = (ct("short", slices=30, step_mm=2.0), ct("long", slices=60, step_mm=2.0))
    catalog = catalog_of(monkeypatch, pair)
    by_name = {record.source.series_uid: record for record in records_of(catalog)}
    assert by_name["short"].covers(by_name["long"]) == pytest.approx(0.5)
    assert by_name["long"].covers(by_name["short"]) == pytest.approx(1.0)
    nowhere = replace(by_name["long"], reach_mm=None)
    assert nowhere.covers(by_name["short"]) == 0.0
