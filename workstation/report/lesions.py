"""The lesion table and the further text that does not fit into it."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.answers import Missing, YesNo
from workstation.domain.lesion import Lesion, SoftTissue, parts_sentence
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import LesionRow, LesionTable, Mark, Paragraph, TextSection, Tone
from workstation.report.comparison import size_change
from workstation.report.format import listed, millimeters, missing_words, percent
from workstation.report.images import NO_IMAGE, file_of
from workstation.report.reading import Reading, sins_look
from workstation.report.words import (
    ENDPLATE_WORDS,
    FRACTURE_WORDS,
    MATRIX_WORDS,
    POSTERIOR_WALL_WORDS,
    SOFT_TISSUE_WORDS,
    answer_words,
    sins_category,
    sins_total,
)

COLUMNS = ("No.", "Level", "Image", "Type and findings", "Long axis", "Body", "ESCC", "SINS")
LONGEST_NOTE = 400
"""A longer note moves to the further text, with a pointer in the table."""
SIZE_NOTE = (
    "Long axis: largest extent of the circle a reader drew, at the scale of the images. Body: "
    "share of the vertebral body involved, as estimated by the reader."
)


def lesion_table(reading: Reading) -> LesionTable:
    """Return every lesion, in order of number."""
    rows = tuple(_row(reading, lesion) for lesion in reading.case.lesions)
    return LesionTable(
        heading="Lesions",
        columns=COLUMNS,
        rows=rows,
        empty="" if rows else "No lesion is marked.",
        notes=tuple(_notes(reading)) if rows else (),
    )


def _notes(reading: Reading) -> Iterator[str]:
    yield SIZE_NOTE
    if not reading.case.key_images:
        yield NO_IMAGE


def _row(reading: Reading, lesion: Lesion) -> LesionRow:
    worst = _worst_level(reading, lesion)
    tone, mark = sins_look(reading.sins[worst]) if worst else (Tone.NEUTRAL, Mark.NONE)
    involved = lesion.body_involved_pct
    file, alt, letter = _picture(reading, lesion)
    return LesionRow(
        number=str(lesion.number),
        level=", ".join(level.value for level in lesion.levels) or "not numbered",
        kind=_kind(lesion),
        findings=" ".join(_findings(lesion)),
        size=millimeters(lesion.long_axis_mm),
        size_note="drawn circle",
        involved=missing_words(involved) if isinstance(involved, Missing) else percent(involved),
        escc=reading.escc_words(worst) if worst else "not assessed",
        sins=sins_total(reading.sins[worst]) if worst else "not assessed",
        category=sins_category(reading.sins[worst]) if worst else "",
        tone=tone,
        mark=mark,
        image=file,
        image_alt=alt,
        image_letter=letter,
        change=size_change(reading, lesion),
    )


def _worst_level(reading: Reading, lesion: Lesion) -> VertebralLevel | None:
    """Return the level of the lesion with the highest SINS, the most cranial of equals."""
    levels = sorted(lesion.levels, key=lambda level: level.order)
    return max(levels, key=lambda level: reading.sins[level].maximum or 0, default=None)


def _picture(reading: Reading, lesion: Lesion) -> tuple[str, str, str]:
    for position, image in enumerate(reading.case.key_images):
        picture = reading.pictures.get(image.id)
        if image.lesion_number == lesion.number and picture is not None and picture.png:
            letter = reading.letter(image.id)
            return file_of(position), f"Small view of key image {letter}", letter
    return "", "", ""


def _kind(lesion: Lesion) -> str:
    if isinstance(lesion.matrix, Missing):
        return f"Type {missing_words(lesion.matrix)}."
    return MATRIX_WORDS[lesion.matrix]


def _findings(lesion: Lesion) -> Iterator[str]:
    yield f"{parts_sentence(lesion)}."
    yield from (f"{words}." for words in _states(lesion))
    if lesion.treated is YesNo.YES:
        yield "Treated lesion."
    open_items = _open_items(lesion)
    for words, items in open_items.items():
        yield f"{words.capitalize()}: {listed(items)}."
    if len(lesion.note) > LONGEST_NOTE:
        yield f"Note: see additional text, lesion {lesion.number}."
    elif lesion.note:
        yield lesion.note


def _states(lesion: Lesion) -> Iterator[str]:
    if not isinstance(lesion.posterior_wall, Missing):
        yield POSTERIOR_WALL_WORDS[lesion.posterior_wall]
    if not isinstance(lesion.endplates, Missing):
        yield ENDPLATE_WORDS[lesion.endplates]
    if not isinstance(lesion.fracture, Missing):
        yield FRACTURE_WORDS[lesion.fracture]
    if not isinstance(lesion.soft_tissue, Missing):
        words = [SOFT_TISSUE_WORDS[item] for item in SoftTissue if item in lesion.soft_tissue]
        yield f"Soft tissue: {listed(words) or answer_words(SoftTissue.NONE)}"


def _open_items(lesion: Lesion) -> dict[str, list[str]]:
    answers = {
        "posterior wall": lesion.posterior_wall,
        "end-plates": lesion.endplates,
        "fracture": lesion.fracture,
        "soft tissue": lesion.soft_tissue,
        "prior treatment": lesion.treated,
    }
    found: dict[str, list[str]] = {}
    for name, answer in answers.items():
        if isinstance(answer, Missing):
            found.setdefault(missing_words(answer), []).append(name)
    return found


def additional_text(reading: Reading) -> TextSection | None:
    """Return the notes that are too long for the table, or None where there are none."""
    long_notes = tuple(
        Paragraph(lead=f"Lesion {lesion.number}.", text=lesion.note)
        for lesion in reading.case.lesions
        if len(lesion.note) > LONGEST_NOTE
    )
    if not long_notes:
        return None
    return TextSection(heading="Additional text", paragraphs=long_notes)
