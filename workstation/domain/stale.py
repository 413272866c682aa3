"""Sentences of the reader's own text whose values have changed since they were written."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.case import Case, Sentence
from workstation.domain.commands import ReportSection
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.domain.sentences import changes_of, made_from, own_sections


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSentence:
    """A sentence whose values changed; ``changes`` says what they are now."""

    section: ReportSection
    position: int
    sentence: Sentence
    changes: tuple[str, ...]


def stale_sentences(case: Case) -> tuple[StaleSentence, ...]:
    """Return every sentence of the reader's own text that its values no longer bear out."""
    return tuple(
        StaleSentence(
            section=section,
            position=position,
            sentence=sentence,
            changes=changes_of(case, sentence),
        )
        for section, sentences in own_sections(case)
        for position, sentence in enumerate(sentences)
        if is_stale(case, section, sentence)
    )


def is_stale(case: Case, section: ReportSection, sentence: Sentence) -> bool:
    """Return whether a value changed and the same words would not be proposed again."""
    if not sentence.made_from or sentence.made_from == made_from(case, sentence.sources):
        return False
    proposed = proposal_for(case, section, sentence)
    return proposed is None or proposed.text != sentence.text


def proposal_for(case: Case, section: ReportSection, sentence: Sentence) -> Sentence | None:
    """Return the sentence that the same values propose now, or None where they propose none."""
    propose = proposed_impression if section is ReportSection.IMPRESSION else proposed_findings
    wanted = set(sentence.sources)
    if not wanted:
        return None
    return next((item for item in propose(case) if set(item.sources) == wanted), None)
