"""Where things stand: nothing outside the page, nothing lost, no number torn from its unit."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.report.conftest import CASES, MadeReport, squeezed
from tests.report.report_cases import full_case, key_image, lesion
from tests.report.test_hostile import HOSTILE, hostile_case
from workstation.domain.case import Case, ReportText, Sentence
from workstation.report.blocks import document_data

XHTML = "{http://www.w3.org/1999/xhtml}"
Report = Callable[[str], MadeReport]


@dataclass(frozen=True)
class Box:
    """One word of a page, in points from its top left."""

    page: int
    words: str
    left: float
    top: float
    right: float
    bottom: float


def pages(path: Path) -> Iterator[tuple[int, ElementTree.Element]]:
    done = subprocess.run(
        ["pdftotext", "-bbox-layout", str(path), "-"], capture_output=True, check=True, timeout=60
    )
    clean = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", done.stdout)
    root = ElementTree.fromstring(clean)
    yield from enumerate(root.iter(f"{XHTML}page"), start=1)


def boxes(path: Path) -> Iterator[tuple[Box, float, float]]:
    for number, page in pages(path):
        width, height = float(page.get("width", 0)), float(page.get("height", 0))
        for word in page.iter(f"{XHTML}word"):
            yield (
                Box(
                    page=number,
                    words=word.text or "",
                    left=float(word.get("xMin", 0)),
                    top=float(word.get("yMin", 0)),
                    right=float(word.get("xMax", 0)),
                    bottom=float(word.get("yMax", 0)),
                ),
                width,
                height,
            )


def lines(path: Path) -> Iterator[list[str]]:
    for _, page in pages(path):
        for line in page.iter(f"{XHTML}line"):
            yield [word.text or "" for word in line.iter(f"{XHTML}word")]


@pytest.mark.parametrize("name", list(CASES))
def test_no_word_leaves_the_page(report_of: Report, name: str) -> None:
    outside = [
        box
        for box, width, height in boxes(report_of(name).path)
        # The diagonal word across a draft is wider than its letters' boxes.
        if box.words != "DRAFT"
        and (box.left < 30 or box.top < 20 or box.right > width - 30 or box.bottom > height - 10)
    ]
    assert outside == []


@pytest.mark.parametrize("name", ["long-word", "right-to-left", "ten-thousand", "line-ends"])
def test_hostile_words_stay_on_the_page(made: Callable[[Case], MadeReport], name: str) -> None:
    report = made(hostile_case(HOSTILE[name]))
    for box, width, height in boxes(report.path):
        if box.words != "DRAFT":
            assert box.left > 20, box
            assert box.right < width - 20, box
            assert 10 < box.top < box.bottom < height - 5, box


LONG = "Αναφορά μεγάλου κειμένου with values 12 mm, 58 %, 27 Gy and dates 2026-03-14 17:05 here. "


def long_case(text: str) -> Case:
    """Return a case with long names and notes everywhere."""
    case = full_case()
    return replace(
        case,
        patient=replace(
            case.patient,
            name="Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh^Maximiliana Konstantina "
            "Theodora Aleksandra",
            id="VERY-LONG-IDENTIFIER-0123456789-0123456789-0123456789",
        ),
        lesions=(
            lesion(1, "T8", note=LONG * 4),
            lesion(2, "L2", note=LONG * 30),
            *case.lesions[2:],
        ),
        text=ReportText(
            impression=tuple(Sentence(text=LONG * n) for n in (1, 2, 3, 6)),
            findings=tuple(Sentence(text=LONG * 3) for _ in range(12)),
            indication=LONG * 5,
            technique=LONG * 5,
            limits=LONG * 5,
        ),
        key_images=tuple(key_image(n, lesion_number=1, caption=LONG * 2) for n in range(1, 8)),
        institution="Institution " * 14,
        reader="Reader " * 14,
        illustration="Illustration with invented grades, not a diagnosis. " * 3,
    )


@pytest.fixture(scope="module")
def long_report(made: Callable[[Case], MadeReport]) -> MadeReport:
    return made(long_case(LONG))


def test_long_texts_flow_on_and_stay_inside(long_report: MadeReport) -> None:
    for box, width, height in boxes(long_report.path):
        if box.words != "DRAFT":
            assert box.left > 30, box
            assert box.right < width - 30, box
            assert 20 < box.top < box.bottom < height - 10, box


def test_no_number_is_torn_from_its_unit_or_its_time(long_report: MadeReport) -> None:
    torn = [
        words
        for words in lines(long_report.path)
        if len(words) > 2
        and (words[-1] in ("12", "58", "27", "2026-03-14") or words[0] in ("mm,", "%,", "17:05"))
    ]
    assert torn == []


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PRINTED:
                yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


# Codes and descriptions for machines; and columns that only a table with pictures shows.
_NOT_PRINTED = {
    *("tone", "mark", "alt", "image_alt", "picture", "file", "image", "paper", "language"),
    *(
        "target",
        "image_letter",
        "pdf_title",
        "pdf_author",
        "pdf_description",
        "pdf_keywords",
        "columns",
    ),
}


@pytest.mark.parametrize("name", ["draft", "final", "no-lesion", "twelve-lesions", "empty"])
def test_every_word_of_the_document_is_on_the_pages(report_of: Report, name: str) -> None:
    report = report_of(name)
    printed = report.logical.casefold()
    # Capitals are set by the template for labels and headings; the case of letters is no loss.
    missing = [
        words
        for words in strings(document_data(report.files.document))
        if squeezed(words).casefold() not in printed
    ]
    assert missing == []


def test_no_word_of_a_long_text_is_lost(long_report: MadeReport) -> None:
    text = long_report.logical
    wanted = Counter({squeezed(LONG): 4 + 30 + (1 + 2 + 3 + 6) + 36 + 15 + 14})
    for words, times in wanted.items():
        # The page head may stand between two halves of a sentence at a page break.
        assert text.count(words) >= times - 12
        assert text.count("Αναφορά") == times


def test_a_section_heading_never_ends_a_page(long_report: MadeReport) -> None:
    headings = {"FINDINGS", "LESIONS", "IMPRESSION", "SIGNATURE"}
    for _, page in pages(long_report.path):
        ordered = sorted(
            (float(line.get("yMin", 0)), " ".join(w.text or "" for w in line.iter(f"{XHTML}word")))
            for line in page.iter(f"{XHTML}line")
        )
        body = [words for top, words in ordered if top < float(page.get("height", 0)) - 60]
        assert body[-1] not in headings


@pytest.mark.parametrize("name", ["draft", "final", "amended", "one-lesion", "illustration"])
def test_the_decision_fits_the_first_page(report_of: Report, name: str) -> None:
    first = next(page for _, page in pages(report_of(name).path))
    words = " ".join(word.text or "" for word in first.iter(f"{XHTML}word"))
    for part in ("IMPRESSION", "NOMS", "EPIDURAL", "NEOPLASTIC", "Unstable"):
        assert part in words


def test_what_prints_is_at_least_six_and_a_half_points(report_of: Report) -> None:
    from tests.report.font_sizes import smallest_font_size

    assert smallest_font_size(report_of("twenty-nine-lesions").path) >= 6.5
