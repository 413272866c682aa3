"""The small parts that FHIR resources are made of (HL7 FHIR R4, datatypes)."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.exchange import fhir_parts
from workstation.exchange.codes import Code, Scheme, own

T12 = Code(scheme=Scheme.SCT, value="23215003", meaning="T12 vertebra")
SYSTEMS = {
    Scheme.SCT: "http://snomed.info/sct",
    Scheme.DCM: "http://dicom.nema.org/resources/ontology/DCM",
    Scheme.LN: "http://loinc.org",
    Scheme.UCUM: "http://unitsofmeasure.org",
}


@pytest.mark.parametrize(("scheme", "system"), SYSTEMS.items())
def test_a_coding_names_the_system_of_its_scheme(scheme: Scheme, system: str) -> None:
    code = Code(scheme=scheme, value="a", meaning="b")
    assert fhir_parts.coding(code) == {"system": system, "code": "a", "display": "b"}


def test_every_scheme_has_a_system_of_its_own() -> None:
    assert set(fhir_parts.SYSTEMS) == set(Scheme)
    assert len(set(fhir_parts.SYSTEMS.values())) == len(Scheme)
    private = fhir_parts.coding(own("A", "a"))["system"]
    assert re.fullmatch(r"urn:oid:2\.25\.\d{30,39}", private)


def test_a_concept_reads_as_its_first_code_unless_told() -> None:
    other = own("B", "other")
    assert fhir_parts.concept(T12, other)["text"] == "T12 vertebra"
    assert fhir_parts.concept(T12, text="T12")["text"] == "T12"
    assert [item["code"] for item in fhir_parts.concept(T12, other)["coding"]] == [
        "23215003",
        "B",
    ]


@pytest.mark.parametrize(
    ("answer", "asked", "reason"),
    [
        (UNKNOWN, True, "asked-unknown"),
        (UNKNOWN, False, "asked-unknown"),
        (NOT_ASSESSED, True, "not-asked"),
        (NOT_ASSESSED, False, "not-performed"),
    ],
)
def test_a_missing_answer_says_why(answer: Any, asked: bool, reason: str) -> None:
    found = fhir_parts.absent_answer(answer, asked=asked)
    (coding,) = found["coding"]
    assert coding["code"] == reason
    assert coding["system"].endswith("/data-absent-reason")
    assert coding["display"].lower().replace(" ", "-") in (reason, "asked-but-unknown")


@pytest.mark.parametrize(
    ("answers", "asked", "reason"),
    [
        ((NOT_ASSESSED, "yes"), False, "not-performed"),
        ((NOT_ASSESSED, "yes"), True, "not-asked"),
        ((NOT_ASSESSED, UNKNOWN), True, "asked-unknown"),
        ((UNKNOWN,), False, "asked-unknown"),
        ((), False, "not-performed"),
    ],
)
def test_one_unknown_input_makes_a_result_unknown(answers, asked: bool, reason: str) -> None:
    found = fhir_parts.absent_inputs(*answers, asked=asked)
    assert found["coding"][0]["code"] == reason


@pytest.mark.parametrize("reason", ["not-applicable", "not-asked", "not-performed"])
def test_a_reason_is_a_code_of_the_standard(reason: str) -> None:
    assert fhir_parts.absent(reason)["coding"][0]["code"] == reason


@pytest.mark.parametrize("value", [0.0, 19.0, -3.5, 45])
def test_a_quantity_has_unit_and_ucum_code(value: float) -> None:
    assert fhir_parts.quantity(value, "points", "{score}") == {
        "value": value,
        "unit": "points",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }


def test_a_reference_leads_to_its_resource_in_the_bundle() -> None:
    resource = {"id": "abc"}
    assert fhir_parts.reference(resource) == {"reference": "urn:uuid:abc"}
    assert fhir_parts.reference(resource, "Lesion 1")["display"] == "Lesion 1"
    assert fhir_parts.identifier("abc") == {
        "system": "urn:ietf:rfc:3986",
        "value": "urn:uuid:abc",
    }


PARTS: list[tuple[Any, ...]] = [
    ("Patient", "a"),
    ("Patient", "b"),
    ("Patient", "a", 1),
    ("Patienta",),
    ("Patient", "a", ""),
    (),
]


@pytest.mark.parametrize("parts", PARTS)
def test_an_id_is_a_uuid_that_never_changes(parts: tuple[Any, ...]) -> None:
    found = fhir_parts.stable_id(*parts)
    assert uuid.UUID(found).version == 5
    assert fhir_parts.stable_id(*parts) == found


def test_no_two_sets_of_parts_share_an_id() -> None:
    assert len({fhir_parts.stable_id(*parts) for parts in PARTS}) == len(PARTS)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("  plain\n", "plain"),
        ("a\tb\nc\rd", "a\tb\nc\rd"),
        ("a\0b", "a[U+0000]b"),
        ("a\x1bb", "a[U+001B]b"),
        ("a\x7fb", "a[U+007F]b"),
        ("a\x85b", "a[U+0085]b"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("a\ud800b", "a[U+D800]b"),
        ("日本語 🦴", "日本語 🦴"),
        ("\u200b", "\u200b"),
        (" ", ""),
        ("", ""),
    ],
)
def test_a_text_shows_what_cannot_be_seen(value: str, shown: str) -> None:
    assert fhir_parts.text(value) == shown


def test_an_endless_text_is_cut() -> None:
    assert len(fhir_parts.text("x" * 200_000)) == 100_000


@pytest.mark.parametrize("empty", ["", [], {}, None])
def test_empty_elements_are_left_out(empty: Any) -> None:
    assert fhir_parts.filled({"a": empty, "b": 1}) == {"b": 1}


@pytest.mark.parametrize("value", [0, 0.0, False, "0", [0], {"a": None}])
def test_zero_and_false_are_values(value: Any) -> None:
    assert fhir_parts.filled({"a": value}) == {"a": value}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.2", True),
        ("2.25.0", True),
        ("0.0.1", True),
        ("1", False),
        ("3.1", False),
        ("1.02", False),
        ("1..2", False),
        ("1.2.", False),
        (".1.2", False),
        ("1.2a", False),
        ("1.2\n", False),
        ("", False),
        ("1." + "1" * 62, True),
        ("1." + "1" * 63, False),
    ],
)
def test_what_a_uid_is(value: str, expected: bool) -> None:
    assert fhir_parts.is_uid(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2026-03-14T15:20:00+01:00", "2026-03-14"),
        ("2026-03-14 14:58", "2026-03-14"),
        ("2026-02-30", ""),
        ("14.03.2026", ""),
        ("2026", ""),
        ("", ""),
    ],
)
def test_a_date_is_a_day_of_the_calendar(value: str, expected: str) -> None:
    assert fhir_parts.iso_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-14T15:20:00+01:00", "2026-03-14T15:20:00+01:00"),
        ("2026-03-14T15:20:00.999+01:00", "2026-03-14T15:20:00+01:00"),
        ("2026-03-14T15:20+00:00", "2026-03-14T15:20:00+00:00"),
        ("2026-03-14T15:20:00Z", "2026-03-14T15:20:00+00:00"),
        ("2026-03-14T15:20:00", ""),
        ("2026-03-14", ""),
        ("now", ""),
        ("", ""),
    ],
)
def test_an_instant_knows_its_offset(value: str, expected: str) -> None:
    assert fhir_parts.instant(value) == expected
