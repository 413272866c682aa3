"""Open the case of a report: a PDF dropped on the window becomes a case again.

The file is read in a process of its own with limits; here its record becomes a case, and everything
the record says twice has to agree.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.domain.case import Case
from workstation.domain.changes import same_person
from workstation.report.header import report_number, report_uid, status_of
from workstation.report.reopen import DAMAGED, PDF_LIMIT_BYTES, TOO_LARGE
from workstation.report.signing import Verification
from workstation.storage.case_codec import decode_case
from workstation.storage.json_schema import parse_json

TIME_LIMIT_S = 30.0

_READER = """
import sys
sys.path[:] = sys.argv[1:]
from workstation.report.reopen import main
sys.exit(main())
"""
"""The reading process; it looks for its modules in the very places where this one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReport:
    """The case of a PDF, with the hash of its record and what holds about its signature."""

    case: Case
    record_sha256: str
    signature: Verification


def open_report(path: Path, *, time_limit_s: float = TIME_LIMIT_S) -> OpenedReport:
    """Return the case that the report at ``path`` was made from. May run in a worker thread.

    Raises
    ------
    InputRefusedError
        When the file is not a whole, unchanged Batson report; the message is one sentence.
    """
    answer = _answer(_read(path), time_limit_s)
    document = parse_json(answer["record"], "record")
    case = decode_case(document.get("case"))
    _refuse_contradictions(document, case)
    return OpenedReport(
        case=case,
        record_sha256=answer["record_sha256"],
        signature=Verification(**answer["signature"]),
    )


def refuse_other_person(opened: Case, stored: Case) -> None:
    """Refuse a report whose case is here already, but of another patient.

    Raises
    ------
    InputRefusedError
        When the two are not held to be one person.
    """
    if opened.patient != stored.patient and not same_person(opened.patient, stored.patient):
        raise InputRefusedError(
            "The case of this report is here already and belongs to another patient.",
            code="other-patient",
        )


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file of bearable size; links and devices are not followed."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise InputRefusedError("This is not a file.", code="not-a-file")
        if found.st_size > PDF_LIMIT_BYTES:
            raise InputRefusedError(TOO_LARGE, code="too-large")
        return path.read_bytes()
    except OSError as error:
        raise InputRefusedError("This file cannot be read.", code="unreadable") from error


def _answer(pdf: bytes, time_limit_s: float) -> dict[str, Any]:
    """Return what the reading process says about ``pdf``."""
    places = [str(Path(place).absolute()) for place in sys.path]
    command = [sys.executable, "-P", "-c", _READER, *places]
    try:
        done = subprocess.run(
            command,
            input=pdf,
            capture_output=True,
            timeout=time_limit_s,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired as error:
        raise InputRefusedError("Reading this PDF took too long.", code="too-slow") from error
    except (OSError, ValueError) as error:
        raise InputRefusedError(DAMAGED, code="bad-pdf") from error
    if "refused" in answer:
        raise InputRefusedError(answer["refused"], code=answer["code"], detail=answer["detail"])
    if not answer:
        detail = f"The reader ended with {done.returncode}."
        raise InputRefusedError(DAMAGED, code="bad-pdf", detail=detail)
    found: dict[str, Any] = answer
    return found


def _refuse_contradictions(document: dict[str, Any], case: Case) -> None:
    """Refuse a record whose head does not belong to its case."""
    expected = {
        "uid": report_uid(case),
        "number": report_number(case),
        "version": case.version,
        "status": status_of(case).value,
    }
    if document.get("report") != expected:
        raise InputRefusedError(
            "The record attached to this PDF contradicts itself.", code="record-changed"
        )
