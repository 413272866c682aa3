"""Epidural spinal cord compression (ESCC, Bilsky) as five questions, with the conus rule.

Source: Bilsky et al., J Neurosurg Spine 2010;13:324 (six grades on axial T2). Conus rule, N-03 and
N-04: conventions of the clinical reference, sections 2.5 and 3.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.escc_options import (
    UNANSWERED,
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    EsccConvention,
    EsccGrade,
    EsccModality,
    MyelogramBlock,
    Reply,
    ScreeningAnswer,
)
from workstation.domain.flags import Flag
from workstation.domain.spine import VertebralLevel

__all__ = [
    "DEFINED_BELOW_CONUS",
    "RULE_SET",
    "SOURCES",
    "CaudaEquinaGrade",
    "CompressionCause",
    "EpiduralPosition",
    "EsccAnswers",
    "EsccConvention",
    "EsccGrade",
    "EsccModality",
    "EsccResult",
    "MyelogramBlock",
    "Reply",
    "ScreeningAnswer",
    "answer_question",
    "answers_for_grade",
    "assess_escc",
    "contradiction_of",
    "is_below_conus",
    "possible_grades",
    "with_grade",
]

RULE_SET = "ESCC-2010"
SOURCES = ("Bilsky MH et al. J Neurosurg Spine 2010;13:324-328",)


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccResult:
    """The grade of one level.

    ``grade`` is None while several are possible or the scale does not apply; ``high_grade`` is
    None when it is not decided by the convention in use. ``applicable`` is False where the
    answers describe what the scale does not define (sac deformed below the conus); ``refused``
    then says why.
    """

    grade: EsccGrade | None
    possible: tuple[EsccGrade, ...]
    high_grade: bool | None
    applicable: bool
    below_conus: bool
    modality: EsccModality | Missing
    cause: CompressionCause | Missing
    cauda_equina: CaudaEquinaGrade | Missing
    descriptor: str
    """Below the conus, in words: "cauda equina 2 +F left"; empty elsewhere."""
    convention: EsccConvention
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str | None = None
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


_YES, _NO = YesNo.YES, YesNo.NO
_PATTERNS: Mapping[EsccGrade, tuple[YesNo, ...]] = {
    EsccGrade.G0: (_NO,),
    EsccGrade.G1A: (_YES, _NO),
    EsccGrade.G1B: (_YES, _YES, _NO),
    EsccGrade.G1C: (_YES, _YES, _YES, _NO),
    EsccGrade.G2: (_YES, _YES, _YES, _YES, _YES),
    EsccGrade.G3: (_YES, _YES, _YES, _YES, _NO),
}
"""The questions in order until the one that decides (clinical reference 2.2)."""

_SAYS: Mapping[tuple[int, YesNo], str] = {
    (1, _NO): "there is no epidural tumor",
    (2, _NO): "the sac is not deformed",
    (3, _NO): "the cord is not touched",
    (4, _NO): "the cord is neither compressed nor displaced",
    (2, _YES): "the sac is deformed",
    (3, _YES): "the cord is touched",
    (4, _YES): "the cord is compressed",
    (5, _YES): "CSF is visible around the compressed cord",
}

_HIGH = (EsccGrade.G2, EsccGrade.G3)
_CLASS_OF_1C: Mapping[EsccConvention, bool | None] = {
    EsccConvention.NOMS: False,
    EsccConvention.REFERENCE_SITE: None,
    EsccConvention.SINGAPORE: True,
}
"""Whether 1c is high-grade; the conventions agree on every other grade (reference 2.3)."""

_SCREENED: Mapping[ScreeningAnswer, tuple[EsccGrade, ...]] = {
    ScreeningAnswer.NONE: (EsccGrade.G0,),
    ScreeningAnswer.LOW: (EsccGrade.G1A, EsccGrade.G1B, EsccGrade.G1C),
    ScreeningAnswer.HIGH: _HIGH,
}

DEFINED_BELOW_CONUS = (EsccGrade.G0, EsccGrade.G1A)
"""The only grades that remain valid below the conus (reference 2.5)."""

_UNSTATED_CONUS_FROM = VertebralLevel.T12
_UNSTATED_BELOW_FROM = VertebralLevel.L3

NOTE_1C = "1c: classed low-grade by NOMS; handled as high-grade in some publications."
NOTE_MYELOGRAM = (
    "Contrast in the subarachnoid space takes the role of bright CSF: 2 = thin contrast rim "
    "remains, 3 = contrast column effaced."
)
NOTE_BLOCK = "Complete block can hide further levels: image after contrast above and below."
NOTE_CIRCUMFERENTIAL = "Circumferential tumor alone is not grade 3: answer question 5."
FLAG_SCREENING = Flag(code="CT_SCREENING", text="Screening: confirm on MRI.")
FLAG_CONUS = Flag(
    code="CONUS_UNKNOWN",
    text="The conus level is not known: at which level does the conus end?",
)
FLAG_CAUDA = Flag(
    code="CAUDA_EQUINA_NOT_VALIDATED",
    text="Cauda equina descriptor: proposed 2025 (conference abstract), not validated.",
)
REFUSED_BELOW_CONUS = (
    "{level} is below the conus: ESCC 1b, 1c, 2, 3 are not defined. The scale grades cord "
    "compression. Here only 0 and 1a can be entered."
)


def answers_for_grade(grade: EsccGrade) -> EsccAnswers:
    """Return the answers to the five questions that give ``grade``."""
    return with_grade(EsccAnswers(), grade)


def with_grade(answers: EsccAnswers, grade: EsccGrade) -> EsccAnswers:
    """Return ``answers`` with the five questions set to ``grade`` and all else kept."""
    pattern: tuple[Reply, ...] = _PATTERNS[grade] + UNANSWERED
    return replace(answers, questions=_five(pattern))


def _five(replies: tuple[Reply, ...]) -> tuple[Reply, Reply, Reply, Reply, Reply]:
    first, second, third, fourth, fifth = replies[:5]
    return (first, second, third, fourth, fifth)


def answer_question(answers: EsccAnswers, number: int, value: Reply) -> EsccAnswers:
    """Return the answers with question ``number`` (1 to 5) answered.

    Raises
    ------
    CommandRefusedError
        When the answer contradicts another one: a Yes after an earlier No.
    """
    if not 1 <= number <= 5:
        raise CommandRefusedError(f"ESCC has questions 1 to 5, not {number}.")
    questions = list(answers.questions)
    questions[number - 1] = value
    changed = replace(answers, questions=_five(tuple(questions)))
    contradiction = contradiction_of(changed)
    if contradiction:
        raise CommandRefusedError(contradiction, code="escc-contradiction")
    return changed


def contradiction_of(answers: EsccAnswers) -> str:
    """Return the sentence that names two answers which cannot both hold, or nothing."""
    replies = answers.questions
    first_no = next((n for n, reply in enumerate(replies, 1) if reply is _NO), len(replies))
    for number, reply in enumerate(replies[first_no:], first_no + 1):
        if reply is _YES:
            return (
                f"Question {first_no} says {_SAYS[first_no, _NO]}, question {number} says "
                f"{_SAYS[number, _YES]}. Change one."
            )
    return ""


def possible_grades(answers: EsccAnswers) -> tuple[EsccGrade, ...]:
    """Return the grades that no answer excludes, the least severe first.

    Raises
    ------
    CommandRefusedError
        When two answers contradict each other.
    """
    contradiction = contradiction_of(answers)
    if contradiction:
        raise CommandRefusedError(contradiction, code="escc-contradiction")
    possible = tuple(
        grade for grade, pattern in _PATTERNS.items() if _fits(pattern, answers.questions)
    )
    screened = answers.screening
    if answers.modality is not EsccModality.CT_SCREENING or isinstance(screened, Missing):
        return possible
    both = tuple(grade for grade in possible if grade in _SCREENED[screened])
    if not both:
        raise CommandRefusedError(
            f"The screening answer is {screened.value}, the questions say otherwise. Change one.",
            code="escc-contradiction",
        )
    return both


def _fits(pattern: tuple[YesNo, ...], replies: tuple[Reply, ...]) -> bool:
    """Return whether the replies may still become ``pattern``; past its end nothing is Yes."""
    padded = pattern + (_NO,) * (len(replies) - len(pattern))
    return all(
        isinstance(reply, Missing) or reply is wanted
        for reply, wanted in zip(replies, padded, strict=True)
    )


def is_below_conus(level: VertebralLevel, conus: VertebralLevel | Missing) -> bool:
    """Return whether only the cauda equina is left at ``level`` (reference 2.5, N-03).

    While the conus is not known, L3 and below are treated as below it.
    """
    if isinstance(conus, Missing):
        return level.order >= _UNSTATED_BELOW_FROM.order
    return level.order > conus.order


def assess_escc(
    answers: EsccAnswers,
    *,
    level: VertebralLevel | None = None,
    conus: VertebralLevel | Missing = NOT_ASSESSED,
    convention: EsccConvention = EsccConvention.NOMS,
) -> EsccResult:
    """Return the grade of ``level``, or the set that is still possible.

    Parameters
    ----------
    level : VertebralLevel, optional
        Without it the conus rule does not act.
    conus : VertebralLevel or Missing
        The vertebra at which the conus ends.

    Raises
    ------
    CommandRefusedError
        When two answers contradict each other.
    """
    stated = possible_grades(answers)
    below = level is not None and is_below_conus(level, conus)
    possible = _defined(stated, below=below)
    grade = stated[0] if len(stated) == 1 and possible else None
    refused = None if possible else REFUSED_BELOW_CONUS.format(level=level)
    return EsccResult(
        grade=grade,
        possible=possible,
        high_grade=None if below and grade is None else _high_grade(possible, convention),
        applicable=bool(possible),
        below_conus=below,
        modality=answers.modality,
        cause=answers.cause,
        cauda_equina=answers.cauda_equina,
        descriptor=_descriptor(answers) if below else "",
        convention=convention,
        flags=tuple(_flags(answers, possible=possible, level=level, conus=conus)),
        notes=tuple(_notes(answers, grade)),
        refused=refused,
    )


def _defined(grades: tuple[EsccGrade, ...], *, below: bool) -> tuple[EsccGrade, ...]:
    return tuple(grade for grade in grades if not below or grade in DEFINED_BELOW_CONUS)


def _high_grade(possible: tuple[EsccGrade, ...], convention: EsccConvention) -> bool | None:
    readings = {_CLASS_OF_1C[convention] if g is EsccGrade.G1C else g in _HIGH for g in possible}
    return readings.pop() if len(readings) == 1 else None


def _descriptor(answers: EsccAnswers) -> str:
    """Return the cauda equina grade in words, with the sides of foraminal stenosis."""
    if isinstance(answers.cauda_equina, Missing):
        missing = "unknown" if answers.cauda_equina is UNKNOWN else "not assessed"
        words = [f"cauda equina {missing}"]
    else:
        words = [f"cauda equina {answers.cauda_equina.value}"]
    sides = [("right", answers.foraminal_right), ("left", answers.foraminal_left)]
    marked = [side for side, present in sides if present]
    if marked:
        words.append("+F " + " and ".join(marked))
    return " ".join(words)


def _flags(
    answers: EsccAnswers,
    *,
    possible: tuple[EsccGrade, ...],
    level: VertebralLevel | None,
    conus: VertebralLevel | Missing,
) -> Iterator[Flag]:
    if answers.modality is EsccModality.CT_SCREENING:
        yield FLAG_SCREENING
    if level is None:
        return
    below = is_below_conus(level, conus)
    doubtful = isinstance(conus, Missing) and level.order >= _UNSTATED_CONUS_FROM.order
    if doubtful and not below and any(g not in DEFINED_BELOW_CONUS for g in possible):
        yield FLAG_CONUS
    if below and not isinstance(answers.cauda_equina, Missing):
        yield FLAG_CAUDA


def _notes(answers: EsccAnswers, grade: EsccGrade | None) -> Iterator[str]:
    if grade is EsccGrade.G1C:
        yield NOTE_1C
    if answers.circumferential and grade is not EsccGrade.G3:
        yield NOTE_CIRCUMFERENTIAL
    if answers.modality is EsccModality.CT_MYELOGRAM:
        yield NOTE_MYELOGRAM
        if answers.block is MyelogramBlock.COMPLETE:
            yield NOTE_BLOCK
