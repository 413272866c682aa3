"""Cases for tests: empty, with one lesion, with many, with every field filled, with bad texts.

All people are invented. Points are LPS mm; the spine of :func:`thoracolumbar_spine` runs straight
down from T1 at z = 300, one vertebra every 24 mm.
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.priors import full_prior
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import (
    Case,
    CaseStatus,
    Communication,
    Explanation,
    KeyImage,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    Patient,
    ReportText,
    SecondReading,
    Sentence,
    SeriesReference,
    Signature,
    StudyReference,
)
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    BoneMetastases,
    DeficitStatus,
    Ecog,
    FrankelGrade,
    GrowthClass,
    Kps,
    NeurologicFacts,
    OrganMetastases,
    PrimarySite,
    PriorRadiation,
    SystemicFacts,
    VisceralMetastases,
)
from workstation.domain.escc import (
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    EsccModality,
    MyelogramBlock,
    ScreeningAnswer,
)
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
)
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.noms import MechanicalAxis, NeurologicAxis, OncologicAxis, SystemicAxis
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import (
    Landmark,
    LandmarkState,
    PointLps,
    Spine,
    Variant,
    VertebralLevel,
    level_chain,
)

FRAME = "1.2.826.0.1.3680043.10.1451.1.1"
"""Frame of reference of the CT."""

OTHER_FRAME = "1.2.826.0.1.3680043.10.1451.1.2"
STUDY = "1.2.826.0.1.3680043.10.1451.2.1"
CT_SERIES = "1.2.826.0.1.3680043.10.1451.3.1"
MR_SERIES = "1.2.826.0.1.3680043.10.1451.3.2"
CREATED_AT = "2026-03-14T15:20:00+01:00"
CONFIRMED_AT = "2026-03-14T15:24:00+01:00"

PATIENT = Patient(
    id="DEMO-004217",
    issuer="Demo Hospital",
    name="EXAMPLE^Ada^M",
    birth_date="1961-07-02",
    sex="F",
)
OTHER_PATIENT = Patient(id="DEMO-003980", name="SAMPLE^Otto", birth_date="1950-01-31", sex="M")

HOSTILE_TEXTS = (
    '#import "x" $ a $ *b* _c_ `d` @e <f> = g',
    "<img src=x onerror=alert(1)>&amp;<b>",
    "'; DROP TABLE cases; --",
    '=HYPERLINK("http://example.invalid")',
    "../../../../etc/passwd\\..\\C:",
    "Zeile 1\nZeile 2\tTab \u00a0 \u2028 \u202e rtl \u202c",
    "{{7*7}} ${7*7} %s %n {0} \\x00",
    "日本語 العربية Ελληνικά Ø ß 🦴 e\u0301",
    "x" * 5000,
    " ",
)
"""Texts that break naive report engines, tables, paths and fonts."""

THORACOLUMBAR = tuple(level for level in level_chain() if level.value[0] in "TL")
"""T1 to L5."""


def level_center(level: VertebralLevel) -> PointLps:
    """The body centre of a level on :func:`thoracolumbar_spine`, mm."""
    return (0.0, 10.0, 300.0 - 24.0 * THORACOLUMBAR.index(level))


def thoracolumbar_spine(*, confirmed: bool = True, frame: str = FRAME) -> Spine:
    """T1 to L5 on the CT, counted from C2."""
    marks = tuple(
        Landmark(level=level, center_lps=level_center(level), state=LandmarkState.CLICKED)
        for level in THORACOLUMBAR
    )
    return Spine(
        frame_of_reference_uid=frame,
        series_uid=CT_SERIES,
        landmarks=marks,
        counted_from="counted from C2",
        confirmed_by="R. Reader" if confirmed else "",
        confirmed_at=CONFIRMED_AT if confirmed else "",
    )


def ct_study() -> StudyReference:
    """The study every case here was read from."""
    return StudyReference(
        study_uid=STUDY,
        date="2026-03-14 14:58",
        description="CT thoracic and lumbar spine",
        accession="ACC-77120",
        modalities=("CT", "MR"),
    )


def series_references() -> tuple[SeriesReference, ...]:
    """A CT and an MR series of :func:`ct_study`."""
    return (
        SeriesReference(
            series_uid=CT_SERIES,
            study_uid=STUDY,
            number=3,
            description="Spine 1.25 bone",
            modality="CT",
            frame_of_reference_uid=FRAME,
        ),
        SeriesReference(
            series_uid=MR_SERIES,
            study_uid=STUDY,
            number=7,
            description="T2 sagittal",
            modality="MR",
            frame_of_reference_uid=OTHER_FRAME,
        ),
    )


def empty_case(case_id: str = "case-1") -> Case:
    """A case as it is when it was just made: no study yet."""
    return Case(id=case_id, created_at=CREATED_AT)


def studied_case(case_id: str = "case-1") -> Case:
    """A case with its study and a confirmed spine, and nothing marked."""
    return replace(
        empty_case(case_id),
        patient=PATIENT,
        studies=(ct_study(),),
        series=series_references(),
        spines=(thoracolumbar_spine(),),
    )


def lesion_at(number: int, level: VertebralLevel) -> Lesion:
    """A lytic lesion in the left half of the body of ``level``."""
    x, y, z = level_center(level)
    return Lesion(
        id=f"lesion-{number}",
        number=number,
        center_lps=(x + 8.0, y, z),
        radius_mm=9.5,
        frame_of_reference_uid=FRAME,
        series_uid=CT_SERIES,
        levels=(level,),
        parts=frozenset({VertebraPart.BODY_ANTERIOR_LEFT, VertebraPart.PEDICLE_LEFT}),
        body_involved_pct=45.0,
        matrix=Matrix.LYTIC,
        posterior_wall=PosteriorWall.BREACHED,
        endplates=Endplates.SUPERIOR_BREACHED,
        fracture=Fracture.PATHOLOGICAL,
        soft_tissue=frozenset({SoftTissue.EPIDURAL, SoftTissue.PARASPINAL_LEFT}),
        treated=YesNo.NO,
        note="Cortex is gone at the back.",
        created_at=CREATED_AT,
    )


def assessment_at(level: VertebralLevel) -> LevelAssessment:
    """SINS 14 at T12 (its points elsewhere follow the location), ESCC 2, systemic able."""
    return LevelAssessment(
        level=level,
        sins=SinsAnswers(
            location=SinsLocation.JUNCTIONAL,
            pain=SinsPain.MECHANICAL,
            bone_lesion=SinsBoneLesion.LYTIC,
            alignment=SinsAlignment.DEFORMITY,
            collapse=SinsCollapse.GT50,
            posterolateral=SinsPosterolateral.UNILATERAL,
            posterolateral_left=frozenset({PosterolateralPart.PEDICLE, PosterolateralPart.FACET}),
            pain_source="Dr. Surgeon, by telephone",
        ),
        escc=EsccAnswers(
            questions=(YesNo.YES, YesNo.YES, YesNo.YES, YesNo.YES, YesNo.YES),
            modality=EsccModality.MRI,
            cause=CompressionCause.TUMOR,
            positions=frozenset({EpiduralPosition.ANTERIOR, EpiduralPosition.LATERAL_LEFT}),
        ),
        noms=NomsLevelAnswers(systemic=SystemicAxis.ABLE),
    )


def one_lesion_case(case_id: str = "case-1") -> Case:
    """One lesion at T12, graded SINS 14 and ESCC 2, NOMS complete."""
    level = VertebralLevel.T12
    return replace(
        studied_case(case_id),
        lesions=(lesion_at(1, level),),
        lesion_count=1,
        assessments=(assessment_at(level),),
        conus=VertebralLevel.L1,
        neurologic=NeurologicFacts(myelopathy=YesNo.NO, weakness=DeficitStatus.NONE),
        oncology=Oncology(histology=Histology.NON_SMALL_CELL_LUNG, primary_text="lung"),
        institution="Demo Hospital",
        reader="R. Reader",
    )


def many_lesions_case(count: int, case_id: str = "case-1") -> Case:
    """``count`` graded lesions over T1 to L5, several on a level when there are more than 17."""
    levels = [THORACOLUMBAR[(5 * n) % len(THORACOLUMBAR)] for n in range(count)]
    graded = sorted(set(levels), key=lambda level: level.order)
    return replace(
        one_lesion_case(case_id),
        lesions=tuple(lesion_at(n, level) for n, level in enumerate(levels, 1)),
        lesion_count=count,
        assessments=tuple(assessment_at(level) for level in graded),
        key_images=tuple(key_image(n) for n in range(1, min(count, 6) + 1)),
    )


def key_image(number: int = 1) -> KeyImage:
    """A sagittal key image that proves the bone lesion at T12."""
    return KeyImage(
        id=f"image-{number}",
        study_uid=STUDY,
        series_uid=CT_SERIES,
        volume_index=0,
        frame_of_reference_uid=FRAME,
        center_lps=(8.0, 10.0, 36.0),
        direction=(1.0, 0.0, 0.0),
        up=(0.0, 0.0, 1.0),
        field_mm=180.0,
        window_center=400.0,
        window_width=1800.0,
        plane="Sagittal",
        caption="Lytic lesion of T12 with a breached posterior wall.",
        lesion_number=1,
        proves=("sins.T12.bone_lesion", "escc.T12.questions"),
        created_at=CREATED_AT,
    )


def distance_mark(number: int = 1) -> Mark:
    """A distance of 24 mm on a sagittal plane of the CT, at T12."""
    return Mark(
        id=f"mark-{number}",
        kind=MarkKind.DISTANCE,
        points=((8.0, 10.0, 24.0), (8.0, 10.0, 48.0)),
        center_lps=(8.0, 10.0, 36.0),
        direction=(-1.0, 0.0, 0.0),
        up=(0.0, 0.0, 1.0),
        frame_of_reference_uid=FRAME,
        series_uid=CT_SERIES,
        volume_index=1,
        label="height",
        levels=(VertebralLevel.T12,),
        created_at=CREATED_AT,
    )


def signed_case(case_id: str = "case-1") -> Case:
    """:func:`one_lesion_case`, signed as version 1."""
    return replace(one_lesion_case(case_id), status=CaseStatus.SIGNED, signature=reader_signature())


def second_reading() -> SecondReading:
    """Closed: the same answers at T12 but for the pain."""
    first = assessment_at(VertebralLevel.T12)
    return SecondReading(
        reader="S. Second",
        assessments=(replace(first, sins=replace(first.sins, pain=SinsPain.NONMECHANICAL)),),
        closed_at="2026-03-14T16:10:00+01:00",
    )


def reader_signature() -> Signature:
    """The signature of the invented reader."""
    return Signature(
        name="R. Reader",
        role="Radiologist",
        at="2026-03-14T16:55:00+01:00",
        second_reader="S. Second",
    )


def hostile_case(text: str, case_id: str = "case-1") -> Case:
    """:func:`one_lesion_case` with ``text`` wherever a person can type or a header can say it."""
    case = one_lesion_case(case_id)
    return replace(
        case,
        patient=Patient(id=text, issuer=text, name=text, birth_date=text, sex=text),
        studies=(replace(ct_study(), description=text, accession=text),),
        lesions=(replace(case.lesions[0], note=text),),
        oncology=Oncology(histology=Histology.OTHER, primary_text=text, markers=text),
        text=ReportText(
            impression=(Sentence(text=text, sources=("sins.T12",)),),
            findings=(Sentence(text=text),),
            indication=text,
            technique=text,
            limits=text,
        ),
        key_images=(replace(key_image(), caption=text),),
        institution=text,
        reader=text,
    )


def full_case(case_id: str = "case-1") -> Case:
    """A case in which every field holds something other than its default."""
    case = one_lesion_case(case_id)
    first = replace(case.assessments[0], noms=_full_noms(), escc=_full_escc())
    sins = replace(
        first.sins,
        posterolateral_right=frozenset({PosterolateralPart.COSTOVERTEBRAL}),
        context=frozenset({SinsContext.SUPINE_ONLY, SinsContext.NO_PRIOR}),
        historical_total=9,
    )
    return replace(
        case,
        spines=(
            replace(thoracolumbar_spine(), variants=frozenset({Variant.SACRALIZED_L5})),
            thoracolumbar_spine(confirmed=False, frame=OTHER_FRAME),
        ),
        assessments=(replace(first, sins=sins),),
        neurologic=_full_neurologic(),
        oncology=Oncology(
            histology=Histology.NON_SMALL_CELL_LUNG,
            primary_text="adenocarcinoma of the lung",
            override=OncologicAxis.SENSITIVE,
            override_reason="Small cell component on review.",
            targeted_option=YesNo.YES,
            markers="EGFR",
        ),
        systemic=_full_systemic(),
        communication=Communication(
            to_whom="Dr. Surgeon",
            at="2026-03-14T16:40:00+01:00",
            how="telephone",
            read_back=YesNo.YES,
            said="High-grade compression at T12.",
        ),
        text=ReportText(
            impression=(
                Sentence(
                    text="Unstable lesion of T12.",
                    sources=("sins.T12",),
                    made_from="SINS T12 is 14, unstable",
                ),
            ),
            findings=(
                Sentence(text="Typed by hand.", sources=("lesion.1",), made_from="Lesion 1 is"),
            ),
            indication="Back pain.",
            technique="CT 1.25 mm.",
            limits="No prior.",
        ),
        key_images=(key_image(1), key_image(2)),
        marks=(distance_mark(1), distance_mark(2)),
        priors=(full_prior(),),
        explanations=(
            Explanation(
                code="epidural-contradiction",
                field="lesion.lesion-1.soft_tissue",
                text="The sac is indented by a disc.",
            ),
        ),
        second_readings=(replace(second_reading(), assessments=(replace(first, sins=sins),)),),
        status=CaseStatus.SIGNED,
        version=2,
        signature=reader_signature(),
        amends="Level corrected.",
        illustration="Invented grades, for illustration.",
    )


def _full_noms() -> NomsLevelAnswers:
    return NomsLevelAnswers(
        surgeon_says=MechanicalAxis.UNSTABLE,
        systemic=SystemicAxis.UNABLE,
        clinician_neurologic=NeurologicAxis.LOW,
        prior_radiation=YesNo.YES,
        radiation=PriorRadiation(
            level=VertebralLevel.T12, dose_gy=30.0, fractions=10, date="2025-11-03"
        ),
    )


def _full_escc() -> EsccAnswers:
    return EsccAnswers(
        questions=(YesNo.YES, YesNo.YES, YesNo.YES, YesNo.NO, UNKNOWN),
        modality=EsccModality.CT_MYELOGRAM,
        cause=CompressionCause.MIXED,
        positions=frozenset(EpiduralPosition),
        cauda_equina=CaudaEquinaGrade(2),
        foraminal_right=True,
        foraminal_left=True,
        screening=ScreeningAnswer.LOW,
        block=MyelogramBlock.PARTIAL,
        block_level=VertebralLevel.T11,
    )


def _full_neurologic() -> NeurologicFacts:
    return NeurologicFacts(
        myelopathy=YesNo.YES,
        functional_radiculopathy=YesNo.NO,
        weakness=DeficitStatus.NEW,
        gait_loss=DeficitStatus.STABLE,
        sensory=DeficitStatus.PROGRESSIVE,
        sphincter=DeficitStatus.NONE,
        cauda_equina_symptoms=UNKNOWN,
        deficit_since_hours=36.5,
        ais=AisGrade.D,
        frankel=FrankelGrade.D,
        ambulation=Ambulation.WITH_AID,
        attributed_level=VertebralLevel.T12,
        attribution_reason="Only compressed level.",
        stated_by="Dr. Surgeon",
    )


def _full_systemic() -> SystemicFacts:
    return SystemicFacts(
        kps=Kps.K70,
        ecog=Ecog.E1,
        primary_site=PrimarySite.LUNG,
        growth=GrowthClass.RAPID,
        organs=OrganMetastases.REMOVABLE,
        visceral=VisceralMetastases.TREATABLE,
        bone=BoneMetastases.MULTIPLE,
        solitary_skeletal=YesNo.NO,
        extraspinal_bone_count=2,
        vertebral_count=3,
        brain_metastases=YesNo.NO,
        albumin_g_dl=3.6,
        stated_by="Dr. Oncologist",
    )
