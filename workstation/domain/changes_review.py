"""How priors, decisions on change, explanations and stale sentences change a case."""

from __future__ import annotations

from dataclasses import replace

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import Missing
from workstation.domain.case import Case, Explanation, ReportText, Sentence, same_person
from workstation.domain.commands import (
    DecideChange,
    Explain,
    KeepSentence,
    RemovePrior,
    ReportSection,
    SetPrior,
    UpdateSentence,
)
from workstation.domain.prior import BY_HAND, ChangeDecision, Prior, prior_refusal
from workstation.domain.sentences import made_from
from workstation.domain.stale import proposal_for

LONGEST_EXPLANATION = 300
"""Characters of an explanation: it is printed as one line."""


def set_prior(command: SetPrior, case: Case) -> Case:
    """Return the case with the prior beside it.

    Raises
    ------
    CommandRefusedError
        When it belongs to another patient, is not older than the study, or holds wrong values.
    """
    prior = command.prior
    _check_person(command, case)
    refusal = prior_refusal(prior) or _age_refusal(prior, case)
    if refusal:
        raise CommandRefusedError(refusal, code="bad-prior")
    others = (item for item in case.priors if item.id != prior.id)
    ordered = sorted((*others, prior), key=lambda item: (item.date, item.id))
    return replace(case, priors=tuple(ordered))


def _check_person(command: SetPrior, case: Case) -> None:
    by_hand = command.prior.source == BY_HAND
    if command.patient is None and by_hand:
        return
    if command.patient is None or not same_person(case.patient, command.patient):
        raise CommandRefusedError(
            "This prior belongs to another patient. It was not taken.", code="two-patients"
        )


def _age_refusal(prior: Prior, case: Case) -> str:
    if any(study.study_uid == prior.study_uid for study in case.studies if prior.study_uid):
        return "This study is read in the case itself; it is no prior."
    newest = max((study.date[:10] for study in case.studies), default="")
    if newest and prior.date[:10] > newest:
        return "A prior is older than the study; this one is newer."
    return ""


def remove_prior(command: RemovePrior, case: Case) -> Case:
    """Return the case without the prior and what was decided against it."""
    _prior(case, command.id)
    return replace(case, priors=tuple(item for item in case.priors if item.id != command.id))


def _prior(case: Case, prior_id: str) -> Prior:
    prior = case.prior(prior_id)
    if prior is None:
        raise CommandRefusedError("This prior is no longer in the case.", code="no-prior")
    return prior


def decide_change(command: DecideChange, case: Case) -> Case:
    """Return the case with what the reader says about one lesion since a prior."""
    prior = _prior(case, command.prior_id)
    if case.lesion(command.lesion_id) is None and prior.lesion(command.lesion_id) is None:
        raise CommandRefusedError("This lesion is no longer in the case.", code="no-lesion")
    rest = tuple(item for item in prior.decisions if item.lesion_id != command.lesion_id)
    if not isinstance(command.verdict, Missing):
        made = ChangeDecision(lesion_id=command.lesion_id, verdict=command.verdict)
        rest = (*rest, made)
    changed = replace(prior, decisions=rest)
    return replace(case, priors=tuple(changed if p is prior else p for p in case.priors))


def explain(command: Explain, case: Case) -> Case:
    """Return the case with one line that says why a contradiction stands, or without it."""
    text = " ".join(command.text.split())
    if len(text) > LONGEST_EXPLANATION:
        raise CommandRefusedError(
            f"An explanation is one line of at most {LONGEST_EXPLANATION} characters."
        )
    key = (command.code, command.field)
    rest = tuple(item for item in case.explanations if (item.code, item.field) != key)
    if text:
        rest = (*rest, Explanation(code=command.code, field=command.field, text=text))
    return replace(case, explanations=rest)


def update_sentence(command: UpdateSentence, case: Case) -> Case:
    """Return the case with the words that the sentence's values propose now.

    Raises
    ------
    CommandRefusedError
        When its values propose no words any more.
    """
    old = _sentence(case, command.section, command.position)
    found = proposal_for(case, command.section, old)
    if found is None:
        raise CommandRefusedError(
            "No words are proposed from these values any more. Edit the sentence or remove it.",
            code="no-words",
        )
    return _with_sentence(case, command.section, command.position, found)


def keep_sentence(command: KeepSentence, case: Case) -> Case:
    """Return the case with a stale sentence held to be right for the present values."""
    old = _sentence(case, command.section, command.position)
    kept = replace(old, made_from=made_from(case, old.sources))
    return _with_sentence(case, command.section, command.position, kept)


def _own(text: ReportText, section: ReportSection) -> tuple[Sentence, ...]:
    own = text.impression if section is ReportSection.IMPRESSION else text.findings
    return own or ()


def _sentence(case: Case, section: ReportSection, position: int) -> Sentence:
    sentences = _own(case.text, section)
    if not 0 <= position < len(sentences):
        raise CommandRefusedError("This sentence is no longer in the report.", code="no-sentence")
    return sentences[position]


def _with_sentence(case: Case, section: ReportSection, position: int, sentence: Sentence) -> Case:
    sentences = list(_own(case.text, section))
    sentences[position] = sentence
    if section is ReportSection.IMPRESSION:
        return replace(case, text=replace(case.text, impression=tuple(sentences)))
    return replace(case, text=replace(case.text, findings=tuple(sentences)))
