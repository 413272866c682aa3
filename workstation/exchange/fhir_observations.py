"""Grades and lesions of a case as FHIR R4 Observations; what is not answered says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from workstation.domain.answers import Missing
from workstation.domain.case import Case
from workstation.domain.escc import EsccModality
from workstation.domain.grading import escc_of, noms_of, sins_of
from workstation.domain.lesion import Lesion
from workstation.domain.noms import SIGN_OFF
from workstation.domain.sins import ComponentPoints, SinsComponent, SinsResult
from workstation.domain.spine import VertebralLevel
from workstation.exchange import codes
from workstation.exchange.codes import Code, own
from workstation.exchange.fhir_parts import (
    Resource,
    absent,
    absent_answer,
    absent_inputs,
    concept,
    filled,
    identifier,
    quantity,
    reference,
    stable_id,
    text,
)

_IMAGING = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "imaging",
            "display": "Imaging",
        }
    ]
}
_SCORE = "{score}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every Observation of a report shares."""

    case: Case
    status: str
    patient: Resource
    studies: tuple[Resource, ...] = ()
    performers: tuple[Resource, ...] = ()
    effective: str = ""
    body_structures: dict[str, Resource] = field(default_factory=dict)
    """By lesion id."""

    def observation(
        self, key: str, code: Resource, level: VertebralLevel | None, **content: Any
    ) -> Resource:
        """Return an Observation with its id, subject, place and source."""
        own_id = stable_id("Observation", self.case.id, self.case.version, key)
        return filled(
            {
                "resourceType": "Observation",
                "id": own_id,
                "identifier": [identifier(own_id)],
                "status": self.status,
                "category": [_IMAGING],
                "code": code,
                "subject": reference(self.patient),
                "effectiveDateTime": self.effective,
                "performer": [reference(item) for item in self.performers],
                "bodySite": vertebra(level) if level else None,
                "derivedFrom": [reference(item) for item in self.studies],
                **content,
            }
        )


def vertebra(level: VertebralLevel) -> Resource:
    """Return the place of a vertebra."""
    return concept(*codes.vertebra_codes(level), text=level.value)


def observations(context: Context) -> Iterator[Resource]:
    """Yield the Observations of all lesions and all levels with findings."""
    for lesion in context.case.lesions:
        yield from _lesion(context, lesion)
    for level in context.case.levels_with_findings:
        yield from _sins(context, level)
        yield _escc(context, level)
        yield _noms(context, level)


def _notes(*lines: str) -> list[Resource]:
    return [{"text": line} for line in map(text, lines) if line]


def _sins(context: Context, level: VertebralLevel) -> Iterator[Resource]:
    result = sins_of(context.case, level)
    parts = [
        _sins_component(context, level, name, item) for name, item in result.components.items()
    ]
    yield from parts
    yield context.observation(
        f"{level}.sins",
        concept(codes.SINS_TOTAL),
        level,
        **_sins_total(result),
        note=_notes(result.refused or "", *(flag.text for flag in result.flags)),
        hasMember=[reference(part) for part in parts],
    )


def _sins_component(
    context: Context, level: VertebralLevel, name: SinsComponent, item: ComponentPoints
) -> Resource:
    content: Resource
    if isinstance(item.answer, Missing):
        asked = name is SinsComponent.PAIN
        content = {"dataAbsentReason": absent_answer(item.answer, asked=asked)}
    else:
        content = {
            "valueCodeableConcept": concept(codes.sins_value(name, item.answer)),
            "component": [
                {
                    "code": concept(codes.SINS_POINTS),
                    "valueQuantity": quantity(item.minimum, "points", _SCORE),
                }
            ],
        }
    source = context.case.assessment(level).sins.pain_source if name is SinsComponent.PAIN else ""
    return context.observation(
        f"{level}.sins.{name}",
        concept(codes.sins_element(name), text=f"SINS {name.replace('_', ' ')}"),
        level,
        **content,
        note=_notes(f"Stated by {source}" if source else ""),
    )


def _sins_total(result: SinsResult) -> Resource:
    """Return the total with its category, or why there is none and what is still possible."""
    if result.refused is not None or result.minimum is None or result.maximum is None:
        return {"dataAbsentReason": absent("not-applicable")}
    if result.total is not None:
        category = codes.sins_category(result.category) if result.category else None
        return filled(
            {
                "valueQuantity": quantity(result.total, "points", _SCORE),
                "interpretation": [concept(category)] if category else [],
            }
        )
    return {
        **_open_total(result),
        "component": [
            _points(codes.SINS_MINIMUM, result.minimum),
            _points(codes.SINS_MAXIMUM, result.maximum),
        ],
    }


def _open_total(result: SinsResult) -> Resource:
    """Return why there is no total, and the category where the whole range lies in one."""
    answers = (item.answer for item in result.components.values())
    certain = result.categories if len(result.categories) == 1 else ()
    return {
        "dataAbsentReason": absent_inputs(*answers, asked=False),
        "interpretation": [concept(codes.sins_category(item)) for item in certain] or None,
    }


def _points(code: Code, points: int) -> Resource:
    return {"code": concept(code), "valueQuantity": quantity(points, "points", _SCORE)}


def _escc(context: Context, level: VertebralLevel) -> Resource:
    result = escc_of(context.case, level)
    answers = context.case.assessment(level).escc
    content: Resource
    if result.grade is not None:
        content = {"valueCodeableConcept": concept(codes.escc_value(result.grade))}
    elif not result.applicable:
        content = {"dataAbsentReason": absent("not-applicable")}
    else:
        content = {"dataAbsentReason": absent_inputs(*answers.questions, asked=False)}
    parts = [_answer("ESCC_MODALITY", "Read on", answers.modality)]
    if not isinstance(answers.cause, Missing):
        parts.append(_answer("ESCC_CAUSE", "Cause of compression", answers.cause))
    if answers.positions:
        parts.append(_answers("ESCC_POSITION", "Position around the sac", answers.positions))
    if result.below_conus:
        parts.append(_answer("CAUDA_EQUINA", codes.CAUDA_EQUINA.meaning, answers.cauda_equina))
    screening = answers.modality is EsccModality.CT_SCREENING
    return context.observation(
        f"{level}.escc",
        concept(codes.ESCC, text="ESCC grade (Bilsky)"),
        level,
        **content,
        component=parts,
        method={"text": "Screening on CT"} if screening else None,
        note=_notes(
            result.descriptor,
            result.refused or "",
            *(flag.text for flag in result.flags),
            *result.notes,
        ),
    )


def _noms(context: Context, level: VertebralLevel) -> Resource:
    result = noms_of(context.case, level)
    axes = result.axes
    letters = (axes.neurologic, axes.oncologic, axes.mechanical, axes.systemic)
    content: Resource
    if result.decision is not None:
        content = {"valueCodeableConcept": concept(codes.noms_value(result.decision))}
    else:
        content = {"dataAbsentReason": absent_inputs(*letters, asked=True)}
    names = ("Neurologic", "Oncologic", "Mechanical", "Systemic")
    parts = [
        _answer(f"NOMS_{name[0]}", name, letter, asked=True)
        for name, letter in zip(names, letters, strict=True)
    ]
    parts += [
        {
            "code": concept(own("NOMS_BRANCH", "Suggestion if decided so"), text=f"If {branch}"),
            "valueCodeableConcept": concept(codes.noms_value(decision)),
        }
        for branch, decision in result.branches.items()
    ]
    return context.observation(
        f"{level}.noms",
        concept(codes.NOMS_DECISION),
        level,
        **content,
        component=parts,
        note=_notes(
            result.sentence, *(flag.text for flag in result.flags), *result.notes, SIGN_OFF
        ),
    )


def _answer(code: str, meaning: str, answer: Enum | Missing, *, asked: bool = False) -> Resource:
    """Return the component of one answer, coded under the private scheme."""
    part: Resource = {"code": concept(own(code, meaning))}
    if isinstance(answer, Missing):
        return {**part, "dataAbsentReason": absent_answer(answer, asked=asked)}
    return {**part, "valueCodeableConcept": concept(_option(code, answer))}


def _answers(code: str, meaning: str, answers: frozenset[Any]) -> Resource:
    """Return the component of an answer with several options."""
    options = [_option(code, answer) for answer in sorted(answers)]
    words = "; ".join(option.meaning for option in options)
    return {
        "code": concept(own(code, meaning)),
        "valueCodeableConcept": concept(*options, text=words),
    }


def _option(code: str, answer: Enum) -> Code:
    word = str(answer.value)
    if isinstance(answer, StrEnum):
        side = {"_R": ", right", "_L": ", left"}.get(word[-2:], "")
        base = word[:-2] if side else word
        return own(f"{code}_{word.upper()}", base.replace("_", " ") + side)
    return own(f"{code}_{word}", word)


def _lesion(context: Context, lesion: Lesion) -> Iterator[Resource]:
    structure = context.body_structures[lesion.id]
    focus = [reference(structure, f"Lesion {lesion.number}")]
    key = f"lesion.{lesion.id}"
    finding = context.observation(
        key,
        concept(codes.BONY_METASTASIS, text=f"Lesion {lesion.number}"),
        lesion.level,
        focus=focus,
        component=list(_findings(lesion)),
        note=_notes(lesion.note),
    )
    yield finding
    yield context.observation(
        f"{key}.long_axis",
        concept(codes.LONG_AXIS, text=f"Longest extent of lesion {lesion.number}"),
        lesion.level,
        focus=focus,
        valueQuantity=quantity(lesion.long_axis_mm, "mm", "mm"),
        method={"text": "Circle drawn by the reader around the lesion"},
    )
    share = lesion.body_involved_pct
    content: Resource = (
        {"dataAbsentReason": absent_answer(share, asked=False)}
        if isinstance(share, Missing)
        else {"valueQuantity": quantity(share, "%", "%")}
    )
    yield context.observation(
        f"{key}.body_involved",
        concept(codes.BODY_INVOLVED),
        lesion.level,
        focus=focus,
        method={"text": "Estimated by the reader"},
        **content,
    )


def _findings(lesion: Lesion) -> Iterator[Resource]:
    yield _answer("LESION_TYPE", "Type of the lesion", lesion.matrix)
    yield _answer("LESION_WALL", "Posterior wall", lesion.posterior_wall)
    yield _answer("LESION_ENDPLATES", "End-plates", lesion.endplates)
    yield _answer("LESION_FRACTURE", "Fracture", lesion.fracture)
    yield _answer("LESION_TREATED", "Treated before", lesion.treated, asked=True)
    if isinstance(lesion.soft_tissue, Missing):
        yield _answer("LESION_SOFT_TISSUE", "Soft-tissue extension", lesion.soft_tissue)
    elif lesion.soft_tissue:
        yield _answers("LESION_SOFT_TISSUE", "Soft-tissue extension", lesion.soft_tissue)
