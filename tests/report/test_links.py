"""Sentences and values link to the key images that prove them, and images link back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from tests.report.conftest import MadeReport
from tests.report.report_cases import full_case, key_image
from workstation.domain.case import Case, Sentence
from workstation.report.decision import impression
from workstation.report.images import image_section
from workstation.report.lesions import lesion_table
from workstation.report.reading import read_case
from workstation.report.texts import text_sections

Report = Callable[[str], MadeReport]


def targets(report: MadeReport) -> list[tuple[int, int]]:
    """The pages of every link inside the document: from, to."""
    with pikepdf.open(report.path) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        return [
            (number, numbers[place_of(pdf, link)[0].objgen])
            for number, page in enumerate(pdf.pages, start=1)
            for link in page.get("/Annots", ())
            if link.Subtype == "/Link"
        ]


def place_of(pdf: pikepdf.Pdf, link: pikepdf.Object) -> pikepdf.Object:
    """The place that a link names or holds."""
    place = link.get("/Dest", None) or link.A.D
    if isinstance(place, pikepdf.String):
        place = pikepdf.NameTree(pdf.Root.Names.Dests)[str(place)]
    return place.D if isinstance(place, pikepdf.Dictionary) else place


def test_a_sentence_names_the_images_it_rests_on() -> None:
    reading = read_case(full_case(), {})
    assert reading.images_of(Sentence(text="", sources=("escc.T8",))) == ("A",)
    assert reading.images_of(Sentence(text="", sources=("sins.T8",))) == ("A",)
    assert reading.images_of(Sentence(text="", sources=("sins.T",))) == ()
    assert reading.images_of(Sentence(text="", sources=("lesion.lesion-2",))) == ("B",)
    assert reading.images_of(Sentence(text="", sources=("noms.T8", "lesion.gone"))) == ()
    assert reading.images_of(Sentence(text="Typed.")) == ()
    assert impression(reading).paragraphs[0].images == ("A",)
    findings = text_sections(reading)[0].paragraphs
    assert [item.images for item in findings] == [("A",), ("B",), ()]


def test_an_image_names_where_it_is_spoken_of() -> None:
    first, second = image_section(read_case(full_case(), {})).images
    assert [(item.target, item.words) for item in first.back] == [
        ("impression-1", "Impression 1"),
        ("impression-4", "Impression 4"),
        ("lesion-1", "Lesion 1"),
        ("escc", "ESCC T8"),
        ("sins", "SINS T8"),
    ]
    assert [item.target for item in second.back] == ["lesion-2"]


def test_an_image_of_nothing_links_to_nothing() -> None:
    case = replace(full_case(), key_images=(key_image(1, lesion_number=9, proves=()),))
    (image,) = image_section(read_case(case, {})).images
    assert image.back == ()


def test_the_small_picture_belongs_to_its_letter() -> None:
    case = full_case()
    assert {row.image_letter for row in lesion_table(read_case(case, {})).rows} == {""}


def test_links_lead_from_the_decision_page_to_the_images_and_back(report_of: Report) -> None:
    found = targets(report_of("final"))
    assert (1, 3) in found
    assert (2, 3) in found
    assert (3, 1) in found
    assert (3, 3) in found


def test_without_images_nothing_links(report_of: Report) -> None:
    assert targets(report_of("no-images")) == []


@pytest.mark.parametrize("words", ["Image A", "Image ZZ", "Image A and image B"])
def test_typed_names_of_images_that_are_not_there_stay_words(
    made: Callable[[Case], MadeReport], words: str
) -> None:
    case = replace(full_case(), key_images=())
    case = replace(case, text=replace(case.text, limits=words))
    report = made(case)
    assert words in report.text
    assert targets(report) == []


def test_every_section_is_a_bookmark(report_of: Report) -> None:
    with pikepdf.open(report_of("revised").path) as pdf, pdf.open_outline() as outline:
        titles = [item.title for top in outline.root for item in (top, *top.children)]
    for wanted in (
        "Impression",
        "NOMS, T8",
        "Spine map",
        "Changed since version 1",
        "Lesions",
        "Comparison with 2025-12-04, 100 days before",
        "Key images",
        "Signature",
    ):
        assert wanted in titles
