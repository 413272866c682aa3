"""The case beside its newest prior, in print (clinical reference 9.2).

Numbers are printed where they compare; better, same and worse only where the reader said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workstation.domain.answers import Missing
from workstation.domain.follow_up import (
    VERDICT_WORDS,
    FollowUp,
    LesionChange,
    LevelChange,
    ValueChange,
    summary_of,
)
from workstation.domain.lesion import Lesion
from workstation.domain.prior import BY_HAND
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import ComparisonRow, ComparisonTable
from workstation.report.format import (
    MINUS,
    listed,
    millimeters,
    missing_words,
    moment,
    number,
    percent,
)
from workstation.report.reading import Reading

COLUMNS = ("No.", "Level", "Prior", "Now", "Change", "ESCC", "SINS", "Height loss", "Reader")
NOTE = (
    "ESCC and SINS are told then and now, never in percent. Sizes compare only within one "
    "modality, sequence and method. Bone lesions may look larger or more sclerotic while they "
    "respond; better, same and worse are the reader's words."
)


def comparison(reading: Reading) -> ComparisonTable | None:
    """Return the comparison table, or None without a prior."""
    follow_up = reading.follow_up
    if follow_up is None:
        return None
    return ComparisonTable(
        heading=f"Comparison with {_when(follow_up)}",
        columns=COLUMNS,
        rows=(*_lesion_rows(follow_up), *_level_rows(follow_up)),
        notes=tuple(_notes(reading, follow_up)),
    )


def _when(follow_up: FollowUp) -> str:
    day = moment(follow_up.prior.date)
    return day if follow_up.days is None else f"{day}, {follow_up.days} days before"


def _notes(reading: Reading, follow_up: FollowUp) -> Iterator[str]:
    yield summary_of(follow_up).text
    prior = follow_up.prior
    yield f"Prior: {prior.description or 'study without description'}."
    by = f" by {prior.entered_by}" if prior.source == BY_HAND and prior.entered_by else ""
    yield f"Source: {prior.source or 'not stated'}{by}."
    others = [moment(item.date) for item in reading.case.priors if item is not follow_up.prior]
    if others:
        yield f"Further priors, not compared here: {listed(others)}."
    yield NOTE


def _lesion_rows(follow_up: FollowUp) -> Iterator[ComparisonRow]:
    for item in follow_up.lesions:
        levels = [level for level in follow_up.levels if level.level in item.levels]
        yield _lesion_row(item, levels)


def _lesion_row(item: LesionChange, levels: list[LevelChange]) -> ComparisonRow:
    return ComparisonRow(
        number=str(item.now.number) if item.now else "prior",
        level=", ".join(item.levels) or "not numbered",
        before=_size(item.size.before) if item.before else "not marked",
        now=_size(item.size.now) if item.now else "not marked",
        change=change_words(item),
        escc=_told((level.level, level.escc_words) for level in levels),
        sins=_told((level.level, level.sins_words) for level in levels),
        height=_told((level.level, _height(level)) for level in levels),
        verdict=_verdict(item),
        notes=("Several lesions could be meant.",) if item.doubtful else (),
    )


def _level_rows(follow_up: FollowUp) -> Iterator[ComparisonRow]:
    """Return the graded levels at which no lesion is marked, then or now."""
    marked = {level for item in follow_up.lesions for level in item.levels}
    for item in follow_up.levels:
        if item.level not in marked:
            yield ComparisonRow(
                number="",
                level=item.level.value,
                before="no lesion",
                now="no lesion",
                change="",
                escc=item.escc_words,
                sins=item.sins_words,
                height=_height(item),
                verdict="",
            )


def _told(values: Iterable[tuple[VertebralLevel, str]]) -> str:
    """Return the words of one level alone, those of several each with its level."""
    told = [(level, words) for level, words in values if words]
    if len(told) == 1:
        return told[0][1]
    return "; ".join(f"{level}: {words}" for level, words in told)


def _size(value: float | Missing) -> str:
    return missing_words(value) if isinstance(value, Missing) else millimeters(value)


def _height(change: LevelChange) -> str:
    loss = change.height_loss
    words = [
        missing_words(value) if isinstance(value, Missing) else percent(value)
        for value in (loss.before, loss.now)
    ]
    if isinstance(loss.before, Missing) and isinstance(loss.now, Missing):
        return ""
    told = f"{words[0]} to {words[1]}"
    return f"{told} ({loss.reason})" if loss.reason else told


def _verdict(change: LesionChange) -> str:
    if isinstance(change.verdict, Missing):
        return "new" if change.before is None else "not decided"
    return VERDICT_WORDS[change.verdict]


def change_words(change: LesionChange) -> str:
    """Return what became of a lesion's size: "+4 mm (+25 %)", "new", why it does not compare."""
    if change.before is None:
        return "new"
    if change.now is None:
        return "not marked now"
    return value_change_words(change.size)


def value_change_words(value: ValueChange) -> str:
    """Return a change with its sign, percent where there is one, or the reason for none."""
    if value.reason:
        return f"not comparable: {value.reason}"
    if value.absolute is None:
        return "not comparable: not measured"
    if value.is_new:
        return "new"
    words = f"{_signed(value.absolute, 1)} {value.unit}"
    return words if value.percent is None else f"{words} ({_signed(value.percent, 0)} %)"


def _signed(value: float, decimals: int) -> str:
    words = number(abs(value), decimals)
    words = words.removesuffix(".0")
    if not any(digit in words for digit in "123456789"):
        return "\N{PLUS-MINUS SIGN}0"
    return f"{'+' if value > 0 else MINUS}{words}"


def size_change(reading: Reading, lesion: Lesion) -> str:
    """Return the change of one lesion's size for the lesion table; empty without a prior."""
    if reading.follow_up is None:
        return ""
    found = (item for item in reading.follow_up.lesions if item.now is lesion)
    words = next((change_words(item) for item in found), "")
    return words.partition(":")[0]
