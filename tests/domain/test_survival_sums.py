"""Survival scores added up by plain arithmetic over their whole tables.

Points and bands are written out here a second time from the clinical reference, 6.2 to 6.5.
"""

from __future__ import annotations

import itertools

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
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
from workstation.domain.survival import ambulation_intact, modified_bauer, nesms, tokuhashi, tomita

HEMATOLOGIC = ("myeloma", "plasmacytoma", "lymphoma")
TOKUHASHI_PRIMARY = {
    0: ("lung", "osteosarcoma", "stomach", "bladder", "esophagus", "pancreas"),
    1: ("liver", "gallbladder", "unidentified"),
    3: ("kidney", "uterus"),
    4: ("rectum",),
    5: ("thyroid", "breast", "prostate", "carcinoid"),
}
TOMITA_PRIMARY = {
    1: ("breast", "thyroid", "prostate"),
    2: ("kidney", "uterus"),
    4: ("lung", "liver", "stomach", "colon", "unidentified"),
}


def points_of(table: dict[int, tuple[str, ...]], site: str, default: int | None) -> int | None:
    return next((points for points, sites in table.items() if site in sites), default)


def tokuhashi_band(total: int) -> str:
    return "< 6 months" if total <= 8 else ">= 6 months" if total <= 11 else ">= 1 year"


@pytest.mark.parametrize("site", [site.value for site in PrimarySite])
def test_tokuhashi_over_its_whole_table(site: str) -> None:
    primary = points_of(TOKUHASHI_PRIMARY, site, 2)
    rows = itertools.product(
        ((Kps.K40, 0), (Kps.K50, 1), (Kps.K70, 1), (Kps.K80, 2)),
        ((3, 0), (2, 1), (1, 1), (0, 2)),
        ((3, 0), (2, 1), (1, 2)),
        (("unremovable", 0), ("removable", 1), ("none", 2)),
        (("A", 0), ("B", 0), ("C", 1), ("D", 1), ("E", 2)),
    )
    for kps, foci, bodies, organs, palsy in rows:
        facts = SystemicFacts(
            kps=kps[0],
            extraspinal_bone_count=foci[0],
            vertebral_count=bodies[0],
            organs=OrganMetastases(organs[0]),
            primary_site=PrimarySite(site),
        )
        result = tokuhashi(facts, FrankelGrade(palsy[0]))
        if site in HEMATOLOGIC:
            assert result.total is None
            assert result.status == "not designed for this histology"
            continue
        total = primary + kps[1] + foci[1] + bodies[1] + organs[1] + palsy[1]
        assert result.total == total
        assert sum(result.items.values()) == total
        assert len(result.bands) == 1
        assert result.bands[0].startswith(tokuhashi_band(total))


@pytest.mark.parametrize("site", [site.value for site in PrimarySite])
@pytest.mark.parametrize("growth", ["slow", "moderate", "rapid", None])
def test_tomita_over_its_whole_table(site: str, growth: str | None) -> None:
    chosen = {"slow": 1, "moderate": 2, "rapid": 4}.get(growth)
    points = chosen or points_of(TOMITA_PRIMARY, site, None)
    rows = itertools.product(
        (("none", 0), ("treatable", 2), ("untreatable", 4)), (("solitary", 1), ("multiple", 2))
    )
    for visceral, bone in rows:
        facts = SystemicFacts(
            primary_site=PrimarySite(site),
            growth=GrowthClass(growth) if growth else NOT_ASSESSED,
            visceral=VisceralMetastases(visceral[0]),
            bone=BoneMetastases(bone[0]),
        )
        result = tomita(facts)
        if site in HEMATOLOGIC:
            assert (result.total, result.minimum) == (None, None)
        elif points is None:
            assert result.missing == ("growth",)
            rest = visceral[1] + bone[1]
            assert (result.minimum, result.maximum) == (1 + rest, 4 + rest)
        else:
            assert result.total == points + visceral[1] + bone[1]


FAVORABLE = ("breast", "kidney", "lymphoma", "myeloma")


@pytest.mark.parametrize("site", [site.value for site in PrimarySite])
@pytest.mark.parametrize("visceral", ["none", "treatable", "untreatable"])
@pytest.mark.parametrize("alone", [YesNo.YES, YesNo.NO])
def test_modified_bauer_over_its_whole_table(site: str, visceral: str, alone: YesNo) -> None:
    facts = SystemicFacts(
        primary_site=PrimarySite(site),
        visceral=VisceralMetastases(visceral),
        solitary_skeletal=alone,
    )
    known = int(visceral == "none") + int(alone is YesNo.YES)
    result = modified_bauer(facts)
    if site == "unidentified":
        assert (result.minimum, result.maximum, result.total) == (known, known + 2, None)
    else:
        assert result.total == known + int(site != "lung") + int(site in FAVORABLE)


@pytest.mark.parametrize("site", ["lung", "prostate", "breast"])
@pytest.mark.parametrize("visceral", ["none", "treatable"])
@pytest.mark.parametrize("alone", [YesNo.YES, YesNo.NO])
@pytest.mark.parametrize("albumin", [0.0, 3.4999, 3.5, 5.2])
@pytest.mark.parametrize("walks", [YesNo.YES, YesNo.NO])
def test_nesms_over_its_whole_table(site, visceral, alone, albumin, walks) -> None:
    facts = SystemicFacts(
        primary_site=PrimarySite(site),
        visceral=VisceralMetastases(visceral),
        solitary_skeletal=alone,
        albumin_g_dl=albumin,
    )
    bauer = (
        int(visceral == "none")
        + int(alone is YesNo.YES)
        + int(site != "lung")
        + int(site == "breast")
    )
    points = (2 if bauer >= 3 else 0) + int(walks is YesNo.YES) + int(albumin >= 3.5)
    result = nesms(facts, walks)
    assert result.total == min(points, 3)
    assert len(result.bands) == 1


FULL = SystemicFacts(
    kps=Kps.K80,
    primary_site=PrimarySite.PROSTATE,
    organs=OrganMetastases.REMOVABLE,
    visceral=VisceralMetastases.TREATABLE,
    bone=BoneMetastases.MULTIPLE,
    solitary_skeletal=YesNo.NO,
    extraspinal_bone_count=1,
    vertebral_count=2,
    albumin_g_dl=3.6,
)
ANSWERS = {
    "kps": [Kps.K10, Kps.K50, Kps.K80],
    "primary_site": [PrimarySite(site) for sites in TOKUHASHI_PRIMARY.values() for site in sites]
    + [PrimarySite.COLON],
    "organs": list(OrganMetastases),
    "extraspinal_bone_count": [0, 1, 3],
    "vertebral_count": [1, 2, 3],
}


def with_fields(**changes: object) -> SystemicFacts:
    values = {name: getattr(FULL, name) for name in SystemicFacts.__slots__}
    return SystemicFacts(**(values | changes))


PAIRS = [pair for n in (1, 2, 3) for pair in itertools.combinations(ANSWERS, n)]


@pytest.mark.parametrize("gaps", PAIRS, ids="+".join)
@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
def test_the_range_of_tokuhashi_is_what_answering_the_gaps_can_give(gaps, missing) -> None:
    # The visceral item answers for the organs only when it says none; here it does not.
    totals = [
        tokuhashi(with_fields(**dict(zip(gaps, picked, strict=True))), FrankelGrade.C).total
        for picked in itertools.product(*(ANSWERS[name] for name in gaps))
    ]
    result = tokuhashi(with_fields(**dict.fromkeys(gaps, missing)), FrankelGrade.C)
    assert (result.minimum, result.maximum) == (min(totals), max(totals))
    assert result.total is None
    assert len(result.missing) == len(gaps)
    assert result.status == "incomplete"


@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize("field", ["visceral", "bone"])
def test_the_range_of_tomita_is_what_answering_the_gap_can_give(field, missing) -> None:
    options = {"visceral": list(VisceralMetastases), "bone": list(BoneMetastases)}[field]
    base = {"organs": NOT_ASSESSED, "solitary_skeletal": NOT_ASSESSED}
    totals = [tomita(with_fields(**base, **{field: option})).total for option in options]
    result = tomita(with_fields(**base, **{field: missing}))
    assert (result.minimum, result.maximum) == (min(totals), max(totals))
    assert result.missing == (field,)
    assert set(result.bands) == {
        band for option in options for band in tomita(with_fields(**base, **{field: option})).bands
    }


@pytest.mark.parametrize("field", ["visceral", "solitary_skeletal", "primary_site"])
def test_the_range_of_bauer_is_what_answering_the_gap_can_give(field: str) -> None:
    options = {
        "visceral": list(VisceralMetastases),
        "solitary_skeletal": [YesNo.YES, YesNo.NO],
        "primary_site": [PrimarySite.LUNG, PrimarySite.PROSTATE, PrimarySite.BREAST],
    }[field]
    base = {"organs": NOT_ASSESSED, "bone": NOT_ASSESSED}
    totals = [modified_bauer(with_fields(**base, **{field: option})).total for option in options]
    result = modified_bauer(with_fields(**base, **{field: UNKNOWN}))
    assert (result.minimum, result.maximum) == (min(totals), max(totals))
    assert result.total is None


@pytest.mark.parametrize(
    ("ambulation", "intact"),
    [
        (Ambulation.INDEPENDENT, YesNo.YES),
        (Ambulation.WITH_AID, YesNo.NO),
        (Ambulation.NOT_AMBULATORY, YesNo.NO),
        (UNKNOWN, UNKNOWN),
        (NOT_ASSESSED, NOT_ASSESSED),
    ],
)
def test_only_walking_alone_is_intact(ambulation, intact) -> None:
    assert ambulation_intact(ambulation) is intact


@pytest.mark.parametrize("frankel", list(FrankelGrade))
def test_every_score_names_itself_and_its_source(frankel) -> None:
    results = [tokuhashi(FULL, frankel), tomita(FULL), modified_bauer(FULL), nesms(FULL)]
    assert [result.name for result in results] == [
        "Revised Tokuhashi",
        "Tomita",
        "Modified Bauer",
        "NESMS",
    ]
    assert [result.rule_set for result in results] == [
        "TOKUHASHI-2005",
        "TOMITA-2001",
        "BAUER-MODIFIED-2008",
        "NESMS-2015",
    ]
    for result, author in zip(results, ("Tokuhashi", "Tomita", "Leithner", "Ghori"), strict=True):
        assert result.sources[0].startswith(author)
