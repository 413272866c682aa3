"""Results of the grading scales as plain dictionaries, with the key names of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workstation.domain.escc import EsccResult
from workstation.domain.flags import Flag
from workstation.domain.noms import NomsResult
from workstation.domain.sins import SinsResult
from workstation.domain.spine import VertebralLevel
from workstation.domain.survival import SurvivalResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a document is answered with.

    Parameters
    ----------
    document : dict
        The result, ready for JSON.
    refused : tuple of str
        What could not be graded, each with its reason.
    partly : bool
        Whether something else in the document could be graded.
    """

    document: dict[str, object]
    refused: tuple[str, ...] = ()
    partly: bool = False


def _codes(flags: Iterable[Flag]) -> list[str]:
    return [flag.code for flag in flags]


def _texts(flags: Iterable[Flag]) -> list[str]:
    return [flag.text for flag in flags]


def sins_result_document(result: SinsResult) -> dict[str, object]:
    """Return one level's SINS."""
    components = {
        name.value: {
            "answer": item.answer.value,
            "points": item.points,
            "min": item.minimum,
            "max": item.maximum,
        }
        for name, item in result.components.items()
    }
    return {
        "level": result.level.value,
        "total": result.total,
        "min": result.minimum,
        "max": result.maximum,
        "category": result.category.value if result.category else None,
        "categories": [category.value for category in result.categories],
        "consult": result.consult,
        "missing": [component.value for component in result.missing],
        "components": components,
        "flags": _codes(result.flags),
        "notes": _texts(result.flags),
        "refused": result.refused,
        "rule_set": result.rule_set,
        "sources": list(result.sources),
    }


def sins_levels_document(
    results: Mapping[VertebralLevel, SinsResult],
    *,
    index: VertebralLevel | None,
    flags: Iterable[Flag],
) -> dict[str, object]:
    """Return the SINS of several levels, never added, with the index level (S-22)."""
    shared = tuple(flags)
    return {
        "levels": {level.value: sins_result_document(item) for level, item in results.items()},
        "index_level": index.value if index else None,
        "flags": _codes(shared),
        "notes": _texts(shared),
    }


def escc_result_document(result: EsccResult) -> dict[str, object]:
    """Return one level's ESCC grade or possible set."""
    return {
        "grade": result.grade.value if result.grade else None,
        "possible": [grade.value for grade in result.possible],
        "high_grade": result.high_grade,
        "convention": result.convention.value,
        "applicable": result.applicable,
        "below_conus": result.below_conus,
        "flags": _codes(result.flags),
        "notes": [*_texts(result.flags), *result.notes],
        "refused": result.refused,
        "rule_set": result.rule_set,
        "sources": list(result.sources),
    }


def noms_result_document(result: NomsResult) -> dict[str, object]:
    """Return what NOMS says for one level."""
    axes = result.axes
    letters = (axes.neurologic, axes.oncologic, axes.mechanical, axes.systemic)
    return {
        "decision": result.decision.value if result.decision else None,
        "row": result.row,
        "published": result.published,
        "branches": {key: decision.value for key, decision in result.branches.items()},
        "axes": {name: value.value for name, value in zip("NOMS", letters, strict=True)},
        "flags": _codes(result.flags),
        "notes": list(result.notes),
        "missing": list(result.missing),
        "sentence": result.sentence,
        "rule_set": result.rule_set,
        "sources": list(result.sources),
    }


def survival_result_document(result: SurvivalResult) -> dict[str, object]:
    """Return one survival score."""
    return {
        "score": result.name,
        "total": result.total,
        "min": result.minimum,
        "max": result.maximum,
        "status": result.status,
        "items": dict(result.items),
        "bands": list(result.bands),
        "missing": list(result.missing),
        "notes": list(result.notes),
        "rule_set": result.rule_set,
        "sources": list(result.sources),
    }
