"""NOMS: the 16 rows, every branch, flags, side notes, the sentence."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.escc import CompressionCause, EsccGrade
from workstation.domain.noms import (
    DECISION_WORDS,
    NOMS_ROWS,
    SIGN_OFF,
    MechanicalAxis,
    NeurologicAxis,
    NomsDecision,
    NomsInput,
    OncologicAxis,
    SystemicAxis,
    assess_noms,
    condition_words,
)
from workstation.domain.radiosensitivity import Histology

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
WORKED = {case["id"]: case for case in VECTORS["cases"]}

N = NeurologicAxis
Onc = OncologicAxis
M = MechanicalAxis
S = SystemicAxis

ROWS = [
    (1, "LOW", "SENSITIVE", "STABLE", "ABLE", "CEBRT", "P1", False),
    (2, "LOW", "SENSITIVE", "STABLE", "UNABLE", "CEBRT", "P1", False),
    (3, "LOW", "SENSITIVE", "UNSTABLE", "ABLE", "STAB_CEBRT", "P2", False),
    (4, "LOW", "SENSITIVE", "UNSTABLE", "UNABLE", "STAB_CEBRT", "P2", True),
    (5, "LOW", "RESISTANT", "STABLE", "ABLE", "SRS", "P3", False),
    (6, "LOW", "RESISTANT", "STABLE", "UNABLE", "SRS", "P3", False),
    (7, "LOW", "RESISTANT", "UNSTABLE", "ABLE", "STAB_SRS", "P4", False),
    (8, "LOW", "RESISTANT", "UNSTABLE", "UNABLE", "STAB_SRS", "P4", True),
    (9, "HIGH", "SENSITIVE", "STABLE", "ABLE", "CEBRT", "P5", False),
    (10, "HIGH", "SENSITIVE", "STABLE", "UNABLE", "CEBRT", "P5", False),
    (11, "HIGH", "SENSITIVE", "UNSTABLE", "ABLE", "STAB_CEBRT", "P6", False),
    (12, "HIGH", "SENSITIVE", "UNSTABLE", "UNABLE", "STAB_CEBRT", "P6", True),
    (13, "HIGH", "RESISTANT", "STABLE", "ABLE", "DECOMP_STAB_SRS", "P7", False),
    (14, "HIGH", "RESISTANT", "STABLE", "UNABLE", "CEBRT", "P8", False),
    (15, "HIGH", "RESISTANT", "UNSTABLE", "ABLE", "DECOMP_STAB_SRS", "P9", False),
    (16, "HIGH", "RESISTANT", "UNSTABLE", "UNABLE", "STAB_CEBRT", "P10", True),
]


def letters(n=N.LOW, o=Onc.RESISTANT, m=M.STABLE, s=S.ABLE, **facts):
    facts = {"prior_radiation": YesNo.NO} | facts
    return NomsInput(neurologic=n, oncologic=o, mechanical=m, systemic=s, **facts)


def codes(result):
    return [flag.code for flag in result.flags]


@pytest.mark.parametrize(("row", "n", "o", "m", "s", "decision", "published", "limited"), ROWS)
def test_row(row, n, o, m, s, decision, published, limited):
    result = assess_noms(letters(N(n), Onc(o), M(m), S(s)))
    assert result.decision == decision
    assert result.row == row
    assert result.published == published
    assert codes(result) == (["LIMITED_STAB"] if limited else [])
    assert result.branches == {}
    assert result.missing == ()
    assert result.sentence == (
        f"NOMS framework suggests {DECISION_WORDS[NomsDecision(decision)]}; "
        "multidisciplinary review required."
    )


def test_table_holds_each_combination_once():
    combinations = {(r.neurologic, r.oncologic, r.mechanical, r.systemic) for r in NOMS_ROWS}
    expected = itertools.product((N.LOW, N.HIGH), Onc, (M.STABLE, M.UNSTABLE), S)
    assert combinations == set(expected)
    assert [row.row for row in NOMS_ROWS] == list(range(1, 17))


@pytest.mark.parametrize("name", ["A", "B", "C", "E"])
def test_worked_case(name):
    case = WORKED[name]
    given = case["noms_in"]
    result = assess_noms(
        letters(
            N(given["N"]),
            Onc(given["O"]),
            M(given["M"]),
            S(given["S"]),
            prior_radiation=YesNo.YES if case.get("prior_rt") else YesNo.NO,
        )
    )
    assert result.decision == case["noms"]
    assert codes(result) == case.get("noms_flags", [])


def test_worked_case_d_shows_both_branches():
    result = assess_noms(letters(N.HIGH, Onc.SENSITIVE, M.INDETERMINATE, S.ABLE))
    assert result.decision is None
    assert result.row is None
    assert {
        key.removeprefix("M="): decision.value for key, decision in result.branches.items()
    } == WORKED["D"]["noms"]
    assert [row.row for rows in result.branch_rows.values() for row in rows] == [9, 11]
    assert "SINS 7-12: both branches are shown until a surgeon says stable or unstable." in (
        result.notes
    )


def test_worked_case_e_warns_of_irradiating_again():
    given = letters(N.HIGH, Onc.RESISTANT, M.UNSTABLE, S.UNABLE, prior_radiation=YesNo.YES)
    result = assess_noms(given)
    assert result.row == 16
    assert result.notes[0].startswith("Previous radiation at this level: further cEBRT may exceed")


def test_worked_case_b_says_only_if_local_treatment_is_indicated():
    result = assess_noms(letters(N.LOW, Onc.SENSITIVE, asymptomatic=YesNo.YES))
    assert result.row == 1
    assert any("if local treatment is indicated" in note for note in result.notes)


@pytest.mark.parametrize(
    ("given", "branches"),
    [
        (letters(m=M.INDETERMINATE), {"M=STABLE": "SRS", "M=UNSTABLE": "STAB_SRS"}),
        (letters(m=NOT_ASSESSED), {"M=STABLE": "SRS", "M=UNSTABLE": "STAB_SRS"}),
        (
            letters(N.HIGH, m=M.INDETERMINATE),
            {"M=STABLE": "DECOMP_STAB_SRS", "M=UNSTABLE": "DECOMP_STAB_SRS"},
        ),
        (
            letters(N.HIGH, m=M.INDETERMINATE, s=UNKNOWN),
            {
                "M=STABLE,S=ABLE": "DECOMP_STAB_SRS",
                "M=STABLE,S=UNABLE": "CEBRT",
                "M=UNSTABLE,S=ABLE": "DECOMP_STAB_SRS",
                "M=UNSTABLE,S=UNABLE": "STAB_CEBRT",
            },
        ),
        (
            letters(N.HIGH, Onc.SENSITIVE, M.INDETERMINATE, UNKNOWN),
            {"M=STABLE": "CEBRT", "M=UNSTABLE": "STAB_CEBRT"},
        ),
        (
            letters(N.HIGH, s=NOT_ASSESSED),
            {"S=ABLE": "DECOMP_STAB_SRS", "S=UNABLE": "CEBRT"},
        ),
        (
            letters(N.HIGH, m=M.UNSTABLE, s=NOT_ASSESSED),
            {"S=ABLE": "DECOMP_STAB_SRS", "S=UNABLE": "STAB_CEBRT"},
        ),
        (letters(o=UNKNOWN), {"O=SENSITIVE": "CEBRT", "O=RESISTANT": "SRS"}),
        (
            letters(N.HIGH, UNKNOWN, s=UNKNOWN),
            {
                "O=SENSITIVE": "CEBRT",
                "O=RESISTANT,S=ABLE": "DECOMP_STAB_SRS",
                "O=RESISTANT,S=UNABLE": "CEBRT",
            },
        ),
        (letters(NOT_ASSESSED), {"N=LOW": "SRS", "N=HIGH": "DECOMP_STAB_SRS"}),
        (letters(N.NOT_APPLICABLE), {"N=LOW": "SRS", "N=HIGH": "DECOMP_STAB_SRS"}),
        (
            letters(NOT_ASSESSED, s=UNKNOWN),
            {"N=LOW": "SRS", "N=HIGH,S=ABLE": "DECOMP_STAB_SRS", "N=HIGH,S=UNABLE": "CEBRT"},
        ),
    ],
)
def test_undecided_axes_branch(given, branches):
    result = assess_noms(given)
    assert {key: decision.value for key, decision in result.branches.items()} == branches
    assert list(result.branch_rows) == list(branches)
    assert result.decision is None
    assert result.published is None


@pytest.mark.parametrize(
    ("given", "decision", "published"),
    [
        (letters(N.LOW, Onc.SENSITIVE, M.STABLE, NOT_ASSESSED), "CEBRT", "P1"),
        (letters(N.LOW, Onc.SENSITIVE, M.UNSTABLE, NOT_ASSESSED), "STAB_CEBRT", "P2"),
        (letters(N.LOW, Onc.RESISTANT, M.STABLE, UNKNOWN), "SRS", "P3"),
        (letters(N.LOW, Onc.RESISTANT, M.UNSTABLE, UNKNOWN), "STAB_SRS", "P4"),
        (letters(N.HIGH, Onc.SENSITIVE, M.STABLE, NOT_ASSESSED), "CEBRT", "P5"),
        (letters(N.HIGH, Onc.SENSITIVE, M.UNSTABLE, NOT_ASSESSED), "STAB_CEBRT", "P6"),
    ],
)
def test_unneeded_systemic_axis_makes_no_branch(given, decision, published):
    result = assess_noms(given)
    assert result.decision == decision
    assert result.published == published
    assert result.row is None
    assert result.branches == {}
    assert result.missing == ("S",)


def test_stabilization_while_tolerance_is_open_is_flagged_as_conditional():
    result = assess_noms(letters(N.LOW, Onc.SENSITIVE, M.UNSTABLE, UNKNOWN))
    assert codes(result) == ["LIMITED_STAB_IF_UNABLE"]


def test_every_input_is_consistent_with_the_rows_it_leaves_open():
    """Whatever is missing, the decisions offered are those of the rows that still match."""
    axes = itertools.product((*N, NOT_ASSESSED), (*Onc, UNKNOWN), (*M, NOT_ASSESSED), (*S, UNKNOWN))
    for n, o, m, s in axes:
        result = assess_noms(letters(n, o, m, s))
        offered = {result.decision} if result.decision else set(result.branches.values())
        wanted = {
            NomsDecision(row[5])
            for row in ROWS
            if (n not in (N.LOW, N.HIGH) or row[1] == n)
            and (o is UNKNOWN or row[2] == o)
            and (m not in (M.STABLE, M.UNSTABLE) or row[3] == m)
            and (s is UNKNOWN or row[4] == s)
        }
        assert offered == (set() if n is N.DISCORDANT else wanted)
        assert result.sentence.endswith("multidisciplinary review required.")


def test_discordant_gives_no_decision():
    result = assess_noms(letters(N.DISCORDANT))
    assert result.decision is None
    assert result.branches == {}
    assert result.row is None
    assert codes(result) == ["DISCORDANT"]
    assert result.notes[0].startswith("Look for another level, cord signal change")
    assert result.missing == ()
    assert result.sentence.startswith("NOMS gives no suggestion")


def test_below_the_conus_the_clinician_is_asked():
    result = assess_noms(letters(N.NOT_APPLICABLE))
    assert result.missing == ("N",)
    assert result.notes == ("Below the conus: clinician chooses low or high.",)


def test_prior_radiation_makes_the_tumor_resistant():
    result = assess_noms(letters(N.LOW, Onc.SENSITIVE, prior_radiation=YesNo.YES))
    assert result.decision is NomsDecision.SRS
    assert result.axes.oncologic is Onc.RESISTANT
    assert codes(result) == ["PRIOR_RT"]


def test_prior_radiation_settles_an_unknown_histology():
    result = assess_noms(letters(N.LOW, UNKNOWN, prior_radiation=YesNo.YES))
    assert result.decision is NomsDecision.SRS
    assert result.missing == ()


@pytest.mark.parametrize("missing", [NOT_ASSESSED, UNKNOWN])
@pytest.mark.parametrize(
    ("n", "o", "m", "s", "flagged"),
    [
        (N.LOW, Onc.SENSITIVE, M.STABLE, S.ABLE, True),
        (N.LOW, Onc.SENSITIVE, M.UNSTABLE, S.ABLE, True),
        (N.LOW, Onc.RESISTANT, M.STABLE, S.ABLE, False),
        (N.LOW, Onc.RESISTANT, M.UNSTABLE, S.ABLE, False),
        (N.HIGH, Onc.RESISTANT, M.STABLE, S.UNABLE, True),
        (N.HIGH, Onc.RESISTANT, M.STABLE, S.ABLE, False),
        (N.HIGH, Onc.RESISTANT, M.STABLE, UNKNOWN, True),
    ],
)
def test_unknown_prior_radiation_is_missing_and_flags_cebrt(n, o, m, s, flagged, missing):
    result = assess_noms(letters(n, o, m, s, prior_radiation=missing))
    assert "prior_rt" in result.missing
    assert ("PRIOR_RT_UNKNOWN" in codes(result)) is flagged
    assert result.axes.oncologic is o


def test_functional_radiculopathy_is_recorded_and_changes_nothing():
    plain = assess_noms(letters())
    with_root = assess_noms(letters(functional_radiculopathy=YesNo.YES))
    assert with_root.decision is plain.decision
    assert codes(with_root) == ["FUNCTIONAL_RADICULOPATHY"]


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (letters(N.HIGH, s=S.UNABLE, prior_radiation=YesNo.YES), True),
        (letters(N.LOW, prior_radiation=YesNo.YES), False),
        (letters(N.HIGH, s=S.UNABLE), False),
    ],
)
def test_note_on_previous_radiation(given, printed):
    note = (
        "Previous radiation at this level: further cEBRT may exceed cord tolerance. Enter prior "
        "dose, fractions, date; radiation oncology must decide."
    )
    assert (note in assess_noms(given).notes) is printed


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (letters(escc=EsccGrade.G1C), True),
        (letters(o=UNKNOWN, escc=EsccGrade.G1C), True),
        (letters(o=Onc.SENSITIVE, escc=EsccGrade.G1C), False),
        (letters(escc=EsccGrade.G1B), False),
        (letters(), False),
    ],
)
def test_note_on_1c(given, printed):
    note = "1c: SRS feasibility depends on cord dose; some centers operate first."
    assert (note in assess_noms(given).notes) is printed


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (letters(N.HIGH, Onc.SENSITIVE, histology=Histology.BREAST), True),
        (letters(N.HIGH, Onc.SENSITIVE, histology=Histology.SEMINOMA), True),
        (letters(N.HIGH, Onc.SENSITIVE), True),
        (letters(N.HIGH, Onc.SENSITIVE, histology=Histology.LYMPHOMA), False),
        (letters(N.HIGH, Onc.SENSITIVE, histology=Histology.MULTIPLE_MYELOMA), False),
        (
            letters(
                N.HIGH,
                Onc.SENSITIVE,
                histology=Histology.MULTIPLE_MYELOMA,
                rapid_deficit=YesNo.YES,
            ),
            True,
        ),
        (letters(N.HIGH, UNKNOWN), True),
        (letters(N.LOW, Onc.SENSITIVE, histology=Histology.BREAST), False),
        (letters(N.HIGH, Onc.RESISTANT, histology=Histology.BREAST), False),
    ],
)
def test_note_on_surgical_opinion(given, printed):
    notes = assess_noms(given).notes
    assert any("surgical opinion still required" in note for note in notes) is printed


@pytest.mark.parametrize(
    ("cause", "printed"),
    [
        (CompressionCause.BONE, True),
        (CompressionCause.MIXED, True),
        (CompressionCause.TUMOR, False),
        (CompressionCause.DISC, False),
        (CompressionCause.HEMATOMA, False),
        (NOT_ASSESSED, False),
    ],
)
def test_note_on_bony_compression(cause, printed):
    note = "Radiation will not relieve bony compression - surgical opinion."
    assert (note in assess_noms(letters(cause=cause)).notes) is printed


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (letters(asymptomatic=YesNo.YES), True),
        (letters(asymptomatic=NOT_ASSESSED), True),
        (letters(asymptomatic=YesNo.NO), False),
        (letters(o=Onc.SENSITIVE, asymptomatic=YesNo.YES), True),
        (letters(N.HIGH, Onc.SENSITIVE, asymptomatic=YesNo.YES), False),
        (letters(m=M.UNSTABLE, asymptomatic=YesNo.YES), False),
    ],
)
def test_note_on_treatment_only_if_indicated(given, printed):
    note = (
        "NOMS selects the local treatment if local treatment is indicated; systemic therapy or "
        "observation is legitimate."
    )
    assert (note in assess_noms(given).notes) is printed


@pytest.mark.parametrize("answer", [YesNo.YES, YesNo.NO, NOT_ASSESSED])
def test_note_on_targeted_therapy(answer):
    notes = assess_noms(letters(targeted_option=answer)).notes
    assert ("Ask medical oncology before final choice." in notes) is (answer is YesNo.YES)


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (letters(N.HIGH, s=UNKNOWN), True),
        (letters(N.LOW, s=UNKNOWN), False),
        (letters(N.HIGH, m=M.INDETERMINATE, s=UNKNOWN), True),
    ],
)
def test_note_on_tolerance_where_it_decides(given, printed):
    note = "Tolerance of surgery unknown: both branches are shown."
    assert (note in assess_noms(given).notes) is printed


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (NomsInput(), ("N", "O", "M", "S", "prior_rt")),
        (letters(m=M.INDETERMINATE), ("M",)),
        (letters(o=UNKNOWN, s=NOT_ASSESSED), ("O", "S")),
        (letters(prior_radiation=UNKNOWN), ("prior_rt",)),
        (letters(), ()),
    ],
)
def test_missing_list(given, missing):
    assert assess_noms(given).missing == missing


def test_sentence_names_each_way():
    result = assess_noms(letters(m=M.INDETERMINATE))
    assert result.sentence == (
        "NOMS framework suggests stereotactic radiosurgery (SRS) if stable or stabilization, then "
        "SRS if unstable; multidisciplinary review required."
    )


def test_sentence_lists_the_letters_when_too_much_is_open():
    result = assess_noms(NomsInput())
    assert result.sentence == (
        "NOMS framework suggests nothing yet: N, O, M, S undecided; "
        "multidisciplinary review required."
    )


def test_branch_key_in_words():
    assert condition_words("M=STABLE,S=ABLE") == "stable and able to tolerate surgery"
    assert condition_words("N=HIGH,O=RESISTANT") == "high-grade and radioresistant"


def test_result_carries_rule_set_sources_and_sign_off():
    result = assess_noms(letters())
    assert result.rule_set == "NOMS-2013"
    assert any("Laufer" in source for source in result.sources)
    assert "awaiting clinical sign-off" in SIGN_OFF


def test_no_decision_is_worded_as_an_order():
    for words in DECISION_WORDS.values():
        assert "must" not in words
    assert list(DECISION_WORDS) == list(NomsDecision)
