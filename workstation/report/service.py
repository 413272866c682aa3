"""One way to make a report, for the window, the command line and the demo alike."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import workstation
from workstation.domain.case import Case
from workstation.report.blocks import JsonValue, Paper, ReportDocument
from workstation.report.compose import document_of
from workstation.report.header import ReportSettings, ReportStatus, report_number, status_of
from workstation.report.pdf import canonical_text, render_pages, render_pdf
from workstation.report.picture import KeyImagePicture
from workstation.report.reading import read_case
from workstation.report.record import record_data
from workstation.report.sheet import sheet_of

KINDS = ("pdf", "json")
"""What is written unless other kinds are asked for."""

ALL_KINDS = (*KINDS, "sheet", "slides")

SLIDE_PPI = 1920 / 200 * 25.4
"""A slide 200 mm wide becomes 1920 pixels wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """A finished report: the PDF, the record attached to it, and what to call the files.

    ``record_sha256`` is the hash of ``record``; a signed report prints it.
    """

    stem: str
    pdf: bytes
    record: bytes
    record_sha256: str
    document: ReportDocument
    sheet: bytes = b""
    """The surgeon sheet as PDF; empty where it was not asked for."""
    slides: tuple[bytes, ...] = ()
    """The slides as PNG pictures of 1920 x 1080; empty where they were not asked for."""

    def named(self, kinds: Collection[str] = KINDS) -> tuple[tuple[str, bytes], ...]:
        """Return (file name, content) of the wanted kinds (:data:`ALL_KINDS`)."""
        contents = {
            "pdf": [(f"{self.stem}.pdf", self.pdf)],
            "json": [(f"{self.stem}.json", self.record)],
            "sheet": [(f"{self.stem}-sheet.pdf", self.sheet)] if self.sheet else [],
            "slides": [
                (f"{self.stem}-slide-{number:02d}.png", png)
                for number, png in enumerate(self.slides, start=1)
            ],
        }
        return tuple(item for kind in ALL_KINDS if kind in kinds for item in contents[kind])


def settings_for(case: Case, now: datetime, *, paper: Paper = Paper.A4) -> ReportSettings:
    """Return the settings of a report made at ``now`` (aware).

    A signed report carries the time of its signature, so that making it again gives the same
    file.
    """
    signed = case.signature if status_of(case) is not ReportStatus.DRAFT else None
    return ReportSettings(
        software=f"Batson {workstation.__version__}",
        timestamp=datetime.fromisoformat(signed.at) if signed else now,
        paper=paper,
    )


def report_stem(case: Case) -> str:
    """Return the file name without suffix: number and version, nothing about the patient."""
    draft = "-DRAFT" if status_of(case) is ReportStatus.DRAFT else ""
    return f"spine-report-{report_number(case)}-v{case.version}{draft}"


def compose_with_record(
    case: Case,
    *,
    case_record: Mapping[str, JsonValue],
    images: Mapping[str, KeyImagePicture],
    settings: ReportSettings,
    previous: Case | None = None,
) -> tuple[ReportDocument, bytes]:
    """Return the document and the canonical record to attach, whose hash the document prints."""
    reading = read_case(case, images, previous)
    record = canonical_text(record_data(reading, case_record)).encode("utf-8", "backslashreplace")
    digest = hashlib.sha256(record).hexdigest()
    return document_of(reading, replace(settings, record_sha256=digest)), record


def make_report(
    case: Case,
    *,
    case_record: Mapping[str, JsonValue],
    images: Mapping[str, KeyImagePicture],
    settings: ReportSettings,
    previous: Case | None = None,
    kinds: Collection[str] = KINDS,
) -> ReportFiles:
    """Return the report of ``case`` as files.

    Parameters
    ----------
    case_record : mapping
        The case as the case store writes it; it becomes part of the attached record.
    images : mapping of key image id to KeyImagePicture
    previous : Case, optional
        The signed version that this one replaces; the report then says what changed.
    kinds : collection of str
        The sheet and the slides are made only where they are named.

    Raises
    ------
    ReportError
        When the case cannot be put on paper.
    """
    document, record = compose_with_record(
        case, case_record=case_record, images=images, settings=settings, previous=previous
    )
    return ReportFiles(
        stem=report_stem(case),
        pdf=render_pdf(document, record),
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest(),
        document=document,
        sheet=_sheet(case, settings, record) if "sheet" in kinds else b"",
        slides=tuple(render_pages(document, SLIDE_PPI, template="slides.typ"))
        if "slides" in kinds
        else (),
    )


def _sheet(case: Case, settings: ReportSettings, record: bytes) -> bytes:
    return render_pdf(sheet_of(read_case(case, {}), settings), record)


def preview_report(
    case: Case,
    *,
    images: Mapping[str, KeyImagePicture],
    settings: ReportSettings,
    ppi: float = 110.0,
    previous: Case | None = None,
) -> list[bytes]:
    """Return the pages that :func:`make_report` would file, one PNG each.

    A signed case's integrity line stays empty here, because the record is not made.
    """
    return render_pages(document_of(read_case(case, images, previous), settings), ppi)
