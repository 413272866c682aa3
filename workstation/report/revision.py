"""What changed since the signed version that a report replaces, value by value."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from workstation.domain.answers import Missing
from workstation.domain.case import Case
from workstation.domain.grading import escc_of, noms_of, sins_of, sins_words
from workstation.domain.lesion import parts_sentence
from workstation.domain.sins import SinsComponent
from workstation.report.blocks import Paragraph, TextSection
from workstation.report.format import (
    NOT_ASSESSED_WORDS,
    listed,
    millimeters,
    missing_words,
    moment,
    percent,
)
from workstation.report.reading import Reading, image_letter, read_case
from workstation.report.words import COMPONENT_NAMES, escc_grade, finding_words

_OPEN = NOT_ASSESSED_WORDS
OTHER = "Details that are not printed changed; each version keeps its own record."
NOTHING = "No value changed."


def revision_sections(reading: Reading) -> tuple[TextSection, ...]:
    """Return the section that lists what changed; nothing without the replaced version."""
    previous = reading.previous
    if previous is None:
        return ()
    lines = changes_between(previous, reading.case)
    same = dataclasses.replace(previous, version=reading.case.version)
    rest = NOTHING if _content(same) == _content(reading.case) else OTHER
    return (
        TextSection(
            heading=f"Changed since version {previous.version}",
            paragraphs=lines or (Paragraph(text=rest),),
        ),
    )


def _content(case: Case) -> Case:
    """Return the case without what every new version changes."""
    return dataclasses.replace(
        case, status=Case(id="", created_at="").status, signature=None, amends="", version=1
    )


def changes_between(old: Case, new: Case) -> tuple[Paragraph, ...]:
    """Return every printed value that differs, as "was ..., now ..."."""
    before, after = dict(_facts(old)), dict(_facts(new))
    names = dict.fromkeys([*before, *after])
    values = (
        Paragraph(lead=f"{name}.", text=_change(name, before, after))
        for name in names
        if before.get(name, _OPEN) != after.get(name, _OPEN)
    )
    return (*values, *_sentence_changes(old, new))


def _sentence_changes(old: Case, new: Case) -> Iterator[Paragraph]:
    """Return sentences that went and came; one that only changed its place did not change."""
    before, after = read_case(old, {}), read_case(new, {})
    for name, was, now in (
        ("Impression", before.impression, after.impression),
        ("Findings", before.findings, after.findings),
    ):
        gone = [item.text for item in was if item.text not in {other.text for other in now}]
        come = [item.text for item in now if item.text not in {other.text for other in was}]
        if gone:
            yield Paragraph(lead=f"{name}, removed.", text=" ".join(gone))
        if come:
            yield Paragraph(lead=f"{name}, added.", text=" ".join(come))


def _change(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if name not in before:
        return f"Added: {after[name]}"
    if name not in after:
        return f"Removed; was: {before[name]}"
    return f"Was: {before[name]}. Now: {after[name]}".replace("..", ".")


def _facts(case: Case) -> Iterator[tuple[str, str]]:
    yield from _level_facts(case)
    yield from _lesion_facts(case)
    yield from _patient_facts(case)
    yield from _text_facts(case)


def _level_facts(case: Case) -> Iterator[tuple[str, str]]:
    for level in case.levels_with_findings:
        given = case.assessment(level)
        result = sins_of(case, level)
        yield f"SINS {level}", sins_words(result)
        for component in SinsComponent:
            scored = result.components.get(component)
            if scored is not None:
                words = finding_words(component, scored.answer, given.sins)
                yield f"SINS {level}, {COMPONENT_NAMES[component].lower()}", words
        yield f"ESCC {level}", escc_grade(escc_of(case, level), given.escc)
        yield f"NOMS {level}", noms_of(case, level).sentence
        yield from _answers(f"NOMS {level}", given.noms)


def _lesion_facts(case: Case) -> Iterator[tuple[str, str]]:
    for lesion in case.lesions:
        name = f"Lesion {lesion.number}"
        involved = lesion.body_involved_pct
        yield f"{name}, level", ", ".join(lesion.levels) or "not numbered"
        yield f"{name}, long axis", millimeters(lesion.long_axis_mm)
        yield f"{name}, parts", parts_sentence(lesion)
        yield (
            f"{name}, body",
            missing_words(involved) if isinstance(involved, Missing) else percent(involved),
        )
        for field in ("matrix", "posterior_wall", "endplates", "fracture", "soft_tissue"):
            yield f"{name}, {field.replace('_', ' ')}", _words(getattr(lesion, field))
        yield f"{name}, treated", _words(lesion.treated)
        yield f"{name}, note", lesion.note or "none"


def _patient_facts(case: Case) -> Iterator[tuple[str, str]]:
    yield "Conus", _words(case.conus)
    for name, facts in (
        ("Neurologic", case.neurologic),
        ("Oncologic", case.oncology),
        ("Systemic", case.systemic),
    ):
        yield from _answers(name, facts)
    if case.communication is not None:
        yield from _answers("Communication", case.communication)


def _answers(name: str, facts: object) -> Iterator[tuple[str, str]]:
    if not dataclasses.is_dataclass(facts):
        return
    for field in dataclasses.fields(facts):
        value = getattr(facts, field.name)
        if dataclasses.is_dataclass(value):
            yield from _answers(f"{name}, {field.name.replace('_', ' ')}", value)
        elif value is not None and value != "":
            yield f"{name}, {field.name.replace('_', ' ')}", _words(value)


def _words(value: object) -> str:
    if isinstance(value, Missing):
        return missing_words(value)
    if isinstance(value, frozenset):
        return listed(sorted(_words(item) for item in value)) or "none"
    return moment(str(value)).replace("_", " ")


def _text_facts(case: Case) -> Iterator[tuple[str, str]]:
    for name in ("indication", "technique", "limits"):
        yield name.capitalize(), getattr(case.text, name) or "not provided"
    for place, image in enumerate(case.key_images):
        letter = image_letter(place)
        yield f"Key image {letter}", f"{image.plane}, {image.caption or 'no caption'}"
