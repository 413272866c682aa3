"""Cases that the report tests print: one full case and its variations."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import (
    Case,
    CaseStatus,
    Communication,
    KeyImage,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    Patient,
    ReportText,
    SeriesReference,
    Signature,
    StudyReference,
)
from workstation.domain.clinical import (
    AisGrade,
    DeficitStatus,
    Ecog,
    Kps,
    NeurologicFacts,
    PriorRadiation,
    SystemicFacts,
)
from workstation.domain.escc import (
    CompressionCause,
    EpiduralPosition,
    EsccGrade,
    EsccModality,
    answers_for_grade,
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
from workstation.domain.noms import MechanicalAxis, SystemicAxis
from workstation.domain.prior import ChangeDecision, ChangeVerdict, Prior, PriorLesion, PriorLevel
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Landmark, Spine, VertebralLevel, level_chain
from workstation.report.header import ReportSettings
from workstation.report.picture import KeyImagePicture

FRAME = "1.2.840.99999.1"
SERIES = "1.2.840.99999.1.7"
CREATED = "2026-03-14T15:40+01:00"
SETTINGS = ReportSettings(
    software="Batson 0.1.0",
    timestamp=datetime(2026, 3, 14, 17, 5, tzinfo=timezone(timedelta(hours=1))),
)


def png(width: int = 64, height: int = 48, shade: int = 90) -> bytes:
    """Return a small gray picture with a bright corner."""
    rows = b"".join(
        b"\0" + bytes(240 if x < 8 and y < 8 else (shade + x + y) % 200 for x in range(width))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def spine(*, confirmed: bool = True, **changes: object) -> Spine:
    """Return a numbered thoracolumbar spine."""
    levels = [level for level in level_chain() if level.value[0] in "TL"]
    made = Spine(
        frame_of_reference_uid=FRAME,
        series_uid=SERIES,
        landmarks=tuple(
            Landmark(level=level, center_lps=(0.0, 0.0, -25.0 * i))
            for i, level in enumerate(levels)
        ),
        counted_from="counted from C2",
        confirmed_by="Dr Zoë Königsberg" if confirmed else "",
        confirmed_at="2026-03-14T15:50+01:00" if confirmed else "",
    )
    return replace(made, **changes)


def lesion(number: int, level: str, radius_mm: float = 12.0, **changes: object) -> Lesion:
    """Return lesion ``number`` at ``level``."""
    made = Lesion(
        id=f"lesion-{number}",
        number=number,
        center_lps=(8.0, 4.0, -100.0),
        radius_mm=radius_mm,
        frame_of_reference_uid=FRAME,
        series_uid=SERIES,
        levels=(VertebralLevel(level),),
        created_at=CREATED,
    )
    return replace(made, **changes)


def key_image(number: int, **changes: object) -> KeyImage:
    """Return key image ``number``, an axial one."""
    made = KeyImage(
        id=f"image-{number}",
        study_uid="1.2.840.99999.1.1",
        series_uid=SERIES,
        volume_index=0,
        frame_of_reference_uid=FRAME,
        center_lps=(8.0, 4.0, -100.0),
        direction=(0.0, 0.0, 1.0),
        up=(0.0, -1.0, 0.0),
        field_mm=120.0,
        window_center=400.0,
        window_width=900.0,
        plane="Axial",
        created_at=CREATED,
    )
    return replace(made, **changes)


T8_SINS = SinsAnswers(
    pain=SinsPain.MECHANICAL,
    bone_lesion=SinsBoneLesion.LYTIC,
    alignment=SinsAlignment.DEFORMITY,
    collapse=SinsCollapse.GT50,
    posterolateral=SinsPosterolateral.BILATERAL,
    posterolateral_right=frozenset({PosterolateralPart.PEDICLE}),
    posterolateral_left=frozenset({PosterolateralPart.PEDICLE, PosterolateralPart.FACET}),
    pain_source="Dr A. Papadopoulou, oncology",
)
"""T8: 1 + 3 + 2 + 2 + 3 + 3 = 14, unstable."""

STABLE_SINS = SinsAnswers(
    pain=SinsPain.NONE,
    bone_lesion=SinsBoneLesion.MIXED,
    alignment=SinsAlignment.NORMAL,
    collapse=SinsCollapse.NONE,
    posterolateral=SinsPosterolateral.NONE,
)
"""L2: 2 + 0 + 1 + 0 + 0 + 0 = 3; T11: 3 + 0 + 1 = 4."""


def full_case() -> Case:
    """Return a draft with three lesions: T8 (ESCC 2, SINS 14), L2 and C5 with open items."""
    return Case(
        id="3f0c7f52-6a0a-4f0e-9b2a-000000000001",
        created_at=CREATED,
        patient=Patient(
            id="DEMO-004217",
            issuer="SGH",
            name="BÖHM-LÉCLAIR^Éléonore",
            birth_date="1961-08-19",
            sex="F",
        ),
        studies=(
            StudyReference(
                study_uid="1.2.840.99999.1.1",
                date="2026-03-14T15:20",
                description="MRI whole spine, without and with contrast",
                accession="ACC-88120457",
                modalities=("MR",),
            ),
        ),
        series=(
            SeriesReference(
                series_uid=SERIES,
                study_uid="1.2.840.99999.1.1",
                number=7,
                description="Axial T2 TSE",
                modality="MR",
                frame_of_reference_uid=FRAME,
            ),
        ),
        spines=(spine(),),
        lesions=(
            lesion(
                1,
                "T8",
                15.5,
                parts=frozenset(
                    {
                        VertebraPart.BODY_POSTERIOR_LEFT,
                        VertebraPart.BODY_POSTERIOR_RIGHT,
                        VertebraPart.PEDICLE_LEFT,
                        VertebraPart.PEDICLE_RIGHT,
                        VertebraPart.FACET_LEFT,
                    }
                ),
                body_involved_pct=72.0,
                matrix=Matrix.LYTIC,
                posterior_wall=PosteriorWall.BREACHED,
                endplates=Endplates.SUPERIOR_BREACHED,
                fracture=Fracture.PATHOLOGICAL,
                soft_tissue=frozenset({SoftTissue.EPIDURAL, SoftTissue.PARASPINAL_LEFT}),
                treated=YesNo.NO,
                note="Ventral and left lateral epidural component.",
            ),
            lesion(2, "L2", 9.0, matrix=Matrix.MIXED, body_involved_pct=49.96),
            lesion(3, "C5", 6.75, matrix=Matrix.LYTIC, fracture=UNKNOWN),
        ),
        lesion_count=3,
        assessments=(
            LevelAssessment(
                level=VertebralLevel.T8,
                sins=T8_SINS,
                escc=replace(
                    answers_for_grade(EsccGrade.G2),
                    modality=EsccModality.MRI,
                    cause=CompressionCause.TUMOR,
                    positions=frozenset({EpiduralPosition.ANTERIOR, EpiduralPosition.LATERAL_LEFT}),
                ),
                noms=NomsLevelAnswers(
                    systemic=SystemicAxis.ABLE,
                    prior_radiation=YesNo.YES,
                    radiation=PriorRadiation(
                        level=VertebralLevel.T8, dose_gy=27.0, fractions=3, date="2025-09-02"
                    ),
                ),
            ),
            LevelAssessment(
                level=VertebralLevel.L2,
                sins=STABLE_SINS,
                escc=replace(answers_for_grade(EsccGrade.G1A), modality=EsccModality.MRI),
            ),
            LevelAssessment(
                level=VertebralLevel.C5,
                sins=SinsAnswers(
                    pain=UNKNOWN,
                    bone_lesion=SinsBoneLesion.LYTIC,
                    alignment=SinsAlignment.NORMAL,
                    collapse=SinsCollapse.LT50,
                ),
                noms=NomsLevelAnswers(surgeon_says=MechanicalAxis.STABLE),
            ),
        ),
        conus=VertebralLevel.L1,
        neurologic=NeurologicFacts(
            myelopathy=YesNo.YES,
            functional_radiculopathy=YesNo.NO,
            weakness=DeficitStatus.NEW,
            gait_loss=DeficitStatus.NONE,
            sensory=UNKNOWN,
            sphincter=DeficitStatus.NONE,
            deficit_since_hours=36.0,
            ais=AisGrade.D,
            attributed_level=VertebralLevel.T8,
            attribution_reason="highest compression",
            stated_by="Dr A. Papadopoulou",
        ),
        oncology=Oncology(
            histology=Histology.RENAL_CELL, primary_text="Renal cell carcinoma, clear-cell"
        ),
        systemic=SystemicFacts(kps=Kps.K80, ecog=Ecog.E1, stated_by="Dr A. Papadopoulou"),
        communication=Communication(
            to_whom="Dr Παπαδοπούλου",
            at="2026-03-14T16:42+01:00",
            how="telephone",
            read_back=YesNo.YES,
            said="cord compression at T8",
        ),
        text=ReportText(
            indication="Known renal cell carcinoma; new bilateral leg weakness for 36 h.",
            technique="3 T. Sagittal T1, T2 and STIR; axial T2 through T6–T10, slice 3 mm.",
            limits="Mild motion at T2–T4.",
        ),
        key_images=(
            key_image(
                1,
                lesion_number=1,
                caption="Flattened cord, CSF still visible dorsally.",
                proves=("escc.T8", "sins.T8.posterolateral"),
            ),
            key_image(2, plane="Sagittal", lesion_number=2, caption="New since the prior."),
        ),
        institution="University Hospital Sankt Göran · Department of Neuroradiology",
        reader="Dr Zoë Königsberg",
    )


def pictures_of(case: Case) -> Mapping[str, KeyImagePicture]:
    """Return a small picture for each key image."""
    return {
        image.id: KeyImagePicture(
            png=png(shade=60 + 20 * position),
            width_mm=160.0,
            height_mm=120.0,
            letters="top A, right L",
            source=f"Series 7, image {41 + position}",
        )
        for position, image in enumerate(case.key_images)
    }


def signed(case: Case, **changes: object) -> Case:
    """Return the case as signed."""
    made = replace(
        case,
        status=CaseStatus.SIGNED,
        signature=Signature(
            name="Dr Zoë Königsberg",
            role="Consultant neuroradiologist",
            at="2026-03-14T17:05+01:00",
            second_reader="д-р Николай Иванов, spine surgery",
        ),
    )
    return replace(made, **changes)


def case_with_lesions(count: int) -> Case:
    """Return a case with ``count`` lesions, one at each level from C1 on."""
    case = full_case()
    levels = [level for level in level_chain() if level.value not in ("C0", "Co")]
    kinds = (Matrix.LYTIC, Matrix.MIXED, Matrix.BLASTIC)
    pains = (SinsPain.MECHANICAL, SinsPain.NONE, SinsPain.NONMECHANICAL, UNKNOWN)
    grades = (EsccGrade.G0, EsccGrade.G1A, EsccGrade.G0)
    return replace(
        case,
        lesions=tuple(
            lesion(i + 1, levels[i % len(levels)].value, 6.0 + i % 9, matrix=kinds[i % 3])
            for i in range(count)
        ),
        lesion_count=count,
        assessments=tuple(
            LevelAssessment(
                level=level,
                sins=replace(T8_SINS if i % 5 == 0 else STABLE_SINS, pain=pains[i % 4]),
                escc=answers_for_grade(grades[i % 3]),
            )
            for i, level in enumerate(levels[:count])
        ),
        key_images=(),
    )


def compared_case() -> Case:
    """Return the full case beside a prior: one larger, one not comparable, one new, one gone."""
    prior = Prior(
        id="prior-1",
        date="2025-12-04",
        source="case 3f0c7f52 version 1",
        description="MRI whole spine",
        lesions=(
            PriorLesion(
                id="a",
                number=1,
                levels=(VertebralLevel.T8,),
                long_axis_mm=24.0,
                modality="MR",
                sequence="T2",
            ),
            PriorLesion(
                id="b", number=2, levels=(VertebralLevel.L2,), long_axis_mm=18.0, modality="CT"
            ),
            PriorLesion(id="c", number=4, levels=(VertebralLevel.T3,), long_axis_mm=8.0),
        ),
        levels=(
            PriorLevel(level=VertebralLevel.T8, sins_low=9, sins_high=9, escc=EsccGrade.G1B),
            PriorLevel(level=VertebralLevel.L2, sins_low=3, sins_high=5, escc=EsccGrade.G0),
            PriorLevel(level=VertebralLevel.S1, sins_low=5, sins_high=5),
        ),
        decisions=(ChangeDecision(lesion_id="lesion-1", verdict=ChangeVerdict.WORSE),),
    )
    return replace(full_case(), priors=(prior,))


def revised_case() -> Case:
    """Return :func:`compared_case` signed again with lesion 2 at another level and larger."""
    case = signed(compared_case(), version=2, amends="level of lesion 2 corrected")
    moved = replace(case.lesions[1], levels=(VertebralLevel.L3,), radius_mm=10.5)
    return replace(case, lesions=(case.lesions[0], moved, case.lesions[2]))
