"""Survival scores: every row, every boundary, ranges for unknowns, contradictions."""

from __future__ import annotations

import json
from pathlib import Path

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
from workstation.domain.grade_documents import SCALES
from workstation.domain.survival import (
    COMPLETE,
    INCOMPLETE,
    NOT_DESIGNED,
    ambulation_intact,
    contradictions,
    growth_class,
    modified_bauer,
    nesms,
    tokuhashi,
    tomita,
)

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
WORST = SystemicFacts(
    kps=Kps.K10,
    primary_site=PrimarySite.LUNG,
    organs=OrganMetastases.UNREMOVABLE,
    visceral=VisceralMetastases.UNTREATABLE,
    bone=BoneMetastases.MULTIPLE,
    solitary_skeletal=YesNo.NO,
    extraspinal_bone_count=3,
    vertebral_count=3,
    albumin_g_dl=2.0,
)


def facts(base=WORST, **changes):
    values = {name: getattr(base, name) for name in SystemicFacts.__slots__}
    return SystemicFacts(**(values | changes))


@pytest.mark.parametrize("score", ["tokuhashi", "tomita", "mbauer", "nesms"])
@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda c: c["id"])
def test_worked_case(case, score):
    answer = SCALES[score.removeprefix("m")](case["systemic"])
    assert answer.document["total"] == case[score]


def test_worst_case_is_the_bottom_of_each_score():
    assert tokuhashi(WORST, FrankelGrade.A).total == 0
    assert tomita(WORST).total == 10
    assert modified_bauer(WORST).total == 0
    assert nesms(WORST, YesNo.NO).total == 0


def test_best_case_is_the_top_of_each_score():
    best = SystemicFacts(
        kps=Kps.K100,
        primary_site=PrimarySite.BREAST,
        organs=OrganMetastases.NONE,
        visceral=VisceralMetastases.NONE,
        bone=BoneMetastases.SOLITARY,
        solitary_skeletal=YesNo.YES,
        extraspinal_bone_count=0,
        vertebral_count=1,
        albumin_g_dl=4.5,
    )
    assert tokuhashi(best, FrankelGrade.E).total == 15
    assert tomita(best).total == 2
    assert modified_bauer(best).total == 4
    assert nesms(best, YesNo.YES).total == 3


@pytest.mark.parametrize(
    ("kps", "points"),
    [(10, 0), (20, 0), (30, 0), (40, 0), (50, 1), (60, 1), (70, 1), (80, 2), (90, 2), (100, 2)],
)
def test_tokuhashi_general_condition(kps, points):
    result = tokuhashi(facts(kps=Kps(kps)), FrankelGrade.A)
    assert result.items["general_condition"] == result.total == points


@pytest.mark.parametrize(("foci", "points"), [(0, 2), (1, 1), (2, 1), (3, 0), (12, 0)])
def test_tokuhashi_extraspinal_bone(foci, points):
    assert tokuhashi(facts(extraspinal_bone_count=foci), FrankelGrade.A).total == points


@pytest.mark.parametrize(("vertebrae", "points"), [(1, 2), (2, 1), (3, 0), (9, 0)])
def test_tokuhashi_vertebral_bodies(vertebrae, points):
    assert tokuhashi(facts(vertebral_count=vertebrae), FrankelGrade.A).total == points


@pytest.mark.parametrize(("organs", "points"), [("unremovable", 0), ("removable", 1), ("none", 2)])
def test_tokuhashi_organs(organs, points):
    given = facts(organs=OrganMetastases(organs), visceral=NOT_ASSESSED)
    assert tokuhashi(given, FrankelGrade.A).total == points


@pytest.mark.parametrize(
    ("primary", "points"),
    [
        ("lung", 0),
        ("osteosarcoma", 0),
        ("stomach", 0),
        ("bladder", 0),
        ("esophagus", 0),
        ("pancreas", 0),
        ("liver", 1),
        ("gallbladder", 1),
        ("unidentified", 1),
        ("other", 2),
        ("melanoma", 2),
        ("sarcoma", 2),
        ("ovary", 2),
        ("colon", 2),
        ("kidney", 3),
        ("uterus", 3),
        ("rectum", 4),
        ("thyroid", 5),
        ("breast", 5),
        ("prostate", 5),
        ("carcinoid", 5),
    ],
)
def test_tokuhashi_primary(primary, points):
    assert tokuhashi(facts(primary_site=PrimarySite(primary)), FrankelGrade.A).total == points


@pytest.mark.parametrize(("frankel", "points"), [("A", 0), ("B", 0), ("C", 1), ("D", 1), ("E", 2)])
def test_tokuhashi_palsy(frankel, points):
    assert tokuhashi(WORST, FrankelGrade(frankel)).total == points


@pytest.mark.parametrize(
    ("changes", "frankel", "total", "band"),
    [
        ({}, "A", 0, "< 6 months"),
        ({"primary_site": PrimarySite.BREAST, "kps": Kps.K80}, "C", 8, "< 6 months"),
        ({"primary_site": PrimarySite.BREAST, "kps": Kps.K80}, "E", 9, ">= 6 months"),
        (
            {
                "primary_site": PrimarySite.BREAST,
                "kps": Kps.K80,
                "extraspinal_bone_count": 0,
            },
            "E",
            11,
            ">= 6 months",
        ),
        (
            {
                "primary_site": PrimarySite.BREAST,
                "kps": Kps.K80,
                "extraspinal_bone_count": 0,
                "vertebral_count": 2,
            },
            "E",
            12,
            ">= 1 year",
        ),
    ],
)
def test_tokuhashi_bands(changes, frankel, total, band):
    result = tokuhashi(facts(**changes), FrankelGrade(frankel))
    assert result.total == total
    assert len(result.bands) == 1
    assert result.bands[0].startswith(band)


@pytest.mark.parametrize(
    ("primary", "points"),
    [
        ("breast", 1),
        ("thyroid", 1),
        ("prostate", 1),
        ("kidney", 2),
        ("uterus", 2),
        ("lung", 4),
        ("liver", 4),
        ("stomach", 4),
        ("colon", 4),
        ("unidentified", 4),
    ],
)
def test_tomita_growth_of_listed_primaries(primary, points):
    assert tomita(facts(primary_site=PrimarySite(primary))).items["growth"] == points


@pytest.mark.parametrize(
    "primary", ["melanoma", "sarcoma", "bladder", "ovary", "rectum", "carcinoid", "other"]
)
def test_tomita_growth_of_other_primaries_is_a_clinicians_choice(primary):
    unlisted = facts(primary_site=PrimarySite(primary))
    result = tomita(unlisted)
    assert result.total is None
    assert result.missing == ("growth",)
    chosen = tomita(facts(unlisted, growth=GrowthClass.RAPID))
    assert chosen.total == 10
    assert any("clinician's choice" in note for note in chosen.notes)


def test_tomita_growth_chosen_against_the_published_class_is_noted():
    result = tomita(facts(growth=GrowthClass.SLOW))
    assert result.items["growth"] == 1
    assert any("against the published class" in note for note in result.notes)
    agreed = tomita(facts(growth=GrowthClass.RAPID))
    assert not any("against" in note for note in agreed.notes)


def test_growth_class_stays_missing_in_its_kind():
    assert growth_class(SystemicFacts(growth=UNKNOWN)) is UNKNOWN
    assert growth_class(SystemicFacts()) is NOT_ASSESSED


@pytest.mark.parametrize(
    ("growth", "visceral", "bone", "total", "band"),
    [
        ("slow", "none", "solitary", 2, "about 50"),
        ("slow", "none", "multiple", 3, "about 50"),
        ("slow", "treatable", "solitary", 4, "about 23.5"),
        ("moderate", "treatable", "solitary", 5, "about 23.5"),
        ("moderate", "treatable", "multiple", 6, "about 15"),
        ("rapid", "none", "solitary", 5, "about 23.5"),
        ("rapid", "treatable", "solitary", 7, "about 15"),
        ("moderate", "untreatable", "multiple", 8, "about 6"),
        ("rapid", "untreatable", "solitary", 9, "about 6"),
        ("rapid", "untreatable", "multiple", 10, "about 6"),
    ],
)
def test_tomita_totals_and_bands(growth, visceral, bone, total, band):
    given = facts(
        growth=GrowthClass(growth),
        organs=NOT_ASSESSED,
        visceral=VisceralMetastases(visceral),
        bone=BoneMetastases(bone),
    )
    result = tomita(given)
    assert result.total == total
    assert len(result.bands) == 1
    assert result.bands[0].startswith(band)


@pytest.mark.parametrize("primary", ["myeloma", "plasmacytoma", "lymphoma"])
def test_hematologic_tumors_are_not_in_tokuhashi_and_tomita(primary):
    given = facts(primary_site=PrimarySite(primary))
    for result in (tokuhashi(given, FrankelGrade.E), tomita(given)):
        assert result.status == NOT_DESIGNED == "not designed for this histology"
        assert (result.total, result.minimum, result.maximum) == (None, None, None)
        assert result.bands == ()
        assert result.sources


@pytest.mark.parametrize(
    ("primary", "points"),
    [
        ("lung", 0),
        ("breast", 2),
        ("kidney", 2),
        ("lymphoma", 2),
        ("myeloma", 2),
        ("prostate", 1),
        ("melanoma", 1),
        ("plasmacytoma", 1),
    ],
)
def test_bauer_primary(primary, points):
    assert modified_bauer(facts(primary_site=PrimarySite(primary))).total == points


def test_bauer_counts_freedom_from_visceral_metastases_and_a_solitary_one():
    free = facts(organs=OrganMetastases.NONE, visceral=VisceralMetastases.NONE)
    assert modified_bauer(free).total == 1
    alone = facts(free, bone=BoneMetastases.SOLITARY, solitary_skeletal=YesNo.YES)
    assert modified_bauer(alone).total == 2


def test_bauer_of_an_unidentified_primary_stays_open():
    result = modified_bauer(facts(primary_site=PrimarySite.UNIDENTIFIED))
    assert result.total is None
    assert result.missing == ("not_lung", "favorable_primary")
    assert (result.minimum, result.maximum) == (0, 2)
    assert any("Unidentified primary" in note for note in result.notes)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "supportive care"),
        (1, "supportive care"),
        (2, "short-term palliation"),
        (3, "middle-term control"),
        (4, "middle-term control"),
    ],
)
def test_bauer_bands(total, band):
    free = VisceralMetastases.NONE if total > 1 else VisceralMetastases.UNTREATABLE
    given = SystemicFacts(
        visceral=free,
        primary_site=[
            PrimarySite.LUNG,
            PrimarySite.PROSTATE,
            PrimarySite.PROSTATE,
            PrimarySite.BREAST,
            PrimarySite.BREAST,
        ][total],
        solitary_skeletal=YesNo.YES if total == 4 else YesNo.NO,
    )
    result = modified_bauer(given)
    assert result.total == total
    assert result.bands[0].startswith(band)


@pytest.mark.parametrize(("albumin", "points"), [(2.0, 0), (3.4, 0), (3.49, 0), (3.5, 1), (4.2, 1)])
def test_nesms_albumin(albumin, points):
    assert nesms(facts(albumin_g_dl=albumin), YesNo.NO).total == points


@pytest.mark.parametrize(("walks", "points"), [(YesNo.YES, 1), (YesNo.NO, 0)])
def test_nesms_ambulation(walks, points):
    assert nesms(WORST, walks).total == points


def test_nesms_counts_two_for_a_good_bauer_and_stops_at_three():
    good = facts(
        primary_site=PrimarySite.BREAST,
        organs=OrganMetastases.NONE,
        visceral=VisceralMetastases.NONE,
    )
    assert modified_bauer(good).total == 3
    assert nesms(good, YesNo.NO).total == 2
    assert nesms(good, YesNo.YES).total == 3
    assert nesms(facts(good, albumin_g_dl=4.0), YesNo.YES).total == 3
    fair = facts(good, primary_site=PrimarySite.PROSTATE)
    assert modified_bauer(fair).total == 2
    assert nesms(fair, YesNo.NO).total == 0


@pytest.mark.parametrize(
    ("total", "words"), [(0, "higher still"), (1, "31.30"), (2, "7.04"), (3, "reference")]
)
def test_nesms_bands(total, words):
    good = facts(primary_site=PrimarySite.BREAST, organs=OrganMetastases.NONE, visceral=UNKNOWN)
    given = facts(good if total > 1 else WORST, albumin_g_dl=3.5 if total in (1, 3) else 3.0)
    result = nesms(given, YesNo.NO)
    assert result.total == total
    assert words in result.bands[0]


@pytest.mark.parametrize(
    ("field", "item", "low", "high"),
    [
        ("kps", "general_condition", 0, 2),
        ("extraspinal_bone_count", "extraspinal_bone", 0, 2),
        ("vertebral_count", "vertebral_mets", 0, 2),
        ("organs", "organs", 0, 2),
        ("primary_site", "primary", 0, 5),
    ],
)
@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
def test_tokuhashi_with_a_missing_item_is_a_range(field, item, low, high, missing):
    result = tokuhashi(facts(**{field: missing}), FrankelGrade.A)
    assert result.status == INCOMPLETE == "incomplete"
    assert result.total is None
    assert (result.minimum, result.maximum) == (low, high)
    assert result.missing == (item,)
    assert result.items[item] is None


def test_missing_palsy_is_a_range():
    result = tokuhashi(WORST)
    assert (result.minimum, result.maximum, result.missing) == (0, 2, ("palsy",))


def test_nothing_known_reaches_over_the_whole_score():
    nothing = SystemicFacts()
    ranges = [
        (result.minimum, result.maximum)
        for result in (tokuhashi(nothing), tomita(nothing), modified_bauer(nothing), nesms(nothing))
    ]
    assert ranges == [(0, 15), (2, 10), (0, 4), (0, 3)]
    assert len(tokuhashi(nothing).bands) == 3
    assert len(tomita(nothing).bands) == 4


def test_nesms_with_an_unknown_item_prints_no_number_even_at_the_ceiling():
    good = facts(
        primary_site=PrimarySite.BREAST,
        organs=OrganMetastases.NONE,
        visceral=VisceralMetastases.NONE,
        albumin_g_dl=UNKNOWN,
    )
    result = nesms(good, YesNo.YES)
    assert (result.minimum, result.maximum) == (3, 3)
    assert result.total is None
    assert result.status == INCOMPLETE


def test_organs_and_visceral_answer_for_each_other_only_when_free():
    free_organs = facts(organs=OrganMetastases.NONE, visceral=NOT_ASSESSED)
    assert tomita(free_organs).items["visceral"] == 0
    free_visceral = facts(organs=NOT_ASSESSED, visceral=VisceralMetastases.NONE)
    assert tokuhashi(free_visceral, FrankelGrade.A).items["organs"] == 2
    removable = facts(organs=OrganMetastases.REMOVABLE, visceral=NOT_ASSESSED)
    assert tomita(removable).missing == ("visceral",)
    treatable = facts(organs=NOT_ASSESSED, visceral=VisceralMetastases.TREATABLE)
    assert tokuhashi(treatable, FrankelGrade.A).missing == ("organs",)


@pytest.mark.parametrize(("alone", "points"), [(YesNo.YES, 1), (YesNo.NO, 2), (NOT_ASSESSED, None)])
def test_solitary_metastasis_answers_for_the_bone_item(alone, points):
    given = facts(bone=NOT_ASSESSED, solitary_skeletal=alone)
    assert tomita(given).items["bone"] == points


@pytest.mark.parametrize(("bone", "points"), [("solitary", 1), ("multiple", 0)])
def test_bone_item_answers_for_the_solitary_metastasis(bone, points):
    given = facts(bone=BoneMetastases(bone), solitary_skeletal=NOT_ASSESSED)
    assert modified_bauer(given).items["solitary_skeletal"] == points


def test_contradicting_answers_are_named_and_score_nothing():
    given = facts(organs=OrganMetastases.NONE, solitary_skeletal=YesNo.YES)
    assert list(contradictions(given)) == ["visceral", "solitary_skeletal"]
    result = modified_bauer(given)
    assert result.missing == ("no_visceral", "solitary_skeletal")
    assert "Organ and visceral metastases contradict each other." in result.notes
    assert contradictions(WORST) == {}
    assert contradictions(SystemicFacts()) == {}


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
def test_intact_ambulation_is_walking_independently(ambulation, intact):
    assert ambulation_intact(ambulation) is intact


def test_results_carry_rule_set_sources_and_standing_notes():
    results = [
        tokuhashi(WORST, FrankelGrade.A),
        tomita(WORST),
        modified_bauer(WORST),
        nesms(WORST, YesNo.NO),
    ]
    assert [result.rule_set for result in results] == [
        "TOKUHASHI-2005",
        "TOMITA-2001",
        "BAUER-MODIFIED-2008",
        "NESMS-2015",
    ]
    assert all(result.sources and result.notes for result in results)
    assert all(result.status == COMPLETE for result in results)
    assert any("reversed" in note for note in results[0].notes)
    assert any("Lower is better" in note for note in results[1].notes)
