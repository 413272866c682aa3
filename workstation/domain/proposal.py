"""Sentences proposed for the report, each made from named values.

They are proposals: the reader edits or replaces them. The order is that of the clinical reference,
section 11: cord, stability, extent, recommendation.
"""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.answers import Missing
from workstation.domain.case import Case, Sentence
from workstation.domain.escc import EsccGrade
from workstation.domain.follow_up import follow_up_of, latest_prior, summary_of
from workstation.domain.grading import (
    escc_of,
    index_level_of,
    noms_of,
    red_flags_of,
    sins_of,
    sins_words,
)
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    parts_sentence,
)
from workstation.domain.red_flags import Urgency
from workstation.domain.sentences import sentence_from
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import VertebralLevel, level_runs

_MATRIX_WORDS = {
    Matrix.LYTIC: "Lytic lesion",
    Matrix.MIXED: "Mixed lytic and blastic lesion",
    Matrix.BLASTIC: "Blastic lesion",
    Matrix.INFERRED_FROM_MRI: "Lesion, type inferred from MRI",
    Matrix.NOT_ASSESSABLE: "Lesion, type not assessable",
}
_COMPRESSION_WORDS = {
    EsccGrade.G0: "no epidural tumor",
    EsccGrade.G1A: "epidural tumor without deformation of the thecal sac",
    EsccGrade.G1B: "indentation of the thecal sac, cord untouched",
    EsccGrade.G1C: "contact with the spinal cord without compression",
    EsccGrade.G2: "spinal cord compression with CSF still visible",
    EsccGrade.G3: "spinal cord compression without visible CSF",
}


MOST_SINGLE_LEVELS = 6
"""With more levels, those with the same words share a sentence."""

MOST_LEVEL_SENTENCES = 8
"""With more sentences, the levels without urgency are said in one."""

NO_METASTASIS = "No spinal metastasis is marked on the images read."
_QUIET_GRADES = (None, EsccGrade.G0, EsccGrade.G1A)


def proposed_impression(case: Case) -> tuple[Sentence, ...]:
    """Return the impression as the data would put it, most urgent level first."""
    levels = sorted(case.levels_with_findings, key=lambda level: _urgency(case, level))
    found = _level_sentences(case, levels) or [Sentence(text=NO_METASTASIS)]
    return (*found, *_recommendations(case), *_comparison(case))


def _urgency(case: Case, level: VertebralLevel) -> tuple[int, int, int]:
    """Return a sort key: higher compression, then higher instability, then more cranial first."""
    grade = escc_of(case, level).grade
    compression = list(EsccGrade).index(grade) if grade else -1
    highest = sins_of(case, level).maximum
    return (-compression, -(highest if highest is not None else -1), level.order)


def _level_sentences(case: Case, levels: list[VertebralLevel]) -> list[Sentence]:
    """Return one sentence a level; many levels are grouped so that the list stays readable."""
    if len(levels) <= MOST_SINGLE_LEVELS:
        return [_level_sentence(case, [level]) for level in levels]
    groups = _grouped(case, levels)
    if len(groups) <= MOST_LEVEL_SENTENCES:
        return [_level_sentence(case, group) for group in groups]
    return _loud_and_quiet(case, levels, groups)


def _loud_and_quiet(
    case: Case, levels: list[VertebralLevel], groups: list[list[VertebralLevel]]
) -> list[Sentence]:
    """Return a sentence for each group in question and one for all quiet levels together."""
    quiet = [level for level in levels if _is_quiet(case, level)]
    loud = [group for group in groups if not _is_quiet(case, group[0])]
    rest = [_quiet_sentence(case, quiet)] if quiet else []
    return [*(_level_sentence(case, group) for group in loud), *rest]


def _grouped(case: Case, levels: list[VertebralLevel]) -> list[list[VertebralLevel]]:
    groups: dict[tuple[str, str], list[VertebralLevel]] = {}
    for level in levels:
        groups.setdefault((_subject(case, level), _grades(case, level)), []).append(level)
    return list(groups.values())


def _is_quiet(case: Case, level: VertebralLevel) -> bool:
    """Return whether neither cord nor stability is in question at a level."""
    stable = sins_of(case, level).category in (SinsCategory.STABLE, None)
    consult = sins_of(case, level).consult
    return stable and not consult and escc_of(case, level).grade in _QUIET_GRADES


def _quiet_sentence(case: Case, levels: list[VertebralLevel]) -> Sentence:
    ungraded = [level for level in levels if escc_of(case, level).grade is None]
    words = "no contact with the cord (ESCC 0 or 1a)"
    if ungraded:
        words += f", ESCC not graded at {level_runs(ungraded)}"
    text = f"Further levels, stable by SINS (6 or less), {words}: {level_runs(levels)}."
    return sentence_from(case, text, *_level_sources(levels))


def _level_sentence(case: Case, levels: list[VertebralLevel]) -> Sentence:
    subject, grades = _subject(case, levels[0]), _grades(case, levels[0])
    several = len(levels) > 1
    if not subject:
        head = level_runs(levels)
    elif several:
        head = f"{subject} at each of {level_runs(levels)}"
    else:
        head = f"{subject} at {levels[0]}"
    text = f"{head}; {grades}." if grades else f"{head}."
    return sentence_from(case, text, *_level_sources(levels))


def _level_sources(levels: list[VertebralLevel]) -> list[str]:
    return [f"{scale}.{level}" for level in levels for scale in ("escc", "sins")]


def _subject(case: Case, level: VertebralLevel) -> str:
    lesions = [lesion for lesion in case.lesions if level in lesion.levels]
    return _kind_words(lesions) if lesions else ""


def _grades(case: Case, level: VertebralLevel) -> str:
    parts = []
    grade = escc_of(case, level).grade
    if grade is not None:
        parts.append(f"{_COMPRESSION_WORDS[grade]} (ESCC {grade})")
    result = sins_of(case, level)
    if result.refused is None and len(result.missing) < len(result.components):
        parts.append(f"SINS {sins_words(result)}")
    return "; ".join(parts)


def _kind_words(lesions: list[Lesion]) -> str:
    kinds = {lesion.matrix for lesion in lesions}
    if len(lesions) == 1 and (matrix := lesions[0].matrix) and not isinstance(matrix, Missing):
        return _MATRIX_WORDS[matrix]
    if len(lesions) > 1:
        known = {kind for kind in kinds if not isinstance(kind, Missing)}
        same = known.pop().value.replace("_", " ") + " " if len(kinds) == 1 and known else ""
        return f"{len(lesions)} {same}lesions"
    return "Lesion"


def _recommendations(case: Case) -> Iterator[Sentence]:
    consult = [level for level in case.levels_with_findings if sins_of(case, level).consult]
    if consult:
        where = level_runs(consult)
        text = f"Surgical consultation recommended (SINS reaches 7 or more at {where})."
        yield sentence_from(case, text, *(f"sins.{level}" for level in consult))
    yield from _urgent(case)
    yield from _framework(case)


def _urgent(case: Case) -> Iterator[Sentence]:
    urgent = [flag for flag in red_flags_of(case) if flag.urgency is not Urgency.NOTICE]
    for flag in urgent[:1]:
        # The banner above says what to do and why; here stands only that it is urgent.
        title = flag.title.lower() if flag.title.isupper() else flag.title
        yield sentence_from(case, f"Urgent: {title}.", "red_flags")


def _framework(case: Case) -> Iterator[Sentence]:
    index = index_level_of(case)
    if index is not None:
        result = noms_of(case, index)
        if result.decision is not None or result.branches:
            yield sentence_from(case, result.sentence, f"noms.{index}")


def _comparison(case: Case) -> Iterator[Sentence]:
    prior = latest_prior(case)
    if prior is not None:
        yield sentence_from(case, summary_of(follow_up_of(case, prior)).text, f"prior.{prior.id}")


def proposed_findings(case: Case) -> tuple[Sentence, ...]:
    """Return the findings as the data would put them, one paragraph for each lesion."""
    sentences = [_lesion_sentence(case, lesion) for lesion in case.lesions]
    return tuple(sentences) or (Sentence(text="No lesion is marked."),)


def _lesion_sentence(case: Case, lesion: Lesion) -> Sentence:
    where = ", ".join(level.value for level in lesion.levels) or "outside the numbered levels"
    words = [f"Lesion {lesion.number}, {where}"]
    if not isinstance(lesion.matrix, Missing):
        words.append(_MATRIX_WORDS[lesion.matrix].lower())
    words.append(f"longest axis {lesion.long_axis_mm:.1f} mm (drawn circle)")
    text = ", ".join(words) + ". "
    if lesion.parts:
        text += parts_sentence(lesion) + ". "
    text += " ".join(_state_sentences(lesion))
    return sentence_from(case, text.strip(), f"lesion.{lesion.id}")


def _state_sentences(lesion: Lesion) -> Iterator[str]:
    if isinstance(lesion.posterior_wall, PosteriorWall):
        yield f"Posterior wall {lesion.posterior_wall.value}."
    if isinstance(lesion.endplates, Endplates):
        yield f"End-plates: {lesion.endplates.value.replace('_', ' ')}."
    if isinstance(lesion.fracture, Fracture):
        words = lesion.fracture.value
        yield "No fracture." if words == "none" else f"Fracture, {words} type."
    if not isinstance(lesion.body_involved_pct, Missing):
        yield f"{lesion.body_involved_pct:.10g} % of the body involved."
    if lesion.note:
        yield lesion.note
