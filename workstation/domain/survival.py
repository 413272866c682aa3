"""Survival scores: Tokuhashi 2005, Tomita 2001, modified Bauer 2008, NESMS 2015.

Source: clinical reference, sections 6.2 to 6.8. No score ever feeds the systemic axis of NOMS. A
score with a missing item is incomplete and shows its range, never a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.clinical import (
    Ambulation,
    BoneMetastases,
    FrankelGrade,
    GrowthClass,
    Kps,
    OrganMetastases,
    PrimarySite,
    SystemicFacts,
    VisceralMetastases,
)
from workstation.domain.survival_tables import (
    BAUER,
    BAUER_FAVORABLE,
    NESMS,
    NOT_LISTED,
    TOKUHASHI,
    TOKUHASHI_ORGANS,
    TOKUHASHI_OTHER_PRIMARY,
    TOKUHASHI_PALSY,
    TOKUHASHI_PRIMARY,
    TOMITA,
    TOMITA_BONE,
    TOMITA_GROWTH,
    TOMITA_PRIMARY,
    TOMITA_VISCERAL,
    Band,
    ScoreTable,
)

COMPLETE = "complete"
INCOMPLETE = "incomplete"
NOT_DESIGNED = "not designed for this histology"

ALBUMIN_FROM_G_DL = 3.5
NESMS_CEILING = 3
BAUER_GOOD_FROM = 3

NOTE_GROWTH_DIFFERS = "Growth class chosen against the published class of this primary."
NOTE_GROWTH_CHOSEN = "Growth class is the clinician's choice; this primary is not in the table."
NOTE_VISCERAL_CONTRADICTION = "Organ and visceral metastases contradict each other."
NOTE_SOLITARY_CONTRADICTION = "Bone metastases and the solitary skeletal metastasis contradict."
NOTE_UNIDENTIFIED = "Unidentified primary: the items on the primary stay open."


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalResult:
    """One score; ``total`` is None while an item is missing or the score is not designed for it.

    ``status`` is "complete", "incomplete" or "not designed for this histology"; ``bands`` is what
    the total means, several where the range reaches several.
    """

    name: str
    total: int | None
    minimum: int | None
    maximum: int | None
    status: str
    items: Mapping[str, int | None]
    bands: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    rule_set: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """Points of one item, or the range they may still take."""

    low: int
    high: int
    missing: bool = False


T = TypeVar("T")


def _lookup(answer: T | Missing, table: Mapping[T, int]) -> _Item:
    if isinstance(answer, Missing):
        return _Item(min(table.values()), max(table.values()), missing=True)
    return _Item(table[answer], table[answer])


def _flag(holds: bool | None) -> _Item:
    return _Item(0, 1, missing=True) if holds is None else _Item(int(holds), int(holds))


def _result(
    table: ScoreTable,
    items: Mapping[str, _Item],
    *,
    notes: Iterable[str] = (),
    ceiling: int | None = None,
) -> SurvivalResult:
    low, high = sum(i.low for i in items.values()), sum(i.high for i in items.values())
    if ceiling is not None:
        low, high = min(low, ceiling), min(high, ceiling)
    missing = tuple(name for name, item in items.items() if item.missing)
    return SurvivalResult(
        name=table.name,
        total=None if missing else low,
        minimum=low,
        maximum=high,
        status=INCOMPLETE if missing else COMPLETE,
        items={name: None if item.missing else item.low for name, item in items.items()},
        bands=_bands(table.bands, low, high),
        missing=missing,
        notes=(*notes, *table.notes),
        rule_set=table.rule_set,
        sources=table.sources,
    )


def _bands(bands: tuple[Band, ...], low: int, high: int) -> tuple[str, ...]:
    return tuple(band.text for band in bands if band.high >= low and band.low <= high)


def _not_designed(table: ScoreTable) -> SurvivalResult:
    return SurvivalResult(
        name=table.name,
        total=None,
        minimum=None,
        maximum=None,
        status=NOT_DESIGNED,
        items={},
        bands=(),
        missing=(),
        notes=table.notes,
        rule_set=table.rule_set,
        sources=table.sources,
    )


def tokuhashi(
    systemic: SystemicFacts, frankel: FrankelGrade | Missing = NOT_ASSESSED
) -> SurvivalResult:
    """Return the revised Tokuhashi score, 0 to 15 (Tokuhashi 2005).

    Palsy is read from Frankel alone; an AIS grade is never converted.
    """
    if systemic.primary_site in NOT_LISTED:
        return _not_designed(TOKUHASHI)
    items = {
        "general_condition": _general_condition(systemic.kps),
        "extraspinal_bone": _count(systemic.extraspinal_bone_count, (0, 2)),
        "vertebral_mets": _count(systemic.vertebral_count, (1, 2)),
        "organs": _lookup(_organs(systemic), TOKUHASHI_ORGANS),
        "primary": _tokuhashi_primary(systemic.primary_site),
        "palsy": _lookup(frankel, TOKUHASHI_PALSY),
    }
    return _result(TOKUHASHI, items, notes=_contradiction_notes(systemic))


def _general_condition(kps: Kps | Missing) -> _Item:
    if isinstance(kps, Missing):
        return _Item(0, 2, missing=True)
    points = int(kps >= Kps.K50) + int(kps >= Kps.K80)
    return _Item(points, points)


def _count(number: int | Missing, most: tuple[int, int]) -> _Item:
    """Return 2 points up to the first limit, 1 up to the second, else 0."""
    if isinstance(number, Missing):
        return _Item(0, 2, missing=True)
    points = sum(number <= limit for limit in most)
    return _Item(points, points)


def _tokuhashi_primary(primary: PrimarySite | Missing) -> _Item:
    if isinstance(primary, Missing):
        return _lookup(primary, TOKUHASHI_PRIMARY)
    points = TOKUHASHI_PRIMARY.get(primary, TOKUHASHI_OTHER_PRIMARY)
    return _Item(points, points)


def _organs(systemic: SystemicFacts) -> OrganMetastases | Missing:
    """Return organ metastases; stated freedom from visceral metastases answers for them."""
    if isinstance(systemic.organs, Missing) and systemic.visceral is VisceralMetastases.NONE:
        return OrganMetastases.NONE
    return systemic.organs


def _visceral(systemic: SystemicFacts) -> VisceralMetastases | Missing:
    if isinstance(systemic.visceral, Missing) and systemic.organs is OrganMetastases.NONE:
        return VisceralMetastases.NONE
    return systemic.visceral


def tomita(systemic: SystemicFacts) -> SurvivalResult:
    """Return the Tomita score, 2 to 10; lower is better (Tomita 2001).

    The growth class is the clinician's when stated, else the published class of the primary.
    """
    if systemic.primary_site in NOT_LISTED:
        return _not_designed(TOMITA)
    items = {
        "growth": _lookup(growth_class(systemic), TOMITA_GROWTH),
        "visceral": _lookup(_visceral(systemic), TOMITA_VISCERAL),
        "bone": _lookup(_bone(systemic), TOMITA_BONE),
    }
    notes = (*_growth_notes(systemic), *_contradiction_notes(systemic))
    return _result(TOMITA, items, notes=notes)


def growth_class(systemic: SystemicFacts) -> GrowthClass | Missing:
    """Return the growth class that Tomita uses, missing where a clinician must choose."""
    if isinstance(systemic.growth, GrowthClass):
        return systemic.growth
    return _published_class(systemic) or systemic.growth


def _published_class(systemic: SystemicFacts) -> GrowthClass | None:
    primary = systemic.primary_site
    return None if isinstance(primary, Missing) else TOMITA_PRIMARY.get(primary)


def _growth_notes(systemic: SystemicFacts) -> tuple[str, ...]:
    if isinstance(systemic.growth, Missing):
        return ()
    published = _published_class(systemic)
    if published is None:
        return (NOTE_GROWTH_CHOSEN,)
    return () if published is systemic.growth else (NOTE_GROWTH_DIFFERS,)


def _bone(systemic: SystemicFacts) -> BoneMetastases | Missing:
    if isinstance(systemic.bone, BoneMetastases) or isinstance(systemic.solitary_skeletal, Missing):
        return systemic.bone
    alone = systemic.solitary_skeletal is YesNo.YES
    return BoneMetastases.SOLITARY if alone else BoneMetastases.MULTIPLE


def modified_bauer(systemic: SystemicFacts) -> SurvivalResult:
    """Return the modified Bauer score, 0 to 4 (Leithner 2008)."""
    return _result(BAUER, _bauer_items(systemic), notes=_bauer_notes(systemic))


def _bauer_items(systemic: SystemicFacts) -> dict[str, _Item]:
    primary = systemic.primary_site
    stated = not isinstance(primary, Missing) and primary is not PrimarySite.UNIDENTIFIED
    return {
        "no_visceral": _flag(_free_of_visceral(systemic)),
        "not_lung": _flag(primary is not PrimarySite.LUNG if stated else None),
        "favorable_primary": _flag(primary in BAUER_FAVORABLE if stated else None),
        "solitary_skeletal": _flag(_solitary(systemic)),
    }


def _bauer_notes(systemic: SystemicFacts) -> tuple[str, ...]:
    unidentified = systemic.primary_site is PrimarySite.UNIDENTIFIED
    own = (NOTE_UNIDENTIFIED,) if unidentified else ()
    return (*own, *_contradiction_notes(systemic))


def _free_of_visceral(systemic: SystemicFacts) -> bool | None:
    present = {
        answer.value != "none"
        for answer in (systemic.organs, systemic.visceral)
        if not isinstance(answer, Missing)
    }
    return None if len(present) != 1 else not present.pop()


def _solitary(systemic: SystemicFacts) -> bool | None:
    alone = set()
    if not isinstance(systemic.solitary_skeletal, Missing):
        alone.add(systemic.solitary_skeletal is YesNo.YES)
    if not isinstance(systemic.bone, Missing):
        alone.add(systemic.bone is BoneMetastases.SOLITARY)
    return None if len(alone) != 1 else alone.pop()


def contradictions(systemic: SystemicFacts) -> dict[str, str]:
    """Return which fields contradict another one, with the sentence."""
    found = {}
    visceral = (systemic.organs, systemic.visceral)
    if not any(isinstance(v, Missing) for v in visceral) and _free_of_visceral(systemic) is None:
        found["visceral"] = NOTE_VISCERAL_CONTRADICTION
    bone = (systemic.bone, systemic.solitary_skeletal)
    if not any(isinstance(b, Missing) for b in bone) and _solitary(systemic) is None:
        found["solitary_skeletal"] = NOTE_SOLITARY_CONTRADICTION
    return found


def _contradiction_notes(systemic: SystemicFacts) -> tuple[str, ...]:
    return tuple(contradictions(systemic).values())


def ambulation_intact(ambulation: Ambulation | Missing) -> YesNo | Missing:
    """Return whether the patient walks independently, as NESMS asks."""
    if isinstance(ambulation, Missing):
        return ambulation
    return YesNo.YES if ambulation is Ambulation.INDEPENDENT else YesNo.NO


def nesms(systemic: SystemicFacts, walks_intact: YesNo | Missing = NOT_ASSESSED) -> SurvivalResult:
    """Return the New England Spinal Metastasis Score, 0 to 3; higher is better (Ghori 2015)."""
    bauer = modified_bauer(systemic)
    low, high = _bauer_points(bauer.minimum or 0), _bauer_points(bauer.maximum or 0)
    albumin = systemic.albumin_g_dl
    items = {
        "modified_bauer": _Item(low, high, missing=bauer.total is None),
        "ambulation": _flag(None if isinstance(walks_intact, Missing) else walks_intact == "yes"),
        "albumin": _flag(None if isinstance(albumin, Missing) else albumin >= ALBUMIN_FROM_G_DL),
    }
    return _result(NESMS, items, notes=_bauer_notes(systemic), ceiling=NESMS_CEILING)


def _bauer_points(total: int) -> int:
    return 2 if total >= BAUER_GOOD_FROM else 0
