"""Report document to PDF and to page pictures; the only file that knows Typst.

The template is copied into a fresh private folder that holds nothing else. Text reaches it only
as JSON values: nothing a person typed is ever part of the source. No package and no network.
"""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

from workstation.base.errors import ReportError
from workstation.base.paths import resource_path
from workstation.report.blocks import Document, JsonValue, document_data
from workstation.report.pdf_streams import with_clear_stream_ends

STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")
"""PDF/A-3a keeps the file and its attachment readable, PDF/UA-1 makes it accessible."""


def render_pdf(document: Document, record: bytes) -> bytes:
    """Return the report as PDF/A-3a and PDF/UA-1 with ``record`` attached as report.json.

    The same document and record give the same bytes. May run in a worker thread.

    Raises
    ------
    ReportError
        When the document cannot be set.
    """
    moment = datetime.fromtimestamp(document.timestamp, UTC)
    with _compiler(document, record) as compiler:
        try:
            pdf = compiler.compile(format="pdf", pdf_standards=list(STANDARDS), timestamp=moment)
        except typst.TypstError as error:
            raise _refusal(error) from error
    if not isinstance(pdf, bytes):
        raise ReportError("The report could not be made.", detail="No PDF bytes came back.")
    # A signature is appended after the last line, which therefore has to end.
    return with_clear_stream_ends(pdf if pdf.endswith(b"\n") else pdf + b"\n")


def render_pages(
    document: Document, ppi: float = 110.0, *, template: str | None = None
) -> list[bytes]:
    """Return one PNG for each page, showing exactly what :func:`render_pdf` files.

    Parameters
    ----------
    template : str, optional
        Another template than the document's own, such as that of the slides.
    """
    with _compiler(document, None, template) as compiler:
        try:
            pages = compiler.compile(format="png", ppi=ppi)
        except typst.TypstError as error:
            raise _refusal(error) from error
    if isinstance(pages, bytes):
        return [pages]
    return list(pages or [])


def _refusal(error: typst.TypstError) -> ReportError:
    # The diagnostic may quote report text, so only its first line's message goes to the log.
    return ReportError("The report could not be laid out.", detail=str(error.message)[:200])


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(resource_path("fonts"))],
    )


@contextmanager
def _compiler(
    document: Document, record: bytes | None, template: str | None = None
) -> Iterator[typst.Compiler]:
    inputs = {"data": canonical_text(document_data(document))}
    if record is not None:
        inputs["record"] = record.decode("utf-8")
    with tempfile.TemporaryDirectory(prefix="batson-report-") as folder:
        root = Path(folder).resolve()
        _fill(root, document)
        packages = root / "no-packages"
        packages.mkdir()
        yield typst.Compiler(
            str(root / (template or document.template)),
            root=str(root),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            package_path=str(packages),
            package_cache_path=str(packages),
        )


def _fill(root: Path, document: Document) -> None:
    for template in sorted(resource_path("report").glob("*.typ")):
        shutil.copyfile(template, root / template.name)
    for name, svg in document.figures:
        _own_file(root, name).write_text(svg, encoding="utf-8")
    for name, png in document.pictures:
        _own_file(root, name).write_bytes(png)


def _own_file(root: Path, name: str) -> Path:
    """Return the path of a picture; its name must be a bare file name of ours."""
    if Path(name).name != name or name.startswith(".") or name.endswith(".typ"):
        raise ReportError("A picture of the report has a name that is not allowed.")
    return root / name


def canonical_text(value: JsonValue) -> str:
    """Return JSON with sorted keys and no spare spaces: the same value, the same text."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
