"""Commands on priors, decisions, explanations and stale sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.readings import T12, UNSTABLE, case_a, empty_case, mark, numbered_case, run
from tests.domain.test_follow_up import PATIENT, before, prior, study
from tests.support.priors import full_prior
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.case import Case, Explanation, Patient, ReportText, Sentence
from workstation.domain.changes_review import LONGEST_EXPLANATION
from workstation.domain.commands import (
    Command,
    DecideChange,
    Explain,
    KeepSentence,
    RemovePrior,
    ReportSection,
    SetPrior,
    SetSins,
    SetText,
    UpdateSentence,
)
from workstation.domain.prior import ChangeVerdict
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.domain.sentences import GONE
from workstation.domain.sins_options import SinsCollapse
from workstation.domain.stale import is_stale, stale_sentences

FROM_CASE = prior(source="case old version 1")
LESS = replace(UNSTABLE, collapse=SinsCollapse.NONE)


def refused(case: Case, command: Command) -> CommandRefusedError:
    with pytest.raises(CommandRefusedError) as caught:
        run(case, command)
    return caught.value


def test_a_prior_of_the_same_person_is_taken_and_replaced_by_its_id():
    case = run(empty_case(), study("2026-03-14"), SetPrior(prior=FROM_CASE, patient=PATIENT))
    assert case.priors == (FROM_CASE,)
    assert case.prior("p") is case.priors[0]
    assert case.prior("q") is None
    newer = replace(FROM_CASE, description="again")
    assert run(case, SetPrior(prior=newer, patient=PATIENT)).priors == (newer,)


@pytest.mark.parametrize(
    "patient",
    [None, Patient(), replace(PATIENT, id="8"), replace(PATIENT, birth_date="1961-01-01")],
)
def test_a_prior_of_somebody_else_is_refused(patient):
    case = run(empty_case(), study("2026-03-14"))
    assert refused(case, SetPrior(prior=FROM_CASE, patient=patient)).code == "two-patients"


def test_a_typed_prior_needs_no_patient_but_must_not_name_another():
    case = run(empty_case(), study("2026-03-14"))
    assert run(case, SetPrior(prior=prior())).priors == (prior(),)
    other = replace(PATIENT, id="8")
    assert refused(case, SetPrior(prior=prior(), patient=other)).code == "two-patients"


def test_a_prior_is_older_and_another_study():
    case = run(empty_case(), study("2026-03-14T09:00"))
    assert "newer" in refused(case, SetPrior(prior=prior(date="2026-03-15"))).message
    assert run(case, SetPrior(prior=prior(date="2026-03-14"))).priors
    own = prior(study_uid="1.2.1")
    assert "in the case itself" in refused(case, SetPrior(prior=own)).message
    assert run(empty_case(), SetPrior(prior=prior(date="2030-01-01"))).priors


def test_a_prior_with_wrong_values_is_refused():
    assert "date" in refused(empty_case(), SetPrior(prior=prior(date="soon"))).message


def test_a_prior_is_removed_with_its_decisions():
    case = run(empty_case(), SetPrior(prior=prior(id="a")), SetPrior(prior=prior(id="b")))
    assert [item.id for item in run(case, RemovePrior(id="a")).priors] == ["b"]
    assert refused(case, RemovePrior(id="c")).code == "no-prior"


def test_a_decision_is_made_changed_and_taken_back():
    case = run(numbered_case(), mark(T12), SetPrior(prior=prior(lesions=(before(),))))
    worse = DecideChange(prior_id="p", lesion_id="lesion-1", verdict=ChangeVerdict.WORSE)
    gone = DecideChange(prior_id="p", lesion_id="b", verdict=ChangeVerdict.BETTER)
    case = run(case, worse, gone)
    assert case.priors[0].verdict("lesion-1") is ChangeVerdict.WORSE
    assert case.priors[0].verdict("b") is ChangeVerdict.BETTER
    case = run(case, replace(worse, verdict=ChangeVerdict.SAME))
    assert case.priors[0].verdict("lesion-1") is ChangeVerdict.SAME
    assert len(case.priors[0].decisions) == 2
    case = run(case, replace(worse, verdict=NOT_ASSESSED))
    assert case.priors[0].verdict("lesion-1") is NOT_ASSESSED
    assert len(case.priors[0].decisions) == 1


def test_a_decision_needs_its_prior_and_its_lesion():
    case = run(numbered_case(), SetPrior(prior=prior()), SetPrior(prior=prior(id="other")))
    nobody = DecideChange(prior_id="p", lesion_id="x", verdict=ChangeVerdict.SAME)
    assert refused(case, nobody).code == "no-lesion"
    assert refused(case, replace(nobody, prior_id="q")).code == "no-prior"


def test_an_explanation_is_one_line_and_goes_with_an_empty_text():
    explain = Explain(code="c", field="f", text="  Old\n fracture. ")
    case = run(empty_case(), explain)
    assert case.explanations == (Explanation(code="c", field="f", text="Old fracture."),)
    case = run(case, replace(explain, text="Other."), replace(explain, field="g"))
    assert [item.text for item in case.explanations] == ["Other.", "Old fracture."]
    assert [item.field for item in run(case, replace(explain, text=" ")).explanations] == ["g"]
    longest = replace(explain, text="x" * LONGEST_EXPLANATION)
    assert run(empty_case(), longest).explanations
    assert "one line" in refused(empty_case(), replace(explain, text=longest.text + "x")).message


def own_text(case: Case) -> Case:
    text = ReportText(impression=proposed_impression(case), findings=proposed_findings(case))
    return run(case, SetText(text=text))


def test_a_changed_value_marks_its_sentences_and_no_other():
    case = own_text(case_a())
    assert stale_sentences(case) == ()
    changed = run(case, SetSins(level=T12, answers=LESS))
    found = stale_sentences(changed)
    assert {item.section for item in found} == {ReportSection.IMPRESSION}
    assert [item.position for item in found] == [0, 3]
    assert found[0].changes == ("SINS T12 is 11, potentially unstable (lytic)",)
    assert found[0].sentence.text.endswith("SINS 14, unstable.")
    assert stale_sentences(run(changed, SetSins(level=T12, answers=UNSTABLE))) == ()


def test_updating_takes_the_words_that_are_proposed_now():
    case = run(own_text(case_a()), SetSins(level=T12, answers=LESS))
    case = run(case, UpdateSentence(section=ReportSection.IMPRESSION, position=0))
    assert case.text.impression is not None
    assert case.text.impression[0].text.endswith("SINS 11, potentially unstable.")
    assert [item.position for item in stale_sentences(case)] == [3]


def test_keeping_states_that_the_words_still_hold():
    case = run(own_text(case_a()), SetSins(level=T12, answers=LESS))
    kept = run(case, KeepSentence(section=ReportSection.IMPRESSION, position=0))
    assert kept.text.impression is not None
    assert case.text.impression is not None
    assert kept.text.impression[0].text == case.text.impression[0].text
    assert [item.position for item in stale_sentences(kept)] == [3]


def test_words_that_would_be_proposed_again_are_not_stale():
    case = run(own_text(case_a()), SetSins(level=T12, answers=LESS))
    assert case.text.impression is not None
    assert case.text.impression[1].text.startswith("Surgical consultation recommended")
    assert 1 not in [item.position for item in stale_sentences(case)]
    edited = replace(case.text.impression[1], text="Surgeon, please see.")
    sentences = (*case.text.impression[:1], edited, *case.text.impression[2:])
    case = run(case, SetText(text=replace(case.text, impression=sentences)))
    assert 1 in [item.position for item in stale_sentences(case)]


def test_findings_are_updated_on_their_own():
    case = own_text(case_a())
    noted = replace(case.lesions[0], note="Soft tissue to the left.")
    case = replace(case, lesions=(noted,))
    assert [item.section for item in stale_sentences(case)] == [ReportSection.FINDINGS]
    case = run(case, UpdateSentence(section=ReportSection.FINDINGS, position=0))
    assert case.text.findings is not None
    assert case.text.findings[0].text.endswith("Soft tissue to the left.")
    assert stale_sentences(case) == ()


@pytest.mark.parametrize("position", [-1, 4, 99])
def test_a_sentence_that_is_not_there_is_refused(position):
    case = own_text(case_a())
    for kind in (UpdateSentence, KeepSentence):
        command = kind(section=ReportSection.IMPRESSION, position=position)
        assert refused(case, command).code == "no-sentence"
    proposed = KeepSentence(section=ReportSection.FINDINGS, position=0)
    assert refused(case_a(), proposed).code == "no-sentence"


def test_words_without_a_proposal_are_not_invented():
    typed = ReportText(impression=(Sentence(text="By hand."), Sentence(text="x", sources=("a",))))
    case = run(case_a(), SetText(text=typed))
    for position in (0, 1):
        command = UpdateSentence(section=ReportSection.IMPRESSION, position=position)
        assert refused(case, command).code == "no-words"


def test_a_sentence_about_what_is_gone_is_stale():
    case = own_text(run(case_a(), SetPrior(prior=prior(lesions=full_prior().lesions))))
    assert case.text.impression is not None
    without = replace(case, lesions=(), priors=())
    stale = [text for item in stale_sentences(without) for text in item.changes]
    assert any(text == f"Lesion: {GONE}" for text in stale)
    assert any(text == f"Prior: {GONE}" for text in stale)


def test_a_sentence_that_remembers_nothing_is_never_called_stale():
    assert not is_stale(case_a(), ReportSection.IMPRESSION, Sentence(text="Typed."))
    assert not is_stale(
        case_a(), ReportSection.IMPRESSION, Sentence(text="Old.", sources=("sins.T12",))
    )
