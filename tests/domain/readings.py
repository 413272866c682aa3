"""Small readings for the tests of grading, checks and proposals."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.answers import YesNo
from workstation.domain.case import Case, NomsLevelAnswers, Oncology
from workstation.domain.changes import apply
from workstation.domain.clinical import DeficitStatus, NeurologicFacts
from workstation.domain.commands import (
    AddLesion,
    Command,
    ConfirmSpine,
    SetEscc,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetSins,
    SetSpine,
)
from workstation.domain.escc import EsccGrade, EsccModality, answers_for_grade
from workstation.domain.mark import Mark, MarkKind
from workstation.domain.noms_table import SystemicAxis
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Landmark, LandmarkState, Spine, VertebralLevel

FRAME = "1.2.3"
AT = "2026-03-14T12:00:00+01:00"
T11, T12, L1, L3 = (VertebralLevel(name) for name in ("T11", "T12", "L1", "L3"))
CENTERS = {T11: 60.0, T12: 30.0, L1: 0.0}
"""z of each body center; all lie at x = y = 0, mm."""

UNSTABLE = SinsAnswers(
    pain=SinsPain.MECHANICAL,
    bone_lesion=SinsBoneLesion.LYTIC,
    alignment=SinsAlignment.DEFORMITY,
    collapse=SinsCollapse.GT50,
    posterolateral=SinsPosterolateral.UNILATERAL,
    posterolateral_left=frozenset({PosterolateralPart.PEDICLE}),
)
"""14 points at T12: worked case A of the clinical reference, 12.1."""

NO_DEFICIT = NeurologicFacts(
    myelopathy=YesNo.NO,
    weakness=DeficitStatus.NONE,
    gait_loss=DeficitStatus.NONE,
    sensory=DeficitStatus.NONE,
    sphincter=DeficitStatus.NONE,
)


def run(case: Case, *commands: Command) -> Case:
    """Return the case after all commands."""
    for command in commands:
        case = apply(case, command)
    return case


def empty_case() -> Case:
    """Return a case without anything in it."""
    return Case(id="case-1", created_at=AT)


def spine(**changes: object) -> Spine:
    """Return T11 to L1 along z, not confirmed."""
    landmarks = tuple(
        Landmark(level=level, center_lps=(0.0, 0.0, z), state=LandmarkState.CLICKED)
        for level, z in CENTERS.items()
    )
    base = Spine(frame_of_reference_uid=FRAME, series_uid="1.2.3.4", landmarks=landmarks)
    return replace(base, **changes)  # type: ignore[arg-type]


def mark(level: VertebralLevel, *, lesion_id: str = "lesion-1", left_mm: float = 0.0) -> AddLesion:
    """Return a command that marks a lesion ``left_mm`` to the left of a body center."""
    return AddLesion(
        id=lesion_id,
        center_lps=(left_mm, 0.0, CENTERS[level]),
        radius_mm=8.0,
        frame_of_reference_uid=FRAME,
        series_uid="1.2.3.4",
    )


def numbered_case() -> Case:
    """Return a case with T11 to L1 confirmed and no lesion."""
    confirm = ConfirmSpine(frame_of_reference_uid=FRAME, by="Reader", at=AT)
    return run(empty_case(), SetSpine(spine=spine()), confirm)


def case_a() -> Case:
    """Return worked case A without red flags told: T12, SINS 14, ESCC 2, resistant, able."""
    escc = replace(answers_for_grade(EsccGrade.G2), modality=EsccModality.MRI)
    return run(
        numbered_case(),
        mark(T12),
        SetSins(level=T12, answers=UNSTABLE),
        SetEscc(level=T12, answers=escc),
        SetNomsLevel(
            level=T12,
            answers=NomsLevelAnswers(systemic=SystemicAxis.ABLE, prior_radiation=YesNo.NO),
        ),
        SetNeurologic(facts=replace(NO_DEFICIT, myelopathy=YesNo.YES, gait_loss=DeficitStatus.NEW)),
        SetOncology(oncology=Oncology(histology=Histology.NON_SMALL_CELL_LUNG)),
    )


def heights(level: VertebralLevel, height_mm: float, *, mark_id: str = "") -> Mark:
    """Return a mark of a body of one height in front, in the middle and at the back, 30 mm deep."""
    center = CENTERS[level]
    return Mark(
        id=mark_id or f"heights-{level}",
        kind=MarkKind.VERTEBRAL_HEIGHTS,
        points=tuple(
            (0.0, y, center + end)
            for y in (-15.0, 0.0, 15.0)
            for end in (float(height_mm) - 10.0, -10.0)
        ),
        center_lps=(0.0, 0.0, center),
        direction=(1.0, 0.0, 0.0),
        up=(0.0, 0.0, 1.0),
        frame_of_reference_uid=FRAME,
        series_uid="1.2.3.4",
        levels=(level,),
    )
