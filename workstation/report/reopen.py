"""Read a report back: the record attached to the PDF, checked against what the pages print.

A PDF may come from anywhere. So :func:`main` runs as a process of its own: it takes the PDF on
standard input under limits on memory and time and answers with one JSON document. A file that
crashes or hangs it is one file refused, nothing more.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from workstation.base.errors import InputRefusedError, ReportError, WorkstationError
from workstation.report.header import ReportStatus
from workstation.report.printed_text import page_text, squeezed
from workstation.report.record import SCHEMA
from workstation.report.signing import DAMAGE, Verification, verify_pdf

ATTACHMENT = "report.json"
PDF_LIMIT_BYTES = 64 * 1024**2
RECORD_LIMIT_BYTES = 16 * 1024**2
PAGE_LIMIT = 400
MEMORY_LIMIT_BYTES = 1024**3
PROCESSOR_LIMIT_S = 20

_PRINTED_HASH = re.compile(r"SHA-256oftheattachedrecord([0-9a-f]{64})")
_PLAIN = re.compile(r"[!-~]+")

NOT_A_REPORT = "This PDF is not a Batson report: no record is attached to it."
DAMAGED = "This PDF is damaged or is not a PDF."
TOO_LARGE = "This PDF is too large for a Batson report."


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedReport:
    """What a PDF says about itself.

    Parameters
    ----------
    record : str
        The attached record, JSON.
    record_sha256 : str
    signature : Verification
        Valid, or that there is none; a broken one is refused.
    """

    record: str
    record_sha256: str
    signature: Verification


def read_report(pdf: bytes) -> AttachedReport:
    """Return the record of a report after all checks that need no case.

    Raises
    ------
    InputRefusedError
        When the file is no report of ours, is damaged, protected or too large, or its parts do
        not agree: the attachment with the printed hash, the patient with the pages, the file with
        its signature. The message is one sentence.
    """
    if len(pdf) > PDF_LIMIT_BYTES:
        raise InputRefusedError(TOO_LARGE, code="too-large")
    # The library takes half a second to import and only reading back needs it.
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=RECORD_LIMIT_BYTES))
    try:
        reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
        if reader.encrypted:
            raise InputRefusedError(
                "This PDF is protected by a password and was not opened.", code="encrypted"
            )
        record = _attachment(reader.root)
        printed = "".join(_page_texts(reader))
        signature = verify_pdf(pdf)
    except (PdfError, ReportError, *DAMAGE) as error:
        raise InputRefusedError(DAMAGED, code="bad-pdf", detail=type(error).__name__) from error
    document = _document(record)
    sha256 = hashlib.sha256(record).hexdigest()
    _refuse_other_hash(document, sha256, printed)
    _refuse_other_patient(document, printed)
    if signature.signed and not signature.valid:
        raise InputRefusedError(
            "This report was changed after it was signed and was not opened.",
            code="signature-broken",
        )
    return AttachedReport(record=record.decode("utf-8"), record_sha256=sha256, signature=signature)


def _attachment(root: Any) -> bytes:
    """Return the bytes of the one file that belongs to the document as its data."""
    files = [item.get_object() for item in root.get("/AF", ())]
    ours = [item for item in files if item.get("/UF") == ATTACHMENT]
    if len(ours) != 1:
        raise InputRefusedError(NOT_A_REPORT, code="not-a-report")
    return bytes(ours[0]["/EF"]["/F"].data)


def _page_texts(reader: Any) -> Iterator[str]:
    count = int(reader.root["/Pages"]["/Count"])
    if not 0 < count <= PAGE_LIMIT:
        raise InputRefusedError(TOO_LARGE, code="too-large")
    for number in range(count):
        reference, _ = reader.find_page_for_modification(number)
        yield page_text(reference.get_object())


def _document(record: bytes) -> dict[str, Any]:
    try:
        document = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise InputRefusedError(
            "The record attached to this PDF is damaged.", code="bad-record"
        ) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputRefusedError(
            "The record attached to this PDF is of a kind this Batson does not know.",
            code="bad-record",
        )
    return document


def _refuse_other_hash(document: dict[str, Any], sha256: str, printed: str) -> None:
    """Refuse another record than the pages name; a draft names none."""
    hashes = set(_PRINTED_HASH.findall(printed))
    report = document.get("report")
    status = report.get("status") if isinstance(report, dict) else None
    draft = status == ReportStatus.DRAFT.value and not hashes
    if not draft and hashes != {sha256}:
        raise InputRefusedError(
            "The record attached to this PDF is not the one its pages name.",
            code="record-changed",
        )


def _refuse_other_patient(document: dict[str, Any], printed: str) -> None:
    """Refuse a record of a patient whom the pages do not name.

    Only an id of plain signs is looked for: others may be set in another order than typed.
    """
    try:
        patient_id = squeezed(document["case"]["case"]["patient"]["id"])
    except (LookupError, TypeError) as error:
        raise InputRefusedError(
            "The record attached to this PDF holds no case.", code="bad-record"
        ) from error
    if _PLAIN.fullmatch(patient_id) and patient_id not in printed:
        raise InputRefusedError(
            "The pages of this PDF and its record name different patients.", code="other-patient"
        )


def main() -> int:
    """Answer for the PDF on standard input with one JSON document; always 0 when it could."""
    _limit()
    try:
        answer = asdict(read_report(sys.stdin.buffer.read(PDF_LIMIT_BYTES + 1)))
    except WorkstationError as error:
        answer = {"refused": error.message, "code": error.code, "detail": error.detail}
    sys.stdout.write(json.dumps(answer))
    return 0


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_LIMIT_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_LIMIT_S),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(kind, (most, most))
