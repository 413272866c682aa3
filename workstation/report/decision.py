"""What decides: the urgent banner, the impression and the NOMS reading of the index level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.case import Case, Communication, LevelAssessment, NomsLevelAnswers
from workstation.domain.clinical import NeurologicFacts, PriorRadiation
from workstation.domain.escc import EsccGrade
from workstation.domain.grading import sins_words
from workstation.domain.noms import (
    SIGN_OFF,
    MechanicalAxis,
    NeurologicAxis,
    NomsResult,
    OncologicAxis,
    SystemicAxis,
    condition_words,
)
from workstation.domain.noms_table import DECISION_WORDS
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import (
    Banner,
    Mark,
    NomsBlock,
    NomsBranch,
    NomsPanel,
    Paragraph,
    TextSection,
    Tone,
)
from workstation.report.format import listed, missing_words, moment, number, sentence_case
from workstation.report.header import primary_tumor
from workstation.report.reading import Reading
from workstation.report.words import (
    AMBULATION_WORDS,
    DEFICIT_WORDS,
    INPUT_WORDS,
    MECHANICAL_HEADLINES,
    NEUROLOGIC_HEADLINES,
    ONCOLOGIC_HEADLINES,
    SYSTEMIC_HEADLINES,
    answer_words,
)

E = TypeVar("E", bound=StrEnum)

ORDERS_NOTHING = "For the tumor board; this report does not order treatment."
_GOOD = (Tone.GOOD, Mark.DISC)
_BAD = (Tone.CRITICAL, Mark.TRIANGLE)
_BETWEEN = (Tone.CAUTION, Mark.DIAMOND)
_OPEN = (Tone.NEUTRAL, Mark.RING)
_LOOKS: Mapping[str, tuple[Tone, Mark]] = {
    NeurologicAxis.LOW: _GOOD,
    NeurologicAxis.HIGH: _BAD,
    NeurologicAxis.DISCORDANT: _BAD,
    OncologicAxis.SENSITIVE: _GOOD,
    OncologicAxis.RESISTANT: _BETWEEN,
    MechanicalAxis.STABLE: _GOOD,
    MechanicalAxis.UNSTABLE: _BAD,
    SystemicAxis.ABLE: _GOOD,
    SystemicAxis.UNABLE: _BETWEEN,
}


def banner(reading: Reading) -> Banner | None:
    """Return the urgent banner, or None when no rule of clinical reference 5.4 calls for one."""
    urgent = reading.urgent
    if not urgent:
        return None
    first, *rest = urgent
    return Banner(
        label="Urgent finding" if len(urgent) == 1 else "Urgent findings",
        title=first.title,
        lines=(first.text, *(f"{flag.title}: {flag.text}" for flag in rest)),
        communication=_communication(reading.case.communication),
    )


def _communication(told: Communication | None) -> str:
    if told is None:
        return "Communication of the critical result: not recorded."
    read_back = {YesNo.YES: "confirmed", YesNo.NO: "not confirmed"}
    words = (
        f"Communicated to {told.to_whom}, {told.how}, {moment(told.at)}; "
        f"read-back {answer_words(told.read_back, read_back)}."
    )
    return f"{words} Said: {told.said}" if told.said else words


def impression(reading: Reading) -> TextSection:
    """Return the numbered impression."""
    sentences = tuple(
        Paragraph(text=sentence.text, images=reading.images_of(sentence))
        for sentence in reading.impression
    )
    empty = (Paragraph(text="No impression is stated."),)
    return TextSection(heading="Impression", paragraphs=sentences or empty, serif=True)


def noms(reading: Reading, level: VertebralLevel) -> NomsBlock:
    """Return the four panels of ``level``, the reading, both branches where one is undecided."""
    result = reading.noms[level]
    return NomsBlock(
        heading=f"NOMS, {level}",
        panels=(
            _neurologic(reading, level),
            _oncologic(reading, level),
            _mechanical(reading, level),
            _systemic(reading, level),
        ),
        reading=_reading(result),
        branches=tuple(
            NomsBranch(condition=sentence_case(condition_words(key)), outcome=_outcome(result, key))
            for key in result.branches
        ),
        flags=tuple(_flag_lines(result)),
        notes=result.notes,
        foot=SIGN_OFF,
    )


def _reading(result: NomsResult) -> str:
    row = f" Row {result.published}." if result.published else ""
    return f"{result.sentence}{row} {ORDERS_NOTHING}"


def _outcome(result: NomsResult, key: str) -> str:
    words = DECISION_WORDS[result.branches[key]]
    rows = dict.fromkeys(row.published for row in result.branch_rows.get(key, ()))
    return f"{words} ({'row' if len(rows) == 1 else 'rows'} {', '.join(rows)})" if rows else words


def _flag_lines(result: NomsResult) -> Iterator[str]:
    for flag in result.flags:
        yield flag.text
    if result.missing:
        names = listed(INPUT_WORDS.get(name, name) for name in result.missing)
        yield f"Not yet known: {names}."


def _look(answer: str | Missing) -> tuple[Tone, Mark]:
    return _LOOKS.get(answer, _OPEN)


def _headline(answer: E | Missing, words: Mapping[E, str]) -> str:
    if isinstance(answer, Missing):
        return sentence_case(missing_words(answer))
    return words[answer]


def _neurologic(reading: Reading, level: VertebralLevel) -> NomsPanel:
    answer = reading.noms[level].axes.neurologic
    tone, mark = _look(answer)
    return NomsPanel(
        letter="N",
        name="Neurologic",
        headline=_headline(answer, NEUROLOGIC_HEADLINES),
        meaning=f"ESCC {reading.escc_words(level)}, {level}",
        inputs=tuple(_neurologic_inputs(reading.case)),
        tone=tone,
        mark=mark,
    )


def _neurologic_inputs(case: Case) -> Iterator[str]:
    facts = case.neurologic
    yield f"Myelopathy: {answer_words(facts.myelopathy)}"
    yield f"Functional radiculopathy: {answer_words(facts.functional_radiculopathy)}"
    yield f"Deficits: {_deficits(facts)}"
    if facts.ais is not NOT_ASSESSED:
        yield f"AIS: {answer_words(facts.ais)}"
    if facts.ambulation is not NOT_ASSESSED:
        yield f"Walking: {answer_words(facts.ambulation, AMBULATION_WORDS)}"
    if facts.attributed_level is not None:
        reason = f": {facts.attribution_reason}" if facts.attribution_reason else ""
        yield f"Deficit attributed to {facts.attributed_level}{reason}"


def _deficits(facts: NeurologicFacts) -> str:
    """Return the deficits in groups of one answer: "new: weakness; none: gait loss, sphincter"."""
    deficits = {
        "weakness": facts.weakness,
        "gait loss": facts.gait_loss,
        "sensory": facts.sensory,
        "sphincter": facts.sphincter,
    }
    groups: dict[str, list[str]] = {}
    for name, state in deficits.items():
        groups.setdefault(answer_words(state, DEFICIT_WORDS), []).append(name)
    if len(groups) == 1:
        return next(iter(groups))
    words = "; ".join(f"{state}: {', '.join(names)}" for state, names in groups.items())
    if isinstance(facts.deficit_since_hours, Missing):
        return words
    return f"{words}; for {number(facts.deficit_since_hours, thresholds=(24.0, 48.0))} h"


def _oncologic(reading: Reading, level: VertebralLevel) -> NomsPanel:
    case = reading.case
    answer = reading.noms[level].axes.oncologic
    tone, mark = _look(answer)
    inputs = [radiation_words(case.assessment(level).noms, level)]
    if case.oncology.override_reason:
        inputs.append(f"Chosen by the clinician: {case.oncology.override_reason}")
    if case.oncology.markers:
        inputs.append(f"Markers: {case.oncology.markers}")
    return NomsPanel(
        letter="O",
        name="Oncologic",
        headline=_headline(answer, ONCOLOGIC_HEADLINES),
        meaning=f"Primary tumor: {primary_tumor(case)}",
        inputs=tuple(inputs),
        tone=tone,
        mark=mark,
    )


def radiation_words(answers: NomsLevelAnswers, level: VertebralLevel) -> str:
    """Return "Prior radiation at T8: yes, 27 Gy, 3 fractions, 2025-09-02"."""
    words = f"Prior radiation at {level}: {answer_words(answers.prior_radiation)}"
    if answers.prior_radiation is YesNo.YES and answers.radiation is not None:
        return f"{words}, {_course(answers.radiation)}"
    return words


def _course(course: PriorRadiation) -> str:
    dose, fractions, date = course.dose_gy, course.fractions, course.date
    parts = (
        f"dose {missing_words(dose)}"
        if isinstance(dose, Missing)
        else f"{number(dose, 2).rstrip('0').rstrip('.')} Gy",
        f"fractions {missing_words(fractions)}"
        if isinstance(fractions, Missing)
        else f"{fractions} fractions",
        f"date {missing_words(date)}" if isinstance(date, Missing) else moment(date),
    )
    return ", ".join(parts)


def _mechanical(reading: Reading, level: VertebralLevel) -> NomsPanel:
    result = reading.sins[level]
    answer = reading.noms[level].axes.mechanical
    tone, mark = _look(answer)
    said = reading.case.assessment(level).noms.surgeon_says
    inputs = []
    if answer is MechanicalAxis.INDETERMINATE or said is not NOT_ASSESSED:
        inputs.append(f"Surgeon says: {answer_words(said, MECHANICAL_HEADLINES).lower()}")
    if result.consult:
        inputs.append("Surgical consultation recommended")
    return NomsPanel(
        letter="M",
        name="Mechanical",
        headline=_headline(answer, MECHANICAL_HEADLINES),
        meaning=f"SINS {sins_words(result)}, {level}",
        inputs=tuple(inputs),
        tone=tone,
        mark=mark,
    )


def _systemic(reading: Reading, level: VertebralLevel) -> NomsPanel:
    case = reading.case
    assessment: LevelAssessment = case.assessment(level)
    answer = assessment.noms.systemic
    tone, mark = _look(answer)
    facts = case.systemic
    kps, ecog = facts.kps, facts.ecog
    inputs = [
        f"KPS {missing_words(kps) if isinstance(kps, Missing) else kps.value}",
        f"ECOG {missing_words(ecog) if isinstance(ecog, Missing) else ecog.value}",
    ]
    if facts.stated_by:
        inputs.append(f"Stated by {facts.stated_by}")
    return NomsPanel(
        letter="S",
        name="Systemic",
        headline=_headline(answer, SYSTEMIC_HEADLINES),
        meaning="Tolerates the surgery in question: a clinician's judgment",
        inputs=tuple(inputs),
        tone=tone,
        mark=mark,
    )


def highest_compression(reading: Reading) -> tuple[EsccGrade, VertebralLevel] | None:
    """Return the highest decided grade of all levels, ties the most cranial."""
    ladder = list(EsccGrade)
    graded = [
        (ladder.index(grade), -level.order, grade, level)
        for level, result in reading.escc.items()
        if (grade := result.grade) is not None
    ]
    if not graded:
        return None
    *_, grade, level = max(graded, key=lambda item: item[:2])
    return grade, level
