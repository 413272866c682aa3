"""Case to report document: everything is put into its final words here and in the sections."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterator, Mapping

from workstation.base.paths import resource_path
from workstation.domain.case import Case, Signature
from workstation.domain.escc import EsccGrade
from workstation.report.blocks import ReportDocument, SignatureBlock, SignatureCell
from workstation.report.comparison import comparison
from workstation.report.decision import banner, impression, noms
from workstation.report.format import grouped, moment
from workstation.report.grades import escc, other_levels, sins_bar, sins_table
from workstation.report.header import (
    TITLE,
    ReportSettings,
    ReportStatus,
    header,
    report_number,
    status_of,
)
from workstation.report.images import image_files, image_section
from workstation.report.lesions import additional_text, lesion_table
from workstation.report.picture import KeyImagePicture
from workstation.report.reading import Reading, read_case
from workstation.report.spine_map import PICTURE, spine_map
from workstation.report.text import Coverage, printable
from workstation.report.texts import text_sections

ATTACHMENT = "report.json"
UNGRADED = "No level is graded: SINS, ESCC and NOMS are not assessed."


def compose_report(
    case: Case, settings: ReportSettings, images: Mapping[str, KeyImagePicture]
) -> ReportDocument:
    """Return the report of ``case``, ready to be placed on pages.

    Parameters
    ----------
    images : mapping of key image id to KeyImagePicture
        An id without a picture is printed as absent, with the reason.

    Raises
    ------
    ReportError
        When a text field is longer than a report takes.
    """
    return document_of(read_case(case, images), settings)


def document_of(reading: Reading, settings: ReportSettings) -> ReportDocument:
    """Return the document of a case that has already been read."""
    case = reading.case
    draft = status_of(case) is ReportStatus.DRAFT
    level = reading.index
    figure, spine_svg = spine_map(reading)
    head = header(reading, settings)
    document = ReportDocument(
        language="en",
        paper=settings.paper,
        draft_word=ReportStatus.DRAFT.value if draft else "",
        pdf_title=f"{TITLE}, {report_number(case)}",
        pdf_author=head.institution,
        pdf_description=f"{status_of(case)} version {case.version}",
        pdf_keywords=("spinal metastasis", "SINS", "ESCC", "NOMS"),
        timestamp=int(settings.timestamp.timestamp()),
        header=head,
        banner=banner(reading),
        impression=impression(reading),
        ungraded="" if level else UNGRADED,
        noms=noms(reading, level) if level else None,
        escc=escc(reading, level) if level else None,
        sins=sins_bar(reading, level) if level else None,
        spine=figure,
        sins_table=sins_table(reading, level) if level else None,
        other_levels=other_levels(reading),
        sections=text_sections(reading),
        comparison=comparison(reading),
        lesions=lesion_table(reading),
        images=image_section(reading),
        appendix=additional_text(reading),
        signature=_signature_block(case, settings),
    )
    clean = printable(document, coverage())
    return _with_files(clean, spine_svg, reading)


def _with_files(document: ReportDocument, spine_svg: str, reading: Reading) -> ReportDocument:
    figures = ((PICTURE, spine_svg), *_strip())
    return dataclasses.replace(document, figures=figures, pictures=image_files(reading))


@functools.cache
def _strip() -> tuple[tuple[str, str], ...]:
    names = [f"escc-{grade}.svg" for grade in EsccGrade]
    folder = resource_path("diagrams")
    return tuple((name, (folder / name).read_text(encoding="utf-8")) for name in names)


@functools.cache
def coverage() -> Coverage:
    """Return the characters that the bundled fonts can draw."""
    data = json.loads(resource_path("report", "coverage.json").read_text(encoding="utf-8"))
    return Coverage((first, last) for first, last in data["ranges"])


def _signature_block(case: Case, settings: ReportSettings) -> SignatureBlock:
    signature = case.signature
    if status_of(case) is ReportStatus.DRAFT or signature is None:
        return SignatureBlock(heading="Signature", cells=tuple(_draft_cells(case)))
    return SignatureBlock(
        heading="Signature", cells=tuple(_signed_cells(signature, settings.record_sha256))
    )


def _draft_cells(case: Case) -> Iterator[SignatureCell]:
    yield SignatureCell(label="Status", value="DRAFT, not signed")
    yield SignatureCell(label="Prepared by", value=case.reader or "not stated")
    yield SignatureCell(
        label="Record", value=ATTACHMENT, lines=("The draft's data are attached to this file.",)
    )


def _signed_cells(signature: Signature, sha256: str) -> Iterator[SignatureCell]:
    yield SignatureCell(
        label="Electronically signed by",
        value=signature.name,
        lines=(signature.role or "role not stated", moment(signature.at)),
    )
    yield SignatureCell(label="Second reader", value=signature.second_reader or "none")
    yield SignatureCell(
        label="Integrity",
        value="SHA-256 of the attached record",
        lines=(
            grouped(sha256),
            f"The machine-readable record is attached to this file as {ATTACHMENT}.",
        ),
    )
