"""Sentences proposed for the report, each made from named values.

They are proposals: the reader edits or replaces them. The order is that of the clinical reference,
section 11: cord, stability, extent, recommendation.
"""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.answers import Missing
from workstation.domain.case import Case, Sentence
from workstation.domain.escc import EsccGrade
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
from workstation.domain.spine import VertebralLevel

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


def proposed_impression(case: Case) -> tuple[Sentence, ...]:
    """Return the impression as the data would put it, most urgent level first."""
    levels = sorted(case.levels_with_findings, key=lambda level: _urgency(case, level))
    sentences = [_level_sentence(case, level) for level in levels]
    sentences.extend(_recommendations(case))
    if not sentences:
        return (Sentence(text="No spinal metastasis is marked on the images read."),)
    return tuple(sentences)


def _urgency(case: Case, level: VertebralLevel) -> tuple[int, int, int]:
    """Return a sort key: higher compression, then higher instability, then more cranial first."""
    grade = escc_of(case, level).grade
    compression = list(EsccGrade).index(grade) if grade else -1
    highest = sins_of(case, level).maximum
    return (-compression, -(highest if highest is not None else -1), level.order)


def _level_sentence(case: Case, level: VertebralLevel) -> Sentence:
    lesions = [lesion for lesion in case.lesions if level in lesion.levels]
    kind = _kind_words(lesions)
    parts = [f"{kind} at {level}" if lesions else f"{level}"]
    grade = escc_of(case, level).grade
    if grade is not None:
        parts.append(f"{_COMPRESSION_WORDS[grade]} (ESCC {grade})")
    result = sins_of(case, level)
    if result.refused is None and len(result.missing) < len(result.components):
        parts.append(f"SINS {sins_words(result)}")
    return Sentence(text="; ".join(parts) + ".", sources=(f"escc.{level}", f"sins.{level}"))


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
        where = ", ".join(level.value for level in consult)
        yield Sentence(
            text=f"Surgical consultation recommended (SINS reaches 7 or more at {where}).",
            sources=tuple(f"sins.{level}" for level in consult),
        )
    for flag in red_flags_of(case)[:1]:
        yield Sentence(text=f"{flag.title}: {flag.text}", sources=("red_flags",))
    index = index_level_of(case)
    if index is not None:
        result = noms_of(case, index)
        if result.decision is not None or result.branches:
            yield Sentence(text=result.sentence, sources=(f"noms.{index}",))


def proposed_findings(case: Case) -> tuple[Sentence, ...]:
    """Return the findings as the data would put them, one paragraph for each lesion."""
    sentences = [_lesion_sentence(lesion) for lesion in case.lesions]
    return tuple(sentences) or (Sentence(text="No lesion is marked."),)


def _lesion_sentence(lesion: Lesion) -> Sentence:
    where = ", ".join(level.value for level in lesion.levels) or "outside the numbered levels"
    words = [f"Lesion {lesion.number}, {where}"]
    if not isinstance(lesion.matrix, Missing):
        words.append(_MATRIX_WORDS[lesion.matrix].lower())
    words.append(f"longest axis {lesion.long_axis_mm:.1f} mm (drawn circle)")
    text = ", ".join(words) + ". "
    if lesion.parts:
        text += parts_sentence(lesion) + ". "
    text += " ".join(_state_sentences(lesion))
    return Sentence(text=text.strip(), sources=(f"lesion.{lesion.id}",))


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
