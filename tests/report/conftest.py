"""Reports made once for the whole session: composing is quick, but many tests read the same PDF."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.report.report_cases import (
    SETTINGS,
    case_with_lesions,
    compared_case,
    full_case,
    pictures_of,
    revised_case,
    signed,
)
from workstation.domain.case import Case
from workstation.report.blocks import Paper
from workstation.report.service import ReportFiles, make_report
from workstation.storage.case_codec import encode_case

CASES: dict[str, Callable[[], Case]] = {
    "draft": full_case,
    "final": lambda: signed(full_case()),
    "amended": lambda: signed(full_case(), version=2, amends="level of lesion 2 corrected"),
    "no-images": lambda: replace(full_case(), key_images=()),
    "no-lesion": lambda: case_with_lesions(0),
    "one-lesion": lambda: case_with_lesions(1),
    "twelve-lesions": lambda: case_with_lesions(12),
    "twenty-nine-lesions": lambda: signed(case_with_lesions(29)),
    "illustration": lambda: replace(
        full_case(), illustration="Illustration with invented grades. Not a diagnosis."
    ),
    "compared": compared_case,
    "revised": revised_case,
    "empty": lambda: Case(id="empty", created_at="2026-03-14T10:00+01:00"),
}
PREVIOUS: dict[str, Callable[[], Case]] = {"revised": lambda: signed(compared_case())}
PAGES_OF = {"no-lesion": 2, "empty": 2, "one-lesion": 3, "draft": 3, "final": 3, "compared": 3}
PAGES_OF |= {"revised": 3, "twelve-lesions": 3}


@dataclass(frozen=True)
class MadeReport:
    """A case, its files, and the PDF on disk for the tools that read it."""

    case: Case
    files: ReportFiles
    path: Path

    @functools.cached_property
    def layout(self) -> str:
        """The text as it stands on the pages."""
        return pdf_text(self.path, "-layout")

    @functools.cached_property
    def text(self) -> str:
        """The text in reading order, spaces folded."""
        return " ".join(pdf_text(self.path).replace("\u200b", "").split())

    @functools.cached_property
    def logical(self) -> str:
        """The text in the order it was set, so that columns do not mix, without any space.

        Spaces are left out because a line break inside a word, a narrow gap between two runs
        and a real space cannot be told apart.
        """
        return squeezed(pdf_text(self.path, "-raw"))


def squeezed(text: str) -> str:
    """Return text without spaces and without the break marks of long words."""
    return "".join(text.replace("\u200b", "").split())


def pdf_text(path: Path, *options: str) -> str:
    """Return what pdftotext finds."""
    done = subprocess.run(
        ["pdftotext", *options, str(path), "-"], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode("utf-8")


def files_of(case: Case, paper: Paper = Paper.A4, *, previous: Case | None = None) -> ReportFiles:
    """Return the report of a case with pictures for its key images."""
    return make_report(
        case,
        case_record=encode_case(case),
        images=pictures_of(case),
        settings=replace(SETTINGS, paper=paper),
        previous=previous,
    )


@pytest.fixture(scope="session")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], MadeReport]:
    """Give the report of a named case, made at most once."""
    folder = tmp_path_factory.mktemp("reports")

    @functools.cache
    def make(name: str) -> MadeReport:
        case = CASES[name]()
        files = files_of(case, previous=PREVIOUS[name]() if name in PREVIOUS else None)
        path = folder / f"{name}.pdf"
        path.write_bytes(files.pdf)
        return MadeReport(case=case, files=files, path=path)

    return make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], MadeReport]:
    """Give the report of any case."""
    folder = tmp_path_factory.mktemp("made")
    count = iter(range(10_000))

    def make(case: Case) -> MadeReport:
        files = files_of(case)
        path = folder / f"{next(count)}.pdf"
        path.write_bytes(files.pdf)
        return MadeReport(case=case, files=files, path=path)

    return make
