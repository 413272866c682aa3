"""The surgeon sheet: levels, stability, canal and heights of one case on one page."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from workstation.domain.answers import Missing, YesNo
from workstation.domain.case import NomsLevelAnswers
from workstation.domain.escc_texts import POSITION_TITLES
from workstation.domain.mark_geometry import HeightLoss
from workstation.domain.measured import height_losses
from workstation.domain.sins import SinsComponent
from workstation.domain.spine import VertebralLevel, level_runs
from workstation.report.blocks import Banner, Header, Mark, Paper, Paragraph, SpineMap, Tone
from workstation.report.compose import coverage
from workstation.report.decision import banner, radiation_words
from workstation.report.format import missing_words, number_runs, percent, sentence_case
from workstation.report.header import ReportSettings, ReportStatus, header, report_number, status_of
from workstation.report.reading import Reading, sins_look
from workstation.report.spine_map import PICTURE, spine_map
from workstation.report.text import printable
from workstation.report.words import MATRIX_WORDS, finding_words, sins_category, sins_total

TITLE = "Spinal metastasis: surgeon sheet"
COLUMNS = (
    "Level",
    "Lesion",
    "SINS",
    "ESCC and canal",
    "Posterolateral",
    "Height loss",
    "Prior radiation",
)
NO_PLAN = "None entered."
MAP_WIDTH_MM = 34.0
MAP_HEIGHT_MM = {Paper.A4: 172.0, Paper.LETTER: 154.0}
BANNER_MM = 32.0
"""The map makes room for an urgent banner, mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One level in a line."""

    level: str
    lesion: str
    sins: str
    category: str
    tone: Tone
    mark: Mark
    canal: str
    posterolateral: str
    height: str
    radiation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDocument:
    """The sheet, ready to be placed on a page; ``timestamp`` is Unix seconds."""

    template: ClassVar[str] = "sheet.typ"

    language: str
    paper: Paper
    draft_word: str
    pdf_title: str
    pdf_author: str
    pdf_description: str
    pdf_keywords: tuple[str, ...]
    timestamp: int
    header: Header
    banner: Banner | None
    spine: SpineMap
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    lines: tuple[Paragraph, ...]
    figures: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, bytes], ...] = ()


def sheet_of(reading: Reading, settings: ReportSettings) -> SheetDocument:
    """Return the sheet of a case that has been read."""
    case = reading.case
    urgent = banner(reading)
    room = MAP_HEIGHT_MM[settings.paper] - (BANNER_MM if urgent else 0.0)
    figure, svg = spine_map(reading, room)
    head = header(reading, settings)
    draft = status_of(case) is ReportStatus.DRAFT
    document = SheetDocument(
        language="en",
        paper=settings.paper,
        draft_word=ReportStatus.DRAFT.value if draft else "",
        pdf_title=f"{TITLE}, {report_number(case)}",
        pdf_author=head.institution,
        pdf_description=f"{status_of(case)} version {case.version}",
        pdf_keywords=("spinal metastasis", "SINS", "ESCC", "surgeon sheet"),
        timestamp=int(settings.timestamp.timestamp()),
        header=dataclasses.replace(head, title=TITLE),
        banner=urgent,
        spine=dataclasses.replace(figure, width_mm=MAP_WIDTH_MM),
        columns=COLUMNS,
        rows=tuple(_rows(reading)),
        lines=tuple(_lines(reading)),
    )
    clean = printable(document, coverage())
    return dataclasses.replace(clean, figures=((PICTURE, svg),))


def _rows(reading: Reading) -> Iterator[SheetRow]:
    losses = height_losses(reading.case)
    for level in reading.levels:
        tone, mark = sins_look(reading.sins[level])
        yield SheetRow(
            level=f"{level} (index)" if level is reading.index else level.value,
            lesion=_lesions(reading, level),
            sins=sins_total(reading.sins[level]),
            category=sins_category(reading.sins[level]),
            tone=tone,
            mark=mark,
            canal=_canal(reading, level),
            posterolateral=_posterolateral(reading, level),
            height=_height(losses.get(level)),
            radiation=_radiation(reading.case.assessment(level).noms, level),
        )


def _lesions(reading: Reading, level: VertebralLevel) -> str:
    here = [lesion for lesion in reading.case.lesions if level in lesion.levels]
    kinds = dict.fromkeys(
        MATRIX_WORDS[lesion.matrix].rstrip(".").lower()
        for lesion in here
        if not isinstance(lesion.matrix, Missing)
    )
    treated = ", treated" if any(lesion.treated is YesNo.YES for lesion in here) else ""
    words = ", ".join(kinds) or "type not assessed"
    return f"{number_runs(x.number for x in here)}, {words}{treated}" if here else "none marked"


def _canal(reading: Reading, level: VertebralLevel) -> str:
    answers = reading.case.assessment(level).escc
    positions = [words for item, words in POSITION_TITLES.items() if item in answers.positions]
    where = "circumferential" if answers.circumferential else ", ".join(positions).lower()
    grade = reading.escc_words(level)
    return f"{grade}, {where}" if where else grade


def _posterolateral(reading: Reading, level: VertebralLevel) -> str:
    given = reading.case.assessment(level).sins
    component = SinsComponent.POSTEROLATERAL
    return finding_words(component, given.posterolateral, given)


def _height(loss: HeightLoss | None) -> str:
    return "not measured" if loss is None else f"{percent(loss.percent)}, {loss.method}"


def _radiation(answers: NomsLevelAnswers, level: VertebralLevel) -> str:
    return radiation_words(answers, level).partition(": ")[2]


def _lines(reading: Reading) -> Iterator[Paragraph]:
    case = reading.case
    if reading.index is not None:
        yield Paragraph(lead="Framework.", text=reading.noms[reading.index].sentence)
    yield Paragraph(lead="Levels with findings.", text=f"{level_runs(reading.levels) or 'None'}.")
    yield Paragraph(lead="Next levels without a finding.", text=_free_levels(reading))
    conus = case.conus
    words = missing_words(conus) if isinstance(conus, Missing) else f"at {conus}"
    yield Paragraph(lead="Conus.", text=f"{sentence_case(words)}.")
    yield Paragraph(lead="Planned levels.", text=NO_PLAN)
    yield Paragraph(lead="Limits.", text=case.text.limits or "Not provided.")


def _free_levels(reading: Reading) -> str:
    """Return the nearest numbered levels above and below the index level without a finding."""
    index = reading.index
    numbered = {level for spine in reading.case.spines if spine.confirmed for level in spine.levels}
    if index is None or index not in numbered:
        return "Not known: the index level is not numbered on the images."
    free = sorted(numbered - set(reading.levels), key=_order)
    place = bisect.bisect(free, index.order, key=_order)
    above = free[place - 1] if place else "none numbered"
    below = free[place] if place < len(free) else "none numbered"
    return f"Above {above}; below {below}."


def _order(level: VertebralLevel) -> int:
    return level.order
