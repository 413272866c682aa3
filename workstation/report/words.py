"""The words the report prints for coded answers, where the forms have none of their own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.domain.clinical import Ambulation, DeficitStatus
from workstation.domain.escc import EsccAnswers, EsccResult
from workstation.domain.lesion import Endplates, Fracture, Matrix, PosteriorWall, SoftTissue
from workstation.domain.noms import MechanicalAxis, NeurologicAxis, OncologicAxis, SystemicAxis
from workstation.domain.sins import (
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsComponent,
    SinsLocation,
    SinsOption,
    SinsPain,
    SinsPosterolateral,
    SinsResult,
)
from workstation.domain.sins_texts import CATEGORY_TITLES
from workstation.report.format import listed, missing_words, points

E = TypeVar("E", bound=StrEnum)

COMPONENT_NAMES: Mapping[SinsComponent, str] = {
    SinsComponent.LOCATION: "Location",
    SinsComponent.PAIN: "Pain",
    SinsComponent.BONE_LESION: "Bone lesion",
    SinsComponent.ALIGNMENT: "Radiographic alignment",
    SinsComponent.COLLAPSE: "Vertebral body collapse",
    SinsComponent.POSTEROLATERAL: "Posterolateral involvement",
}

FINDINGS: Mapping[SinsComponent, Mapping[SinsOption, str]] = {
    SinsComponent.LOCATION: {
        SinsLocation.RIGID: "Rigid (S2–S5)",
        SinsLocation.SEMIRIGID: "Semirigid (T3–T10)",
        SinsLocation.MOBILE: "Mobile (C3–C6, L2–L4)",
        SinsLocation.JUNCTIONAL: "Junctional (occiput–C2, C7–T2, T11–L1, L5–S1)",
    },
    SinsComponent.PAIN: {
        SinsPain.NONE: "None: pain-free lesion",
        SinsPain.NONMECHANICAL: "Not mechanical",
        SinsPain.MECHANICAL: "Mechanical: on movement or loading, or relieved by lying down",
    },
    SinsComponent.BONE_LESION: {
        SinsBoneLesion.BLASTIC: "Blastic",
        SinsBoneLesion.MIXED: "Mixed, lytic and blastic",
        SinsBoneLesion.LYTIC: "Lytic",
    },
    SinsComponent.ALIGNMENT: {
        SinsAlignment.NORMAL: "Normal: no new deformity",
        SinsAlignment.DEFORMITY: "New deformity: kyphosis or scoliosis",
        SinsAlignment.TRANSLATION: "Subluxation or translation",
    },
    SinsComponent.COLLAPSE: {
        SinsCollapse.NONE: "None, and at most 50 % of the body involved",
        SinsCollapse.INVOLVED_GT50: "None, but > 50 % of the body involved",
        SinsCollapse.LT50: "Collapse < 50 %",
        SinsCollapse.GT50: "Collapse > 50 %",
    },
    SinsComponent.POSTEROLATERAL: {
        SinsPosterolateral.NONE: "None",
        SinsPosterolateral.UNILATERAL: "Unilateral",
        SinsPosterolateral.BILATERAL: "Bilateral",
    },
}
"""Keyed by component, because "none" is an option of several. Source: Fisher et al. 2010."""

NEUROLOGIC_HEADLINES: Mapping[NeurologicAxis, str] = {
    NeurologicAxis.LOW: "Low",
    NeurologicAxis.HIGH: "High",
    NeurologicAxis.DISCORDANT: "Discordant",
    NeurologicAxis.NOT_APPLICABLE: "Not applicable",
}
ONCOLOGIC_HEADLINES: Mapping[OncologicAxis, str] = {
    OncologicAxis.SENSITIVE: "Radiosensitive",
    OncologicAxis.RESISTANT: "Radioresistant",
}
MECHANICAL_HEADLINES: Mapping[MechanicalAxis, str] = {
    MechanicalAxis.STABLE: "Stable",
    MechanicalAxis.UNSTABLE: "Unstable",
    MechanicalAxis.INDETERMINATE: "Undecided",
}
SYSTEMIC_HEADLINES: Mapping[SystemicAxis, str] = {
    SystemicAxis.ABLE: "Able",
    SystemicAxis.UNABLE: "Unable",
}
MATRIX_WORDS: Mapping[Matrix, str] = {
    Matrix.LYTIC: "Lytic.",
    Matrix.MIXED: "Mixed.",
    Matrix.BLASTIC: "Blastic.",
    Matrix.INFERRED_FROM_MRI: "Type inferred from MRI.",
    Matrix.NOT_ASSESSABLE: "Type not assessable.",
}
POSTERIOR_WALL_WORDS: Mapping[PosteriorWall, str] = {
    PosteriorWall.INTACT: "Posterior wall intact",
    PosteriorWall.BULGING: "Posterior wall bulging",
    PosteriorWall.BREACHED: "Posterior wall breached",
    PosteriorWall.RETROPULSED: "Posterior wall retropulsed",
}
ENDPLATE_WORDS: Mapping[Endplates, str] = {
    Endplates.INTACT: "End-plates intact",
    Endplates.SUPERIOR_BREACHED: "Superior end-plate breached",
    Endplates.INFERIOR_BREACHED: "Inferior end-plate breached",
    Endplates.BOTH_BREACHED: "Both end-plates breached",
}
FRACTURE_WORDS: Mapping[Fracture, str] = {
    Fracture.NONE: "No fracture",
    Fracture.PATHOLOGICAL: "Pathological fracture",
    Fracture.OSTEOPOROTIC: "Osteoporotic fracture",
    Fracture.INDETERMINATE: "Fracture of indeterminate cause",
}
SOFT_TISSUE_WORDS: Mapping[SoftTissue, str] = {
    SoftTissue.NONE: "none",
    SoftTissue.EPIDURAL: "epidural",
    SoftTissue.FORAMINAL_RIGHT: "right foraminal",
    SoftTissue.FORAMINAL_LEFT: "left foraminal",
    SoftTissue.PARASPINAL_RIGHT: "right paraspinal",
    SoftTissue.PARASPINAL_LEFT: "left paraspinal",
    SoftTissue.PREVERTEBRAL: "prevertebral",
}
AMBULATION_WORDS: Mapping[Ambulation, str] = {
    Ambulation.INDEPENDENT: "independent",
    Ambulation.WITH_AID: "with an aid",
    Ambulation.NOT_AMBULATORY: "not ambulatory",
}
DEFICIT_WORDS: Mapping[DeficitStatus, str] = {
    DeficitStatus.NONE: "none",
    DeficitStatus.STABLE: "stable",
    DeficitStatus.NEW: "new",
    DeficitStatus.PROGRESSIVE: "progressive",
}
INPUT_WORDS: Mapping[str, str] = {
    "N": "neurologic",
    "O": "oncologic",
    "M": "mechanical",
    "S": "systemic",
    "prior_rt": "prior radiation at this level",
}
"""Names of the inputs that a NOMS result lists as missing."""


def answer_words(answer: E | Missing, words: Mapping[E, str] | None = None) -> str:
    """Return the words of an answer, or "not assessed" or "unknown"."""
    if isinstance(answer, Missing):
        return missing_words(answer)
    return words[answer] if words else answer.value.replace("_", " ")


def finding_words(
    component: SinsComponent, answer: SinsOption | Missing, given: SinsAnswers
) -> str:
    """Return the finding of one SINS component, with the sides where there are any."""
    if isinstance(answer, Missing):
        return missing_words(answer)
    words = FINDINGS[component][answer]
    if component is not SinsComponent.POSTEROLATERAL or answer is SinsPosterolateral.NONE:
        return words
    sides = [
        f"{side} {listed(sorted(part.value for part in parts))}"
        for side, parts in (
            ("right", given.posterolateral_right),
            ("left", given.posterolateral_left),
        )
        if parts
    ]
    return f"{words}: {'; '.join(sides)}" if sides else f"{words}, parts not assessed"


def sins_total(result: SinsResult) -> str:
    """Return "14", "8–11", or "not computed" where the score is refused."""
    if result.minimum is None or result.maximum is None:
        return "not computed"
    return points(result.minimum, result.maximum)


def sins_category(result: SinsResult) -> str:
    """Return the category, or all possible ones joined by "or"."""
    if not result.categories:
        return "Category withheld"
    return listed((CATEGORY_TITLES[item] for item in result.categories), last="or").capitalize()


def escc_grade(result: EsccResult, answers: EsccAnswers) -> str:
    """Return the grade, the possible ones, the descriptor below the conus, or why there is none."""
    if result.grade is not None:
        return result.grade.value
    if result.descriptor:
        return result.descriptor
    if not result.applicable:
        return "not applicable"
    if len(result.possible) == 6:
        return missing_words(UNKNOWN if UNKNOWN in answers.questions else NOT_ASSESSED)
    return listed((grade.value for grade in result.possible), last="or")
