"""The shipped demo as commands: the same road as a reader's clicks.

The thoracic CT is real; history, grades and the role of the marked focus are invented to show the
program. The case says so in a sentence that is printed on every page and shown in the window.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workstation.app.references import patient_of, series_reference
from workstation.base.paths import resource_path
from workstation.domain.answers import YesNo
from workstation.domain.case import (
    KeyImage,
    NomsLevelAnswers,
    Oncology,
    ReportText,
    StudyReference,
)
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    DeficitStatus,
    Ecog,
    Kps,
    NeurologicFacts,
    SystemicFacts,
)
from workstation.domain.commands import (
    AddKeyImage,
    AddLesion,
    AddStudy,
    Command,
    ConfirmSpine,
    ReplaceLesion,
    SetConus,
    SetEscc,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetSins,
    SetSpine,
    SetSystemic,
    SetText,
)
from workstation.domain.escc import EsccGrade, EsccModality, answers_for_grade
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
)
from workstation.domain.noms_table import SystemicAxis
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsContext,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Landmark, LandmarkState, PointLps, Spine, VertebralLevel
from workstation.imaging.volume import SeriesIdentity

ILLUSTRATION = (
    "Illustration, not a diagnosis: the images are real, the history and the grades are invented."
)
DEMO_AUTHOR = "Batson demo"
DEMO_CASE_ID = "demo"
LESION_ID = "demo-lesion-1"

_VIEWS: tuple[tuple[str, PointLps, PointLps, float], ...] = (
    ("Axial", (0.0, 0.0, 1.0), (0.0, -1.0, 0.0), 110.0),
    ("Sagittal", (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 100.0),
    ("Coronal", (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 100.0),
)
"""Plane, view direction, up, and height shown in mm of each key image (LPS)."""


def demo_notes() -> Mapping[str, Any]:
    """Return what is known of the demo series with the marked focus: points in LPS mm, levels."""
    notes = json.loads(resource_path("demo", "case-notes.json").read_text(encoding="utf-8"))
    marked: Mapping[str, Any] = next(item for item in notes["series"] if "focus" in item)
    return marked


def demo_commands(
    identity: SeriesIdentity, notes: Mapping[str, Any], *, at: str
) -> tuple[Command, ...]:
    """Return the commands that read the demo case from an empty one.

    Parameters
    ----------
    identity : SeriesIdentity
        Of the marked series, as its own headers give it.
    notes : mapping
        From :func:`demo_notes`.
    at : str
        Local time with offset that the commands carry, ISO 8601.
    """
    level = VertebralLevel.parse(notes["focus"]["level"])
    frame = identity.frame_of_reference_uid
    return (
        _study(identity),
        SetSpine(spine=_spine(identity, notes)),
        ConfirmSpine(frame_of_reference_uid=frame, by=DEMO_AUTHOR, at=at),
        AddLesion(
            id=LESION_ID,
            center_lps=_point(notes["focus"]["center_lps"]),
            radius_mm=float(notes["focus"]["radius_mm"]),
            frame_of_reference_uid=frame,
            series_uid=identity.series_uid,
            created_at=at,
        ),
        ReplaceLesion(lesion=_lesion(identity, notes, level, at)),
        *_grades(level),
        *_clinical(),
        SetText(text=_TEXT),
        *_key_images(identity, notes, level, at),
    )


def _point(values: Sequence[float]) -> PointLps:
    x, y, z = values
    return (float(x), float(y), float(z))


def _study(identity: SeriesIdentity) -> AddStudy:
    return AddStudy(
        patient=patient_of(identity.patient),
        study=StudyReference(
            study_uid=identity.study_uid,
            date=identity.study_date,
            description=identity.study_description,
            accession=identity.accession,
            modalities=(identity.modality,),
        ),
        series=(series_reference(identity),),
    )


def _spine(identity: SeriesIdentity, notes: Mapping[str, Any]) -> Spine:
    landmarks = tuple(
        Landmark(
            level=VertebralLevel.parse(body["level"]),
            center_lps=_point(body["center_lps"]),
            state=LandmarkState.CLICKED,
        )
        for body in notes["bodies"]
    )
    return Spine(
        frame_of_reference_uid=identity.frame_of_reference_uid,
        series_uid=identity.series_uid,
        landmarks=landmarks,
        counted_from="ribs, lowest whole vertebra read as T11",
    )


def _lesion(
    identity: SeriesIdentity, notes: Mapping[str, Any], level: VertebralLevel, at: str
) -> Lesion:
    return Lesion(
        id=LESION_ID,
        number=1,
        center_lps=_point(notes["focus"]["center_lps"]),
        radius_mm=float(notes["focus"]["radius_mm"]),
        frame_of_reference_uid=identity.frame_of_reference_uid,
        series_uid=identity.series_uid,
        levels=(level,),
        parts=frozenset({VertebraPart.BODY_POSTERIOR_LEFT}),
        body_involved_pct=5.0,
        matrix=Matrix.BLASTIC,
        posterior_wall=PosteriorWall.INTACT,
        endplates=Endplates.INTACT,
        fracture=Fracture.NONE,
        soft_tissue=frozenset({SoftTissue.NONE}),
        treated=YesNo.NO,
        note="Small, dense, sharply bounded focus.",
        created_at=at,
    )


def _grades(level: VertebralLevel) -> tuple[Command, ...]:
    sins = SinsAnswers(
        pain=SinsPain.NONMECHANICAL,
        bone_lesion=SinsBoneLesion.BLASTIC,
        alignment=SinsAlignment.NORMAL,
        collapse=SinsCollapse.NONE,
        posterolateral=SinsPosterolateral.NONE,
        context=frozenset({SinsContext.SUPINE_ONLY, SinsContext.NO_PRIOR}),
        pain_source="invented history",
    )
    escc = replace(answers_for_grade(EsccGrade.G0), modality=EsccModality.MRI)
    return (
        SetSins(level=level, answers=sins),
        SetConus(conus=VertebralLevel.L1),
        SetEscc(level=level, answers=escc),
        SetNomsLevel(
            level=level,
            answers=NomsLevelAnswers(systemic=SystemicAxis.ABLE, prior_radiation=YesNo.NO),
        ),
    )


def _clinical() -> tuple[Command, ...]:
    return (
        SetNeurologic(
            facts=NeurologicFacts(
                myelopathy=YesNo.NO,
                functional_radiculopathy=YesNo.NO,
                weakness=DeficitStatus.NONE,
                gait_loss=DeficitStatus.NONE,
                sensory=DeficitStatus.NONE,
                sphincter=DeficitStatus.NONE,
                cauda_equina_symptoms=YesNo.NO,
                ais=AisGrade.INTACT,
                ambulation=Ambulation.INDEPENDENT,
                stated_by="invented history",
            )
        ),
        SetOncology(
            oncology=Oncology(
                histology=Histology.RENAL_CELL, primary_text="Renal cell carcinoma (invented)"
            )
        ),
        SetSystemic(facts=SystemicFacts(kps=Kps.K90, ecog=Ecog.E0, stated_by="invented history")),
    )


_TEXT = ReportText(
    indication="Invented history: renal cell carcinoma, mild thoracic back pain at night.",
    technique="CT of the lower chest, 1 mm slices, no contrast phase stated; T8 to T11 in the "
    "field. Reformats in three planes.",
    limits="Neither the first rib nor the sacrum is imaged: the numbering is inferred from the "
    "ribs. Supine images only.",
)


def _key_images(
    identity: SeriesIdentity, notes: Mapping[str, Any], level: VertebralLevel, at: str
) -> tuple[Command, ...]:
    center = _point(notes["focus"]["center_lps"])
    captions = {
        "Axial": f"Lesion 1, {level}: dense focus in the left posterior body.",
        "Sagittal": f"Lesion 1, {level}: height and alignment kept.",
        "Coronal": f"Lesion 1, {level}: focus to the left of the midline.",
    }
    proves = {
        "Axial": (f"sins.{level}.bone_lesion", f"sins.{level}.posterolateral"),
        "Sagittal": (f"sins.{level}.alignment", f"sins.{level}.collapse"),
        "Coronal": (f"sins.{level}.location",),
    }
    return tuple(
        AddKeyImage(
            image=KeyImage(
                id=f"demo-key-{plane.lower()}",
                study_uid=identity.study_uid,
                series_uid=identity.series_uid,
                volume_index=0,
                frame_of_reference_uid=identity.frame_of_reference_uid,
                center_lps=center,
                direction=direction,
                up=up,
                field_mm=field_mm,
                window_center=500.0,
                window_width=2000.0,
                plane=plane,
                caption=captions[plane],
                lesion_number=1,
                proves=proves[plane],
                created_at=at,
            )
        )
        for plane, direction, up, field_mm in _VIEWS
    )
