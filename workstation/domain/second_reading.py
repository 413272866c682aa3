"""The blinded second reading: kept beside the first, compared with it once it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import Missing
from workstation.domain.case import Case, LevelAssessment, SecondReading
from workstation.domain.escc import EsccGrade
from workstation.domain.grading import escc_of, sins_of
from workstation.domain.sins import POINTS, SinsCategory, SinsComponent
from workstation.domain.spine import VertebralLevel

TOTAL = "sins.total"
CATEGORY = "sins.category"
ESCC = "escc.grade"


def second_reading_of(case: Case, reader: str) -> SecondReading | None:
    """Return the second reading of ``reader``; names differ neither by case nor by spaces."""
    return next((item for item in case.second_readings if _same(item.reader, reader)), None)


def is_blinded(case: Case, reader: str) -> bool:
    """Whether the first answers are hidden from ``reader``: until his own reading is closed."""
    own = second_reading_of(case, reader)
    return own is not None and not own.closed_at


def with_second_assessment(case: Case, reader: str, assessment: LevelAssessment) -> Case:
    """Return the case with one level answered by a second reader.

    Raises
    ------
    CommandRefusedError
        When the reader is not named, is the first reader, or has closed his reading.
    """
    if not reader.strip():
        raise CommandRefusedError("A second reading needs the name of its reader.")
    if _same(reader, case.reader):
        raise CommandRefusedError(
            "The second reading is done by somebody else than the first.", code="same-reader"
        )
    reading = second_reading_of(case, reader) or SecondReading(reader=reader.strip())
    _refuse_closed(reading)
    rest = (item for item in reading.assessments if item.level is not assessment.level)
    ordered = sorted((*rest, assessment), key=lambda item: item.level.order)
    return _with(case, replace(reading, assessments=tuple(ordered)))


def with_closed_reading(case: Case, reader: str, at: str) -> Case:
    """Return the case with the second reading of ``reader`` closed at ``at``.

    Raises
    ------
    CommandRefusedError
        When there is no such reading, it is closed already, or the time is missing.
    """
    reading = second_reading_of(case, reader)
    if reading is None:
        raise CommandRefusedError("There is no second reading of this reader.", code="no-reading")
    _refuse_closed(reading)
    if not at:
        raise CommandRefusedError("Closing a second reading needs its time.")
    return _with(case, replace(reading, closed_at=at))


def _refuse_closed(reading: SecondReading) -> None:
    if reading.closed_at:
        raise CommandRefusedError(
            "This second reading is closed and does not change.", code="reading-closed"
        )


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _with(case: Case, reading: SecondReading) -> Case:
    rest = (item for item in case.second_readings if not _same(item.reader, reading.reader))
    return replace(case, second_readings=(*rest, reading))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedAnswer:
    """One item of one vertebra as two readers answered it; None where one of them did not."""

    case_id: str
    level: VertebralLevel
    item: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedItem:
    """All pairs of one item with its scale, the least severe category first.

    ``incomplete`` counts the vertebrae that only one of the two readers answered.
    """

    item: str
    categories: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    incomplete: int


SCALES: dict[str, tuple[str, ...]] = {
    **{
        f"sins.{component.value}": tuple(
            str(answer.value) for answer in sorted(table, key=lambda answer: table[answer])
        )
        for component, table in POINTS.items()
        if component is not SinsComponent.LOCATION
    },
    TOTAL: tuple(str(points) for points in range(19)),
    CATEGORY: tuple(category.value for category in SinsCategory),
    ESCC: tuple(grade.value for grade in EsccGrade),
}
"""Items that are compared, in order of severity. The location follows from the level, so that
agreeing on it says nothing."""


def compared(case: Case, reading: SecondReading) -> Iterator[PairedAnswer]:
    """Yield every item of every level that either reader graded, from the head."""
    other = replace(case, assessments=reading.assessments)
    levels = {item.level for item in (*case.assessments, *reading.assessments)}
    for level in sorted(levels, key=lambda level: level.order):
        first, second = _answers(case, level), _answers(other, level)
        for item in SCALES:
            if first[item] is not None or second[item] is not None:
                yield PairedAnswer(
                    case_id=case.id,
                    level=level,
                    item=item,
                    first=first[item],
                    second=second[item],
                )


def _answers(case: Case, level: VertebralLevel) -> dict[str, str | None]:
    sins = sins_of(case, level)
    escc = escc_of(case, level)
    found: dict[str, str | None] = {
        f"sins.{name.value}": None if isinstance(item.answer, Missing) else str(item.answer.value)
        for name, item in sins.components.items()
    }
    found[TOTAL] = None if sins.total is None else str(sins.total)
    found[CATEGORY] = None if sins.category is None else sins.category.value
    found[ESCC] = None if escc.grade is None else escc.grade.value
    return found


def paired_items(cases: Iterable[Case]) -> tuple[PairedItem, ...]:
    """Return the pairs of every item over all closed second readings of ``cases``."""
    answers = [
        answer
        for case in cases
        for reading in case.second_readings
        if reading.closed_at
        for answer in compared(case, reading)
    ]
    return tuple(_item(name, [a for a in answers if a.item == name]) for name in SCALES)


def _item(name: str, answers: list[PairedAnswer]) -> PairedItem:
    pairs = tuple(
        (answer.first, answer.second)
        for answer in answers
        if answer.first is not None and answer.second is not None
    )
    return PairedItem(
        item=name, categories=SCALES[name], pairs=pairs, incomplete=len(answers) - len(pairs)
    )
