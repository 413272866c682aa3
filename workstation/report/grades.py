"""SINS and ESCC in print: strip of six, bar of 18, component table, further levels."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, known
from workstation.domain.escc import EsccAnswers, EsccGrade, EsccResult
from workstation.domain.escc_texts import (
    CAPTIONS,
    CAUSE_TITLES,
    CONVENTION_TITLES,
    DEFINITIONS,
    MODALITY_TITLES,
    POSITION_TITLES,
)
from workstation.domain.flags import Flag
from workstation.domain.noms_table import DECISION_WORDS
from workstation.domain.sins import MAXIMUM, POINTS, SinsCategory, SinsComponent, SinsResult
from workstation.domain.sins_options import SinsContext
from workstation.domain.sins_texts import CATEGORY_TITLES, CONSULT
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import (
    EsccBlock,
    EsccTile,
    LevelRow,
    LevelTable,
    SinsBar,
    SinsRow,
    SinsTable,
    SinsZone,
)
from workstation.report.decision import highest_compression
from workstation.report.format import listed, missing_words, moment, points, sentence_case
from workstation.report.reading import CATEGORY_LOOK, Reading, escc_look, sins_look
from workstation.report.words import (
    COMPONENT_NAMES,
    answer_words,
    escc_grade,
    finding_words,
    sins_category,
    sins_total,
)

ZONES = (
    (0, 6, SinsCategory.STABLE),
    (7, 12, SinsCategory.POTENTIALLY_UNSTABLE),
    (13, 18, SinsCategory.UNSTABLE),
)
"""Fourney et al., J Clin Oncol 2011;29:3072: bands of the total."""
THRESHOLDS = ((6, "6 | 7"), (12, "12 | 13"))
DESCRIPTOR_NOTE = (
    "The cauda equina descriptor was proposed in 2025 (conference abstract); it is not validated."
)
LEVEL_COLUMNS = (
    "Level",
    "Loc.",
    "Pain",
    "Bone",
    "Align.",
    "Coll.",
    "Post.",
    "SINS",
    "ESCC",
    "NOMS",
)


def escc(reading: Reading, level: VertebralLevel) -> EsccBlock:
    """Return the compression grade of ``level`` with the strip of six."""
    result = reading.escc[level]
    answers = reading.case.assessment(level).escc
    tone, mark = escc_look(result)
    words = _escc_words(result, answers)
    shown = result.applicable and not result.descriptor
    return EsccBlock(
        heading=f"Epidural spinal cord compression (ESCC), {level}",
        tiles=tuple(_tiles(result, prior_grade(reading, level))) if shown else (),
        result=words,
        tone=tone,
        mark=mark,
        lines=tuple(_escc_lines(reading, level, result, answers)),
        alt=f"Six drawings of the ESCC grades at {level}. {words}.",
    )


def _escc_words(result: EsccResult, answers: EsccAnswers) -> str:
    if result.grade is not None:
        words = f"ESCC {result.grade}: {DEFINITIONS[result.grade].lower().replace('csf', 'CSF')}"
        if result.high_grade is None:
            return words
        convention = CONVENTION_TITLES[result.convention]
        if result.high_grade:
            return f"{words} · high-grade ({convention})"
        return f"{words} · low-grade ({convention.replace(': ', ': high-grade is ')})"
    if result.descriptor:
        return f"ESCC not applicable below the conus: {result.descriptor}"
    if not result.applicable:
        return "ESCC not applicable"
    words = f"ESCC {escc_grade(result, answers)}"
    untouched = len(result.possible) == len(EsccGrade)
    return words if untouched else f"{words}: not decided, questions are open"


def prior_grade(reading: Reading, level: VertebralLevel) -> EsccGrade | None:
    """Return the grade of a level on the newest prior, or None where it was not graded."""
    before = reading.follow_up.prior.at_level(level) if reading.follow_up else None
    return known(before.escc) if before else None


def prior_total(reading: Reading, level: VertebralLevel) -> int | None:
    """Return the complete SINS total of a level on the newest prior, else None."""
    before = reading.follow_up.prior.at_level(level) if reading.follow_up else None
    return before.sins_low if before and before.sins_low == before.sins_high else None


def _prior_line(reading: Reading, scale: str, words: str) -> str:
    """Return "Prior (2025-12-04): ESCC 1b."."""
    date = reading.follow_up.prior.date if reading.follow_up else ""
    return f"Prior ({moment(date)}): {scale} {words}."


def _tiles(result: EsccResult, prior: EsccGrade | None) -> Iterator[EsccTile]:
    undecided = result.grade is None and len(result.possible) < len(EsccGrade)
    for grade in EsccGrade:
        yield EsccTile(
            grade=grade.value,
            caption=sentence_case(CAPTIONS[grade]),
            picture=f"escc-{grade}.svg",
            current=grade is result.grade,
            possible=undecided and grade in result.possible,
            prior=grade is prior,
        )


def _escc_lines(
    reading: Reading, level: VertebralLevel, result: EsccResult, answers: EsccAnswers
) -> Iterator[str]:
    yield _read_on(reading, level, answers)
    before = prior_grade(reading, level)
    if before is not None:
        yield _prior_line(reading, "ESCC", before.value)
    if result.descriptor:
        yield DESCRIPTOR_NOTE
    if result.refused:
        yield result.refused
    yield from result.notes
    yield from (flag.text for flag in result.flags)
    highest = highest_compression(reading)
    if highest is not None and highest[0] is not result.grade and highest[1] is not level:
        yield f"Highest grade of all levels: ESCC {highest[0]} at {highest[1]}."


def _read_on(reading: Reading, level: VertebralLevel, answers: EsccAnswers) -> str:
    positions = [words for item, words in POSITION_TITLES.items() if item in answers.positions]
    where = "circumferential" if answers.circumferential else ", ".join(positions)
    parts = [
        f"Read on: {answer_words(answers.modality, MODALITY_TITLES)}",
        f"cause: {answer_words(answers.cause, CAUSE_TITLES).lower()}",
        f"position: {where or missing_words(NOT_ASSESSED)}",
    ]
    evidence = reading.evidence(f"escc.{level}", *(f"escc.{level}.q{n}" for n in range(1, 6)))
    return f"{'; '.join([*parts, *([evidence] if evidence else [])])}."


def sins_bar(reading: Reading, level: VertebralLevel) -> SinsBar:
    """Return the bar of 18 cells of ``level``."""
    result = reading.sins[level]
    tone, mark = sins_look(result)
    words = sins_result_words(result)
    before = prior_total(reading, level)
    told = () if before is None else (_prior_line(reading, "SINS", f"{before} / {MAXIMUM}"),)
    return SinsBar(
        heading=f"Spinal Instability Neoplastic Score (SINS), {level}",
        cells=MAXIMUM,
        low=result.minimum,
        high=result.maximum,
        value="" if result.minimum is None else sins_total(result),
        result=words,
        tone=tone,
        mark=mark,
        zones=tuple(_zones(result)),
        thresholds=THRESHOLDS,
        lines=(*_sins_lines(result), *told),
        alt=" ".join((f"Bar of {MAXIMUM} points at {level}. {words}.", *told)),
        prior=before,
    )


def sins_result_words(result: SinsResult) -> str:
    """Return total or range with its category, never a single category that is not certain."""
    if result.minimum is None or result.maximum is None:
        return f"SINS not computed: {result.refused or 'not covered by the score'}"
    words = f"SINS {sins_total(result)} / {MAXIMUM}: {sins_category(result).lower()}"
    if result.total is not None:
        return words
    if result.category is not None:
        return f"{words} · incomplete: the category is certain, the total is not"
    return f"{words} · incomplete: no single category"


def _zones(result: SinsResult) -> Iterator[SinsZone]:
    for first, last, category in ZONES:
        tone, mark = CATEGORY_LOOK[category]
        yield SinsZone(
            first=first,
            last=last,
            text=f"{CATEGORY_TITLES[category]} {points(first, last)}",
            tone=tone,
            mark=mark,
            reached=category in result.categories,
        )


def _sins_lines(result: SinsResult) -> Iterator[str]:
    if result.consult:
        incomplete = "" if result.total is not None else ": the range reaches 7 or more"
        yield f"{CONSULT}{incomplete}."
    for missing in (NOT_ASSESSED, UNKNOWN):
        open_items = [
            COMPONENT_NAMES[item].lower()
            for item in result.missing
            if result.components[item].answer is missing
        ]
        if open_items:
            yield f"{sentence_case(missing_words(missing))}: {listed(open_items)}."
    if result.historical_total is not None:
        yield f"Historical total, entered by hand: {result.historical_total} / {MAXIMUM}."


def sins_table(reading: Reading, level: VertebralLevel) -> SinsTable:
    """Return the six components of ``level`` with findings, points and total."""
    result = reading.sins[level]
    tone, mark = sins_look(result)
    refused = (f"Not computed: {result.refused}",) if result.refused else ()
    return SinsTable(
        heading=f"SINS components, {level}",
        rows=tuple(_sins_row(reading, level, item) for item in SinsComponent),
        total=sins_total(result),
        maximum=f" / {MAXIMUM}",
        category=sins_category(result),
        tone=tone,
        mark=mark,
        notes=(*refused, *map(_flag_words, result.flags)),
        rule_set=f"Rule set {result.rule_set}. S-numbers are software conventions.",
    )


def _flag_words(flag: Flag) -> str:
    """Return the flag's sentence, led by the number of the convention where it has one."""
    return f"{flag.code}: {flag.text}" if flag.code.startswith("S-") else flag.text


def _sins_row(reading: Reading, level: VertebralLevel, component: SinsComponent) -> SinsRow:
    result = reading.sins[level]
    given = reading.case.assessment(level).sins
    maximum = max(POINTS[component].values())
    scored = result.components.get(component)
    if scored is None:
        return SinsRow(
            component=COMPONENT_NAMES[component],
            finding=answer_words(NOT_ASSESSED),
            notes=(),
            points="n/a",
            maximum=maximum,
            low=0,
            high=0,
        )
    return SinsRow(
        component=COMPONENT_NAMES[component],
        finding=sentence_case(finding_words(component, scored.answer, given)),
        notes=tuple(_row_notes(reading, level, component)),
        points=points(scored.minimum, scored.maximum),
        maximum=maximum,
        low=scored.minimum,
        high=scored.maximum,
    )


def _row_notes(reading: Reading, level: VertebralLevel, component: SinsComponent) -> Iterator[str]:
    given = reading.case.assessment(level).sins
    if component is SinsComponent.PAIN and given.pain_source:
        yield f"stated by {given.pain_source}"
    inferred = SinsContext.MRI_ONLY in given.context and not isinstance(given.bone_lesion, Missing)
    if component is SinsComponent.BONE_LESION and inferred:
        yield "inferred from MRI"
    evidence = reading.evidence(f"sins.{level}.{component}")
    if evidence:
        yield evidence


def other_levels(reading: Reading) -> LevelTable | None:
    """Return one line for each graded level, or None where the index level is the only one."""
    if len(reading.levels) < 2:
        return None
    return LevelTable(
        heading="All graded levels",
        columns=LEVEL_COLUMNS,
        rows=tuple(_level_row(reading, level) for level in reading.levels),
    )


def _level_row(reading: Reading, level: VertebralLevel) -> LevelRow:
    result = reading.sins[level]
    tone, mark = sins_look(result)
    scored = [result.components.get(item) for item in SinsComponent]
    return LevelRow(
        level=f"{level} (index)" if level is reading.index else level.value,
        points=tuple(points(item.minimum, item.maximum) if item else "n/a" for item in scored),
        total=sins_total(result),
        category=sins_category(result),
        tone=tone,
        mark=mark,
        escc=reading.escc_words(level),
        noms=_noms_words(reading, level),
    )


def _noms_words(reading: Reading, level: VertebralLevel) -> str:
    result = reading.noms[level]
    if result.decision is not None:
        return sentence_case(DECISION_WORDS[result.decision])
    if result.branches:
        return f"Undecided: {len(result.branches)} branches"
    return "No suggestion"
