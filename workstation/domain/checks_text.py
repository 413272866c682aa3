"""Checks of the words: sides and levels that are typed, stale sentences, missing sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workstation.domain.case import Case, Sentence
from workstation.domain.check import Check, Rule, Severity
from workstation.domain.follow_up import offset_of
from workstation.domain.lesion import Lesion, SoftTissue
from workstation.domain.sentences import own_sections
from workstation.domain.snippets import BLANK, has_blank
from workstation.domain.spine import VertebralLevel
from workstation.domain.stale import stale_sentences

SIDE_MARGIN_MM = 5.0
"""A mark nearer to the middle than this fits either side."""

_SIDE = re.compile(r"\b(left|right)\b(?![- ]?handed)", re.IGNORECASE)
_LEVEL = re.compile(r"\b([CTL]\d{1,2}|S[1-9])\b")
_SEQUENCES = ("T1", "T2")
"""Words that may name a level or an MR sequence; they are not judged."""

_WORDS = {"L": "left", "R": "right"}


def sides_of(case: Case, lesion: Lesion) -> set[str]:
    """Return the sides a lesion has by its parts, else by where it was marked: "L", "R"."""
    sides = {part.side for part in lesion.parts if part.side}
    if not isinstance(lesion.soft_tissue, str):
        sides |= {item.value[-1] for item in lesion.soft_tissue if item in _SIDED}
    if sides:
        return sides
    offset = offset_of(case, lesion)
    if offset is None or abs(offset[0]) < SIDE_MARGIN_MM:
        return set()
    return {"L" if offset[0] > 0 else "R"}


_SIDED = frozenset(item for item in SoftTissue if item.value[-2:] in ("_R", "_L"))


def sides_in_text(case: Case) -> Iterator[Check]:
    """Compare left and right in sentences and notes with the lesion they are about."""
    for lesion, text, field in _lesion_texts(case):
        said = {word.lower() for word in _SIDE.findall(text)}
        sides = sides_of(case, lesion)
        if len(said) == 1 and len(sides) == 1 and said != {_WORDS[side] for side in sides}:
            word, side = said.pop(), _WORDS[sides.pop()]
            yield Check(
                code="text-laterality",
                severity=Severity.CONTRADICTION,
                text=f'Lesion {lesion.number} is {side}, the text says "{word}"',
                detail="Sides are the patient's; they come from the coordinates of the mark.",
                field=field,
            )


def _lesion_texts(case: Case) -> Iterator[tuple[Lesion, str, str]]:
    """Return texts about exactly one lesion: notes, captions, sentences that came from it."""
    for lesion in case.lesions:
        yield lesion, lesion.note, f"lesion.{lesion.id}.note"
        for image in case.key_images:
            if image.lesion_number == lesion.number:
                yield lesion, image.caption, f"lesion.{lesion.id}"
    for section, sentences in own_sections(case):
        for position, sentence in enumerate(sentences):
            about = _lesions_of(case, sentence)
            if len(about) == 1:
                yield about[0], sentence.text, f"report.{section}.{position}"


def _lesions_of(case: Case, sentence: Sentence) -> list[Lesion]:
    levels = _source_levels(sentence)
    return [
        lesion
        for lesion in case.lesions
        if f"lesion.{lesion.id}" in sentence.sources or levels & set(lesion.levels)
    ]


def _source_levels(sentence: Sentence) -> set[str]:
    return {part for source in sentence.sources for part in source.split(".")[1:2]}


def levels_in_text(case: Case) -> Iterator[Check]:
    """Name levels that are typed but neither numbered on the images nor graded."""
    if not case.spines:
        return
    known = {level.value for spine in case.spines for level in spine.levels}
    known.update(level.value for level in case.levels_with_findings)
    for text, field in _own_texts(case):
        for name in dict.fromkeys(_LEVEL.findall(text)):
            if name not in known and name not in _SEQUENCES:
                yield Check(
                    code="text-level",
                    severity=Severity.CONTRADICTION,
                    text=f"{name} is named in the text but not numbered on the images",
                    detail="Number it, or correct the text.",
                    field=field,
                )


def _own_texts(case: Case) -> Iterator[tuple[str, str]]:
    for lesion in case.lesions:
        yield lesion.note, f"lesion.{lesion.id}.note"
    for section, sentences in own_sections(case):
        for position, sentence in enumerate(sentences):
            yield sentence.text, f"report.{section}.{position}"


def sentences_fresh(case: Case) -> Iterator[Check]:
    """Name sentences whose values have changed; they are updated or kept by hand (R-01)."""
    for item in stale_sentences(case):
        yield Check(
            code="stale-sentence",
            severity=Severity.BLOCKING,
            text=f"Stale sentence {item.position + 1} of the {item.section}",
            detail="; ".join(item.changes),
            field=f"report.{item.section}.{item.position}",
        )


def sentences_have_sources(case: Case) -> Iterator[Check]:
    """Name sentences that were typed by hand, so that none goes out unnoticed."""
    for section, sentences in own_sections(case):
        for position, sentence in enumerate(sentences):
            if not sentence.sources:
                yield Check(
                    code="typed-sentence",
                    severity=Severity.NOTE,
                    text=f"Sentence {position + 1} of the {section} is typed, no source",
                    field=f"report.{section}.{position}",
                )


def blanks_filled(case: Case) -> Iterator[Check]:
    """Name texts that still hold the blank of a snippet; it would be printed."""
    prose = ("indication", "technique", "limits")
    texts = [*_own_texts(case), *((getattr(case.text, name), f"report.{name}") for name in prose)]
    for text, field in texts:
        if has_blank(text):
            yield Check(
                code="blank-left",
                severity=Severity.BLOCKING,
                text="A blank is not filled in",
                detail=f"Fill in {BLANK} or take it out.",
                field=field,
            )


def impression_is_whole(case: Case) -> Iterator[Check]:
    """Name levels with a lesion that the reader's own impression does not mention."""
    own = case.text.impression
    if own is None:
        return
    told = _told_levels(own)
    for level in sorted({x for item in case.lesions for x in item.levels}, key=_order):
        if level.value not in told:
            yield Check(
                code="level-not-in-impression",
                severity=Severity.OPEN,
                text=f"{level} carries a lesion that the impression does not mention",
                field="report.impression",
            )


def _order(level: VertebralLevel) -> int:
    return level.order


def _told_levels(sentences: Iterable[Sentence]) -> set[str]:
    told: set[str] = set()
    for sentence in sentences:
        told |= set(_LEVEL.findall(sentence.text)) | _source_levels(sentence)
    return told


TEXT_RULES: tuple[Rule, ...] = (
    sides_in_text,
    levels_in_text,
    sentences_fresh,
    blanks_filled,
    impression_is_whole,
    sentences_have_sources,
)
"""In the order in which remarks of one severity are listed."""
