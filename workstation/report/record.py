"""The machine-readable record attached to every report: the case and what was computed from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum

from workstation.report.blocks import JsonValue
from workstation.report.header import report_number, report_uid, status_of
from workstation.report.reading import Reading

SCHEMA = "batson-report/1"


def record_data(reading: Reading, case_record: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the record.

    Parameters
    ----------
    case_record : mapping
        The case as the case store writes it; it is attached unchanged.
    """
    case = reading.case
    return {
        "schema": SCHEMA,
        "report": {
            "uid": report_uid(case),
            "number": report_number(case),
            "version": case.version,
            "status": status_of(case).value,
        },
        "case": dict(case_record),
        "derived": {
            "index_level": reading.index.value if reading.index else None,
            "levels": {level.value: _level(reading, level) for level in reading.levels},
            "red_flags": [plain(flag) for flag in reading.red_flags],
            "impression": [plain(sentence) for sentence in reading.impression],
            "findings": [plain(sentence) for sentence in reading.findings],
            **_comparison(reading),
        },
    }


def _comparison(reading: Reading) -> dict[str, JsonValue]:
    follow_up = reading.follow_up
    if follow_up is None:
        return {}
    return {"comparison": {"prior": follow_up.prior.id, "lesions": plain(follow_up.lesions)}}


def _level(reading: Reading, level: object) -> JsonValue:
    results = {"sins": reading.sins, "escc": reading.escc, "noms": reading.noms}
    return {name: plain(values[level]) for name, values in results.items()}  # type: ignore[index]


def plain(value: object) -> JsonValue:
    """Return a frozen domain value as JSON: sets sorted, keys as their codes."""
    if isinstance(value, Enum):
        return value.value  # type: ignore[no-any-return]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return _plain_collection(value)


def _plain_collection(value: object) -> JsonValue:
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a record")
