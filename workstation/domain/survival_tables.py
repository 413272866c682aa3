"""Published points and bands of the survival scores (clinical reference 6.2 to 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.clinical import (
    BoneMetastases,
    FrankelGrade,
    GrowthClass,
    OrganMetastases,
    PrimarySite,
    VisceralMetastases,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range of totals and what the paper says of it."""

    low: int
    high: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """What is printed with a score: name, rule set, sources, bands, standing notes."""

    name: str
    rule_set: str
    sources: tuple[str, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...]


_AGE_NOTE = "This score predates targeted therapy."

TOKUHASHI = ScoreTable(
    name="Revised Tokuhashi",
    rule_set="TOKUHASHI-2005",
    sources=("Tokuhashi Y et al. Spine 2005;30:2186-2191", "NICE CG75, appendix 3 (table)"),
    bands=(
        Band(low=0, high=8, text="< 6 months; conservative or palliative surgery"),
        Band(
            low=9,
            high=11,
            text=">= 6 months; palliative surgery, excision if single lesion and no organ "
            "metastases",
        ),
        Band(low=12, high=15, text=">= 1 year; excisional surgery"),
    ),
    notes=(
        "One teaching page prints the three prognosis signs reversed; the guideline appendix is "
        "used.",
        _AGE_NOTE,
    ),
)

TOMITA = ScoreTable(
    name="Tomita",
    rule_set="TOMITA-2001",
    sources=("Tomita K et al. Spine 2001;26:298-306",),
    bands=(
        Band(
            low=2,
            high=3,
            text="about 50 months; long-term local control, wide or marginal excision",
        ),
        Band(
            low=4,
            high=5,
            text="about 23.5 months; mid-term control, marginal or intralesional excision",
        ),
        Band(low=6, high=7, text="about 15 months; short-term, palliative surgery"),
        Band(low=8, high=10, text="about 6 months; terminal care, no surgery"),
    ),
    notes=(
        "Lower is better. Rapid growth counts 4; a reproduction that prints 3 could not reach the "
        "published 10.",
        _AGE_NOTE,
    ),
)

BAUER = ScoreTable(
    name="Modified Bauer",
    rule_set="BAUER-MODIFIED-2008",
    sources=("Leithner A et al. Eur Spine J 2008;17:1488-1495",),
    bands=(
        Band(low=0, high=1, text="supportive care, no surgery"),
        Band(low=2, high=2, text="short-term palliation, dorsal surgery"),
        Band(low=3, high=4, text="middle-term control, ventral + dorsal surgery"),
    ),
    notes=(_AGE_NOTE,),
)

NESMS = ScoreTable(
    name="NESMS",
    rule_set="NESMS-2015",
    sources=(
        "Ghori AK et al. Spine J 2015 (score, as summarized)",
        "Schoenfeld AJ et al. prospective validation (odds of death within 1 year)",
    ),
    bands=(
        Band(low=0, high=0, text="odds of death within 1 year higher still than for score 1"),
        Band(low=1, high=1, text="odds of death within 1 year 31.30 against score 3"),
        Band(low=2, high=2, text="odds of death within 1 year 7.04 against score 3"),
        Band(low=3, high=3, text="reference for the odds of death within 1 year"),
    ),
    notes=("Higher is better. Intact ambulation means walking independently.",),
)

TOKUHASHI_ORGANS: Mapping[OrganMetastases, int] = {
    OrganMetastases.UNREMOVABLE: 0,
    OrganMetastases.REMOVABLE: 1,
    OrganMetastases.NONE: 2,
}
TOKUHASHI_PRIMARY: Mapping[PrimarySite, int] = {
    PrimarySite.LUNG: 0,
    PrimarySite.OSTEOSARCOMA: 0,
    PrimarySite.STOMACH: 0,
    PrimarySite.BLADDER: 0,
    PrimarySite.ESOPHAGUS: 0,
    PrimarySite.PANCREAS: 0,
    PrimarySite.LIVER: 1,
    PrimarySite.GALLBLADDER: 1,
    PrimarySite.UNIDENTIFIED: 1,
    PrimarySite.KIDNEY: 3,
    PrimarySite.UTERUS: 3,
    PrimarySite.RECTUM: 4,
    PrimarySite.THYROID: 5,
    PrimarySite.BREAST: 5,
    PrimarySite.PROSTATE: 5,
    PrimarySite.CARCINOID: 5,
}
TOKUHASHI_OTHER_PRIMARY = 2
TOKUHASHI_PALSY: Mapping[FrankelGrade, int] = {
    FrankelGrade.A: 0,
    FrankelGrade.B: 0,
    FrankelGrade.C: 1,
    FrankelGrade.D: 1,
    FrankelGrade.E: 2,
}

TOMITA_GROWTH: Mapping[GrowthClass, int] = {
    GrowthClass.SLOW: 1,
    GrowthClass.MODERATE: 2,
    GrowthClass.RAPID: 4,
}
TOMITA_PRIMARY: Mapping[PrimarySite, GrowthClass] = {
    PrimarySite.BREAST: GrowthClass.SLOW,
    PrimarySite.THYROID: GrowthClass.SLOW,
    PrimarySite.PROSTATE: GrowthClass.SLOW,
    PrimarySite.KIDNEY: GrowthClass.MODERATE,
    PrimarySite.UTERUS: GrowthClass.MODERATE,
    PrimarySite.LUNG: GrowthClass.RAPID,
    PrimarySite.LIVER: GrowthClass.RAPID,
    PrimarySite.STOMACH: GrowthClass.RAPID,
    PrimarySite.COLON: GrowthClass.RAPID,
    PrimarySite.UNIDENTIFIED: GrowthClass.RAPID,
}
"""Published growth classes; every other primary needs a clinician's choice."""
TOMITA_VISCERAL: Mapping[VisceralMetastases, int] = {
    VisceralMetastases.NONE: 0,
    VisceralMetastases.TREATABLE: 2,
    VisceralMetastases.UNTREATABLE: 4,
}
TOMITA_BONE: Mapping[BoneMetastases, int] = {
    BoneMetastases.SOLITARY: 1,
    BoneMetastases.MULTIPLE: 2,
}

BAUER_FAVORABLE = frozenset(
    {PrimarySite.BREAST, PrimarySite.KIDNEY, PrimarySite.LYMPHOMA, PrimarySite.MYELOMA}
)

NOT_LISTED = frozenset({PrimarySite.MYELOMA, PrimarySite.PLASMACYTOMA, PrimarySite.LYMPHOMA})
"""Hematologic tumors: Tokuhashi and Tomita are not designed for them."""
