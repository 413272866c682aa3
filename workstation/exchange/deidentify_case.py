"""A case without identity: what may stay is listed, everything else that is text goes.

A field that is new to the case loses its text until it is listed here, so that nothing leaks
because somebody forgot.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from enum import Enum
from typing import Any

from workstation.domain.case import Case, CaseStatus, Patient, ReportText
from workstation.exchange.pseudonyms import Pseudonyms

ILLUSTRATION = "Illustration, not a diagnosis."
"""What stays of the sentence that marks invented grades."""

READER = "Reader"
"""What stands for every person but the patient."""

_PATH = re.compile(r"[a-z_]+(\.[A-Za-z0-9_]+)*")
_KEPT: dict[tuple[str, str], re.Pattern[str]] = {
    ("Explanation", "code"): _PATH,
    ("Explanation", "field"): _PATH,
    ("KeyImage", "plane"): re.compile(r"Axial|Sagittal|Coronal|Oblique"),
    ("KeyImage", "proves"): _PATH,
    ("Patient", "sex"): re.compile(r"[MFO]"),
    ("Prior", "source"): re.compile(r"entered by hand"),
    ("PriorLesion", "method"): re.compile(r"drawn circle"),
    ("PriorLesion", "modality"): re.compile(r"[A-Z]{2,16}"),
    ("PriorLesion", "sequence"): re.compile(r"(STIR|DWI|T1|T2)( with contrast)?"),
    ("SeriesReference", "modality"): re.compile(r"[A-Z]{2,16}"),
    ("Spine", "counted_from"): re.compile(r"counted from [CTLS]\d{1,2}"),
    ("StudyReference", "modalities"): re.compile(r"[A-Z]{2,16}"),
}
"""Texts that stay, by class and field, when they are nothing but such a word."""

_PERSONS = frozenset({("Spine", "confirmed_by"), ("SecondReading", "reader")})


def pseudonyms_for(key: bytes, patient: Patient) -> Pseudonyms:
    """Return the replacements for the patient of a case."""
    return Pseudonyms(key=key, person=f"{patient.issuer}|{patient.id or patient.name}")


def without_identity(case: Case, names: Pseudonyms) -> Case:
    """Return a draft of the case that says nothing about who the patient and the readers are.

    Identifiers are replaced, dates moved, free text dropped. A signature does not go along: what
    was signed was another document.
    """
    bare = replace(
        case,
        signature=None,
        communication=None,
        text=ReportText(),
        status=CaseStatus.DRAFT,
        illustration="",
    )
    walked = _Walk(names).value(bare, "Case", "")
    patient = replace(walked.patient, id=names.patient_id, name="ANONYMOUS", birth_date="")
    illustration = ILLUSTRATION if case.illustration else ""
    result: Case = replace(walked, patient=patient, illustration=illustration)
    return result


class _Walk:
    """Goes through frozen values; the class and field that hold a text decide what stays of it."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names

    def value(self, value: Any, owner: str, name: str) -> Any:
        if isinstance(value, Enum) or value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self._text(value, owner, name)
        if isinstance(value, tuple | frozenset):
            return type(value)(self._items(value, owner, name))
        return self._record(value)

    def _items(self, items: Any, owner: str, name: str) -> list[Any]:
        kept = (self.value(item, owner, name) for item in items)
        return [item for item in kept if item != ""]

    def _record(self, record: Any) -> Any:
        owner = type(record).__name__
        changes = {
            item.name: self.value(getattr(record, item.name), owner, item.name)
            for item in dataclasses.fields(record)
        }
        return replace(record, **changes)

    def _text(self, text: str, owner: str, name: str) -> str:
        if not text:
            return ""
        if (owner, name) in _PERSONS:
            return READER
        pattern = _KEPT.get((owner, name))
        if pattern is not None:
            return text if pattern.fullmatch(text) else ""
        if name.endswith("_uid"):
            return self._names.uid(text)
        if name == "id" or name.endswith("_id"):
            # A lesion and what points at it share their id, whatever class they stand in.
            return self._names.name("id", text)
        if name in ("at", "date") or name.endswith(("_at", "_date")):
            return self._names.iso_date(text)
        return ""
