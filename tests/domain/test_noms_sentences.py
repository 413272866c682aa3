"""NOMS in words: what is said for each row when one letter, or several, are still open.

The ways are written out here a second time, row by row, from the clinical reference (3.2, 3.3).
"""

from __future__ import annotations

import itertools

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import CompressionCause, EsccGrade
from workstation.domain.noms import NomsInput, NomsResult, assess_noms, condition_words
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import HEMATOLOGIC, Histology

LOW, HIGH = NeurologicAxis.LOW, NeurologicAxis.HIGH
SENSITIVE, RESISTANT = OncologicAxis.SENSITIVE, OncologicAxis.RESISTANT
STABLE, UNSTABLE = MechanicalAxis.STABLE, MechanicalAxis.UNSTABLE
ABLE, UNABLE = SystemicAxis.ABLE, SystemicAxis.UNABLE

CEBRT = "conventional external-beam radiation (cEBRT)"
SRS = "stereotactic radiosurgery (SRS)"
STAB_CEBRT = "stabilization, then cEBRT"
STAB_SRS = "stabilization, then SRS"
DECOMP = "decompression + stabilization, then SRS"
REVIEW = "; multidisciplinary review required."


def told(n: object, o: object, m: object, s: object, **facts: object) -> NomsResult:
    known = {"prior_radiation": YesNo.NO} | facts
    return assess_noms(NomsInput(neurologic=n, oncologic=o, mechanical=m, systemic=s, **known))


def way(n: object, o: object, m: object, s: object) -> str:
    """The table as prose has it, decided without the table of the program."""
    if n is LOW or o is SENSITIVE:
        radiation = "CEBRT" if o is SENSITIVE else "SRS"
        return radiation if m is STABLE else f"STAB_{radiation}"
    if s is ABLE:
        return "DECOMP_STAB_SRS"
    return "CEBRT" if m is STABLE else "STAB_CEBRT"


NEUROLOGIC_OPEN = [
    (SENSITIVE, STABLE, ABLE, CEBRT, CEBRT),
    (SENSITIVE, STABLE, UNABLE, CEBRT, CEBRT),
    (SENSITIVE, UNSTABLE, ABLE, STAB_CEBRT, STAB_CEBRT),
    (SENSITIVE, UNSTABLE, UNABLE, STAB_CEBRT, STAB_CEBRT),
    (RESISTANT, STABLE, ABLE, SRS, DECOMP),
    (RESISTANT, STABLE, UNABLE, SRS, CEBRT),
    (RESISTANT, UNSTABLE, ABLE, STAB_SRS, DECOMP),
    (RESISTANT, UNSTABLE, UNABLE, STAB_SRS, STAB_CEBRT),
]


@pytest.mark.parametrize("open_n", [NOT_ASSESSED, UNKNOWN, NeurologicAxis.NOT_APPLICABLE])
@pytest.mark.parametrize(("o", "m", "s", "low", "high"), NEUROLOGIC_OPEN)
def test_an_open_neurologic_letter_names_both_grades(open_n, o, m, s, low, high) -> None:
    result = told(open_n, o, m, s)
    assert result.sentence == (
        f"NOMS framework suggests {low} if low-grade or {high} if high-grade{REVIEW}"
    )
    assert list(result.branches) == ["N=LOW", "N=HIGH"]
    assert result.missing == ("N",)


ONCOLOGIC_OPEN = [
    (LOW, STABLE, ABLE, CEBRT, SRS),
    (LOW, STABLE, UNABLE, CEBRT, SRS),
    (LOW, UNSTABLE, ABLE, STAB_CEBRT, STAB_SRS),
    (LOW, UNSTABLE, UNABLE, STAB_CEBRT, STAB_SRS),
    (HIGH, STABLE, ABLE, CEBRT, DECOMP),
    (HIGH, STABLE, UNABLE, CEBRT, CEBRT),
    (HIGH, UNSTABLE, ABLE, STAB_CEBRT, DECOMP),
    (HIGH, UNSTABLE, UNABLE, STAB_CEBRT, STAB_CEBRT),
]


@pytest.mark.parametrize("open_o", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(("n", "m", "s", "sensitive", "resistant"), ONCOLOGIC_OPEN)
def test_an_open_oncologic_letter_names_both_tumors(open_o, n, m, s, sensitive, resistant) -> None:
    result = told(n, open_o, m, s)
    assert result.sentence == (
        f"NOMS framework suggests {sensitive} if radiosensitive or {resistant} if "
        f"radioresistant{REVIEW}"
    )
    assert list(result.branches) == ["O=SENSITIVE", "O=RESISTANT"]
    assert result.missing == ("O",)


MECHANICAL_OPEN = [
    (LOW, SENSITIVE, ABLE, CEBRT, STAB_CEBRT),
    (LOW, SENSITIVE, UNABLE, CEBRT, STAB_CEBRT),
    (LOW, RESISTANT, ABLE, SRS, STAB_SRS),
    (LOW, RESISTANT, UNABLE, SRS, STAB_SRS),
    (HIGH, SENSITIVE, ABLE, CEBRT, STAB_CEBRT),
    (HIGH, SENSITIVE, UNABLE, CEBRT, STAB_CEBRT),
    (HIGH, RESISTANT, ABLE, DECOMP, DECOMP),
    (HIGH, RESISTANT, UNABLE, CEBRT, STAB_CEBRT),
]


@pytest.mark.parametrize("open_m", [NOT_ASSESSED, UNKNOWN, MechanicalAxis.INDETERMINATE])
@pytest.mark.parametrize(("n", "o", "s", "stable", "unstable"), MECHANICAL_OPEN)
def test_an_open_mechanical_letter_names_both_stabilities(open_m, n, o, s, stable, unstable):
    result = told(n, o, open_m, s)
    assert result.sentence == (
        f"NOMS framework suggests {stable} if stable or {unstable} if unstable{REVIEW}"
    )
    assert list(result.branches) == ["M=STABLE", "M=UNSTABLE"]
    assert result.missing == ("M",)


SYSTEMIC_DECIDES = [(STABLE, DECOMP, CEBRT), (UNSTABLE, DECOMP, STAB_CEBRT)]


@pytest.mark.parametrize("open_s", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(("m", "able", "unable"), SYSTEMIC_DECIDES)
def test_tolerance_decides_only_for_a_resistant_high_grade_tumor(open_s, m, able, unable) -> None:
    result = told(HIGH, RESISTANT, m, open_s)
    assert result.sentence == (
        f"NOMS framework suggests {able} if able to tolerate surgery or {unable} if unable to "
        f"tolerate surgery{REVIEW}"
    )
    assert result.decision is None
    assert result.missing == ("S",)


SYSTEMIC_IDLE = [
    (LOW, SENSITIVE, STABLE, CEBRT),
    (LOW, SENSITIVE, UNSTABLE, STAB_CEBRT),
    (LOW, RESISTANT, STABLE, SRS),
    (LOW, RESISTANT, UNSTABLE, STAB_SRS),
    (HIGH, SENSITIVE, STABLE, CEBRT),
    (HIGH, SENSITIVE, UNSTABLE, STAB_CEBRT),
]


@pytest.mark.parametrize("open_s", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(("n", "o", "m", "words"), SYSTEMIC_IDLE)
def test_elsewhere_open_tolerance_leaves_one_suggestion(open_s, n, o, m, words) -> None:
    result = told(n, o, m, open_s)
    assert result.sentence == f"NOMS framework suggests {words}{REVIEW}"
    assert result.branches == {}
    assert result.row is None
    assert result.missing == ("S",)


CHOICES = ((LOW, HIGH), (SENSITIVE, RESISTANT), (STABLE, UNSTABLE), (ABLE, UNABLE))
STATES = list(itertools.product(*((*pair, NOT_ASSESSED) for pair in CHOICES)))


@pytest.mark.parametrize("given", STATES, ids=lambda g: "-".join(str(v) for v in g))
def test_every_way_a_reading_may_still_go_is_offered_and_no_other(given) -> None:
    """All 81 states of four letters, each known or open."""
    choices = [
        pair if letter is NOT_ASSESSED else (letter,)
        for pair, letter in zip(CHOICES, given, strict=True)
    ]
    ways = {way(*full) for full in itertools.product(*choices)}
    result = told(*given)
    offered = set(result.branches.values()) if result.branches else {result.decision}
    assert {item.value for item in offered} == ways
    named = {name for name, letter in zip("NOMS", given, strict=True) if letter is NOT_ASSESSED}
    assert set(result.missing) == named


@pytest.mark.parametrize("given", STATES, ids=lambda g: "-".join(str(v) for v in g))
def test_a_branch_holds_exactly_the_rows_of_its_key(given) -> None:
    result = told(*given)
    for key, rows in result.branch_rows.items():
        wanted = dict(part.split("=") for part in key.split(","))
        for row in rows:
            letters = dict(
                zip(
                    "NOMS",
                    (row.neurologic, row.oncologic, row.mechanical, row.systemic),
                    strict=True,
                )
            )
            assert {name: letters[name].value for name in wanted} == wanted
            assert way(*letters.values()) == result.branches[key].value
    numbers = [row.row for rows in result.branch_rows.values() for row in rows]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("given", "letters"),
    [
        ((NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED), "N, O, M, S"),
        ((NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED, ABLE), "N, O, M"),
        ((NOT_ASSESSED, NOT_ASSESSED, STABLE, NOT_ASSESSED), "N, O, S"),
        ((NOT_ASSESSED, RESISTANT, NOT_ASSESSED, NOT_ASSESSED), "N, M, S"),
        ((HIGH, NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED), "O, M, S"),
    ],
)
def test_with_more_than_four_ways_the_letters_are_named(given, letters) -> None:
    result = told(*given)
    assert (len(result.branches) > 4) is (letters in result.sentence)
    if len(result.branches) > 4:
        assert result.sentence == (
            f"NOMS framework suggests nothing yet: {letters} undecided{REVIEW}"
        )


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("N=LOW", "low-grade"),
        ("N=HIGH", "high-grade"),
        ("O=SENSITIVE", "radiosensitive"),
        ("O=RESISTANT", "radioresistant"),
        ("M=STABLE", "stable"),
        ("M=UNSTABLE", "unstable"),
        ("S=ABLE", "able to tolerate surgery"),
        ("S=UNABLE", "unable to tolerate surgery"),
        ("N=HIGH,S=ABLE", "high-grade and able to tolerate surgery"),
        (
            "N=LOW,O=RESISTANT,M=UNSTABLE",
            "low-grade and radioresistant and unstable",
        ),
    ],
)
def test_every_part_of_a_key_has_its_words(key, words) -> None:
    assert condition_words(key) == words


@pytest.mark.parametrize("o", [SENSITIVE, RESISTANT, NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize("m", [STABLE, UNSTABLE, MechanicalAxis.INDETERMINATE, NOT_ASSESSED])
@pytest.mark.parametrize("s", [ABLE, UNABLE, UNKNOWN])
def test_a_discordant_deficit_stops_every_suggestion(o, m, s) -> None:
    result = told(NeurologicAxis.DISCORDANT, o, m, s)
    assert result.sentence == (
        "NOMS gives no suggestion: the deficit is not explained at this level; "
        "multidisciplinary review required."
    )
    assert (result.decision, result.row, result.published) == (None, None, None)
    assert result.branches == {}
    assert result.flags[0].code == "DISCORDANT"
    assert "N" not in result.missing


SURGICAL = "Framework says cEBRT; surgical opinion still required"


@pytest.mark.parametrize("histology", list(Histology))
@pytest.mark.parametrize("rapid", [YesNo.YES, YesNo.NO, UNKNOWN, NOT_ASSESSED])
def test_high_grade_compression_by_a_sensitive_tumor_asks_a_surgeon(histology, rapid) -> None:
    result = told(HIGH, SENSITIVE, STABLE, ABLE, histology=histology, rapid_deficit=rapid)
    asked = any(note.startswith(SURGICAL) for note in result.notes)
    assert asked is (rapid is YesNo.YES or histology not in HEMATOLOGIC)


@pytest.mark.parametrize(("n", "o"), [(LOW, SENSITIVE), (LOW, RESISTANT), (HIGH, RESISTANT)])
def test_no_surgeon_is_asked_where_the_row_is_another(n, o) -> None:
    result = told(n, o, STABLE, ABLE, histology=Histology.BREAST, rapid_deficit=YesNo.YES)
    assert not any(note.startswith(SURGICAL) for note in result.notes)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (CompressionCause.TUMOR, False),
        (CompressionCause.BONE, True),
        (CompressionCause.DISC, False),
        (CompressionCause.HEMATOMA, False),
        (CompressionCause.MIXED, True),
        (UNKNOWN, False),
        (NOT_ASSESSED, False),
    ],
)
@pytest.mark.parametrize(("n", "o"), [(LOW, SENSITIVE), (HIGH, RESISTANT)])
def test_bone_in_the_canal_is_not_relieved_by_radiation(cause, expected, n, o) -> None:
    notes = told(n, o, STABLE, ABLE, cause=cause).notes
    sentence = "Radiation will not relieve bony compression - surgical opinion."
    assert (sentence in notes) is expected


@pytest.mark.parametrize("grade", list(EsccGrade))
@pytest.mark.parametrize("o", [SENSITIVE, RESISTANT, NOT_ASSESSED])
def test_1c_and_a_resistant_tumor_speak_of_the_cord_dose(grade, o) -> None:
    notes = told(LOW, o, STABLE, ABLE, escc=grade).notes
    spoken = any(note.startswith("1c: SRS feasibility") for note in notes)
    assert spoken is (grade is EsccGrade.G1C and o is not SENSITIVE)


@pytest.mark.parametrize("n", [LOW, HIGH])
@pytest.mark.parametrize("m", [STABLE, UNSTABLE])
@pytest.mark.parametrize("quiet", [YesNo.YES, YesNo.NO, UNKNOWN, NOT_ASSESSED])
def test_a_quiet_lesion_may_be_left_alone(n, m, quiet) -> None:
    notes = told(n, SENSITIVE, m, ABLE, asymptomatic=quiet).notes
    said = any("if local treatment is indicated" in note for note in notes)
    assert said is (n is LOW and m is STABLE and quiet is not YesNo.NO)


@pytest.mark.parametrize("given", list(itertools.product(*CHOICES)))
@pytest.mark.parametrize("prior", [YesNo.YES, YesNo.NO, UNKNOWN, NOT_ASSESSED])
def test_prior_radiation_is_flagged_where_it_changes_something(given, prior) -> None:
    n, o, m, s = given
    result = told(n, o, m, s, prior_radiation=prior)
    used = RESISTANT if prior is YesNo.YES else o
    decision = way(n, used, m, s)
    assert result.decision.value == decision
    assert result.axes.oncologic is used
    codes = [flag.code for flag in result.flags]
    assert ("PRIOR_RT" in codes) is (prior is YesNo.YES)
    unknown = prior in (UNKNOWN, NOT_ASSESSED)
    assert ("PRIOR_RT_UNKNOWN" in codes) is (unknown and decision in ("CEBRT", "STAB_CEBRT"))
    warned = any(note.startswith("Previous radiation at this level") for note in result.notes)
    assert warned is (prior is YesNo.YES and decision in ("CEBRT", "STAB_CEBRT"))
    assert ("prior_rt" in result.missing) is unknown


@pytest.mark.parametrize("given", STATES, ids=lambda g: "-".join(str(v) for v in g))
def test_limited_stabilization_is_flagged_only_for_who_may_not_tolerate_surgery(given) -> None:
    n, o, m, s = given
    codes = [flag.code for flag in told(n, o, m, s).flags]
    may_stabilize = m is not STABLE
    assert ("LIMITED_STAB" in codes) is (s is UNABLE and may_stabilize)
    assert ("LIMITED_STAB_IF_UNABLE" in codes) is (s is NOT_ASSESSED and may_stabilize)
