"""Small parts of FHIR R4 resources: codings, references, quantities, texts and dates.

Source: HL7 FHIR R4 (4.0.1), datatypes. Resources are plain dictionaries.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.exchange.codes import Code, Scheme

Resource = dict[str, Any]
"""A FHIR element as JSON."""

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "batson-fhir")
SYSTEMS: Mapping[Scheme, str] = {
    Scheme.SCT: "http://snomed.info/sct",
    Scheme.DCM: "http://dicom.nema.org/resources/ontology/DCM",
    Scheme.LN: "http://loinc.org",
    Scheme.UCUM: "http://unitsofmeasure.org",
    # RadElement publishes no FHIR system; this is its coding scheme UID in DICOM PS3.16.
    Scheme.RADELEMENT: "urn:oid:1.2.840.10008.2.16.15",
    Scheme.BATSON: f"urn:oid:2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '99BATSON').int}",
}
ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
URI_SYSTEM = "urn:ietf:rfc:3986"
_TEXT_LIMIT = 100_000
_UID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_KEPT_CONTROLS = "\t\n\r"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the reading direction and can make a text look like another."""


def stable_id(*parts: object) -> str:
    """Return the id of a resource: the same parts give the same UUID."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts)))


def coding(code: Code) -> Resource:
    """Return a Coding."""
    return {"system": SYSTEMS[code.scheme], "code": code.value, "display": code.meaning}


def concept(*codes: Code, text: str = "") -> Resource:
    """Return a CodeableConcept; ``text`` says in words what the codes mean together."""
    return {"coding": [coding(code) for code in codes], "text": text or codes[0].meaning}


def terminology(system: str, code: str, display: str) -> Resource:
    """Return a CodeableConcept of an HL7 code system."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def absent(reason: str) -> Resource:
    """Return why a value is not there, as a code of HL7's data-absent-reason."""
    words = {
        "asked-unknown": "Asked But Unknown",
        "not-asked": "Not Asked",
        "not-performed": "Not Performed",
        "not-applicable": "Not Applicable",
    }
    return terminology(ABSENT_SYSTEM, reason, words[reason])


def absent_answer(answer: Missing, *, asked: bool) -> Resource:
    """Return the reason of a missing answer.

    Parameters
    ----------
    asked : bool
        A person is asked for it (pain, fitness); otherwise it is read from images.
    """
    if answer is UNKNOWN:
        return absent("asked-unknown")
    return absent("not-asked" if asked else "not-performed")


def absent_inputs(*answers: object, asked: bool) -> Resource:
    """Return the reason why a result cannot be computed: unknown if anything is unknown."""
    unknown = any(answer is UNKNOWN for answer in answers)
    return absent_answer(UNKNOWN if unknown else NOT_ASSESSED, asked=asked)


def quantity(value: float, unit: str, code: str) -> Resource:
    """Return a Quantity with its UCUM code."""
    return {"value": value, "unit": unit, "system": SYSTEMS[Scheme.UCUM], "code": code}


def reference(resource: Resource, display: str = "") -> Resource:
    """Return a Reference to another resource of the bundle."""
    found = {"reference": f"urn:uuid:{resource['id']}"}
    return {**found, "display": display} if display else found


def identifier(resource_id: str) -> Resource:
    """Return the identifier that makes sending a resource twice harmless."""
    return {"system": URI_SYSTEM, "value": f"urn:uuid:{resource_id}"}


def text(value: str) -> str:
    """Return a text as FHIR allows it, control characters spelled out; may be empty."""
    shown = "".join(
        f"[U+{ord(sign):04X}]"
        if sign in _TURNING
        or (unicodedata.category(sign) in ("Cc", "Cs") and sign not in _KEPT_CONTROLS)
        else sign
        for sign in value[:_TEXT_LIMIT]
    )
    return shown.strip()


def filled(resource: Mapping[str, Any]) -> Resource:
    """Return the resource without its empty texts and lists, which FHIR does not allow."""
    return {key: value for key, value in resource.items() if value not in ("", [], {}, None)}


def is_uid(value: str) -> bool:
    """Whether a text is a DICOM UID (PS3.5 section 9)."""
    return len(value) <= 64 and _UID.fullmatch(value) is not None


def iso_date(value: str) -> str:
    """Return the calendar date a text begins with, or nothing where it is none."""
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return ""


def instant(value: str) -> str:
    """Return a time with its offset to the second, or nothing where the text is none."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment.isoformat(timespec="seconds") if moment.tzinfo else ""
