"""Codes of what Batson exports: vertebrae, their parts, findings, sizes, SINS, ESCC, NOMS.

Sources: DICOM PS3.16 CID 7603 (vertebrae), CID 6115 (parts); ACR/RSNA RadElement sets RDES21 (SINS)
and RDES288 (ESCC), whose value numbers are never the points or the grade. What no scheme names is
coded under the private designator 99BATSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.escc import EsccGrade
from workstation.domain.lesion import VertebraPart
from workstation.domain.noms import DECISION_WORDS, NomsDecision
from workstation.domain.sins import (
    SinsAlignment,
    SinsBoneLesion,
    SinsCategory,
    SinsCollapse,
    SinsComponent,
    SinsLocation,
    SinsOption,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.sins_texts import CATEGORY_TITLES, COMPONENT_TEXTS
from workstation.domain.spine import Region, VertebralLevel


class Scheme(StrEnum):
    """Coding schemes by their DICOM designator."""

    SCT = "SCT"
    DCM = "DCM"
    LN = "LN"
    UCUM = "UCUM"
    RADELEMENT = "RADELEMENT"
    BATSON = "99BATSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded concept: value, scheme and what it means in words."""

    value: str
    scheme: Scheme
    meaning: str


def sct(value: str, meaning: str) -> Code:
    """Return a SNOMED CT code."""
    return Code(value=value, scheme=Scheme.SCT, meaning=meaning)


def own(value: str, meaning: str) -> Code:
    """Return a code of the private scheme."""
    return Code(value=value, scheme=Scheme.BATSON, meaning=meaning)


def radelement(value: str, meaning: str) -> Code:
    """Return a code of the RadElement registry."""
    return Code(value=value, scheme=Scheme.RADELEMENT, meaning=meaning)


SPINE = sct("421060004", "Spine")
SACRUM = sct("54735007", "Sacrum")
BONY_METASTASIS = sct("94222008", "Bony metastasis")
METASTASIS = sct("128462008", "Metastasis")
LONG_AXIS = sct("103339001", "Long axis")
REPORT_TITLE = Code(value="18748-4", scheme=Scheme.LN, meaning="Diagnostic imaging study")

BODY_INVOLVED = own("BODY_INVOLVED", "Share of the vertebral body involved")
SINS_TOTAL = own("SINS_TOTAL", "SINS total, 0 to 18")
SINS_MINIMUM = own("SINS_MINIMUM", "Lowest SINS total still possible")
SINS_MAXIMUM = own("SINS_MAXIMUM", "Highest SINS total still possible")
SINS_POINTS = own("SINS_POINTS", "Points of the component")
ESCC = radelement("RDE1998", "Epidural spinal cord compression grade")
CAUDA_EQUINA = own("CAUDA_EQUINA", "Cauda equina descriptor, proposed 2025, not validated")
NOMS_DECISION = own("NOMS_DECISION", "NOMS framework, suggestion for multidisciplinary review")

_SCT_VERTEBRAE: Mapping[str, tuple[str, ...]] = {
    "C": ("14806007", "39976000", "113205007", "5329002", "36978003", "36054005", "87391001"),
    "T": (
        *("64864005", "53733008", "1626008", "73071006", "56401006", "45296009"),
        *("62487009", "11068009", "82687006", "7610001", "12989004", "23215003"),
    ),
    "L": ("66794005", "14293000", "36470004", "11994002", "49668003"),
}
_VERTEBRAE: Mapping[VertebralLevel, Code] = {
    VertebralLevel(f"{letter}{number}"): sct(value, f"{letter}{number} vertebra")
    for letter, values in _SCT_VERTEBRAE.items()
    for number, value in enumerate(values, 1)
} | {VertebralLevel.CO: sct("64688005", "Coccyx")}
_PARENTS: Mapping[Region, Code] = {
    Region.THORACIC: sct("35769007", "Thoracic vertebra"),
    Region.LUMBAR: sct("73903008", "Lumbar vertebra"),
    Region.SACRAL: SACRUM,
}


def vertebra_codes(level: VertebralLevel) -> tuple[Code, ...]:
    """Return the codes of ``level``, the one that says exactly which vertebra first.

    DICOM codes C1 to L5 exactly. T13, L6 and the sacral segments have their exact code in the
    private scheme beside that of their region, and are never renumbered; S1 to S5 could be taken
    from SNOMED CT alone, whose license a site may not have. C0 has a private code only.
    """
    if level in _VERTEBRAE:
        return (_VERTEBRAE[level],)
    exact = own(f"VERT_{level.value}", "Occiput" if level is VertebralLevel.C0 else level.value)
    parent = _PARENTS.get(level.region)
    return (exact, parent) if parent else (exact,)


_PARTS: Mapping[str, Code] = {
    "pedicle": sct("78972004", "Pedicle of vertebra"),
    "lamina": sct("89340005", "Lamina of vertebra"),
    "spinous": sct("55678000", "Spinous process of vertebra"),
    "transverse": sct("73400003", "Transverse process of vertebra"),
}


def part_codes(part: VertebraPart) -> tuple[Code, ...]:
    """Return the codes of a part of a vertebra; the first says the side as well."""
    side = {"R": ", right", "L": ", left", "": ""}[part.side]
    exact = own(f"PART_{part.value.upper()}", f"{part.structure}{side}")
    general = _PARTS.get(part.structure)
    return (exact, general) if general else (exact,)


_SINS_ELEMENTS: Mapping[SinsComponent, str] = {
    SinsComponent.LOCATION: "RDE152",
    SinsComponent.BONE_LESION: "RDE153",
    SinsComponent.ALIGNMENT: "RDE154",
    SinsComponent.COLLAPSE: "RDE155",
    SinsComponent.POSTEROLATERAL: "RDE156",
}
_SINS_VALUES: Mapping[SinsComponent, Mapping[SinsOption, int]] = {
    SinsComponent.LOCATION: {
        SinsLocation.RIGID: 0,
        SinsLocation.SEMIRIGID: 1,
        SinsLocation.MOBILE: 2,
        SinsLocation.JUNCTIONAL: 3,
    },
    SinsComponent.BONE_LESION: {
        SinsBoneLesion.BLASTIC: 0,
        SinsBoneLesion.MIXED: 1,
        SinsBoneLesion.LYTIC: 2,
    },
    SinsComponent.ALIGNMENT: {
        SinsAlignment.NORMAL: 0,
        SinsAlignment.DEFORMITY: 1,
        SinsAlignment.TRANSLATION: 2,
    },
    SinsComponent.COLLAPSE: {
        SinsCollapse.NONE: 0,
        SinsCollapse.LT50: 1,
        SinsCollapse.GT50: 2,
        SinsCollapse.INVOLVED_GT50: 3,
    },
    SinsComponent.POSTEROLATERAL: {
        SinsPosterolateral.NONE: 0,
        SinsPosterolateral.UNILATERAL: 1,
        SinsPosterolateral.BILATERAL: 2,
    },
}
"""Number of each answer in its RadElement; pain has no element."""

_PAIN = own("SINS_PAIN", "Pain")
_PAINS: Mapping[SinsOption, str] = {
    SinsPain.NONE: "SINS_PAIN_0",
    SinsPain.NONMECHANICAL: "SINS_PAIN_1",
    SinsPain.MECHANICAL: "SINS_PAIN_3",
}


def sins_element(component: SinsComponent) -> Code:
    """Return the code of a SINS component."""
    if component is SinsComponent.PAIN:
        return _PAIN
    return radelement(_SINS_ELEMENTS[component], COMPONENT_TEXTS[component].title)


def sins_value(component: SinsComponent, answer: SinsOption) -> Code:
    """Return the code of an answer to a SINS component."""
    meaning = COMPONENT_TEXTS[component].options[answer].title
    if component is SinsComponent.PAIN:
        return own(_PAINS[answer], meaning)
    number = _SINS_VALUES[component][answer]
    return radelement(f"{_SINS_ELEMENTS[component]}.{number}", meaning)


_CATEGORIES: Mapping[SinsCategory, str] = {
    SinsCategory.STABLE: "SINS_STABLE",
    SinsCategory.POTENTIALLY_UNSTABLE: "SINS_POTENTIALLY",
    SinsCategory.UNSTABLE: "SINS_UNSTABLE",
}


def sins_category(category: SinsCategory) -> Code:
    """Return the code of a SINS category."""
    return own(_CATEGORIES[category], CATEGORY_TITLES[category])


def escc_value(grade: EsccGrade) -> Code:
    """Return the code of an ESCC grade; its number is the place on the scale, not the grade."""
    return radelement(f"{ESCC.value}.{tuple(EsccGrade).index(grade)}", f"ESCC {grade.value}")


def noms_value(decision: NomsDecision) -> Code:
    """Return the code of a NOMS suggestion."""
    return own(f"NOMS_{decision.value}", DECISION_WORDS[decision])
