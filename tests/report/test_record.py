"""The machine-readable record: the case unchanged, the computed values beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

import pytest

from tests.report.report_cases import case_with_lesions, full_case, signed
from workstation.report.reading import read_case
from workstation.report.record import SCHEMA, plain, record_data
from workstation.storage.case_codec import encode_case


class _Word(StrEnum):
    A = "a"
    B = "b"


class _Number(IntEnum):
    TWO = 2


@dataclass(frozen=True)
class _Value:
    words: frozenset[_Word]
    by_word: object
    items: tuple[object, ...]


def test_domain_values_become_plain_json() -> None:
    value = _Value(
        words=frozenset({_Word.B, _Word.A}),
        by_word=MappingProxyType({_Word.A: _Number.TWO}),
        items=(None, True, 1.5, "x", [1]),
    )
    made = plain(value)
    assert made == {"words": ["a", "b"], "by_word": {"a": 2}, "items": [None, True, 1.5, "x", [1]]}
    assert type(made["by_word"]["a"]) is int  # type: ignore[index,call-overload]


def test_an_unexpected_value_is_refused_not_guessed() -> None:
    with pytest.raises(TypeError, match="object has no place"):
        plain(object())


def test_the_record_carries_case_report_and_results() -> None:
    case = signed(full_case(), version=2)
    data = record_data(read_case(case, {}), encode_case(case))
    assert data["schema"] == SCHEMA
    assert data["case"] == encode_case(case)
    assert data["report"]["status"] == "AMENDED"
    assert data["report"]["version"] == 2
    derived = data["derived"]
    assert derived["index_level"] == "T8"
    assert list(derived["levels"]) == ["C5", "T8", "L2"]
    t8 = derived["levels"]["T8"]
    assert t8["sins"]["total"] == 14
    assert sum(item["points"] for item in t8["sins"]["components"].values()) == 14
    assert t8["escc"]["grade"] == "2"
    assert t8["noms"]["decision"] == "DECOMP_STAB_SRS"
    assert t8["noms"]["published"] == "P9"
    assert derived["levels"]["C5"]["sins"]["total"] is None
    assert derived["levels"]["C5"]["sins"]["minimum"] == 6
    assert derived["red_flags"][0]["urgency"] == "emergency"


def test_a_case_without_levels_has_an_empty_reading() -> None:
    case = case_with_lesions(0)
    derived = record_data(read_case(case, {}), encode_case(case))["derived"]
    assert derived["index_level"] is None
    assert derived["levels"] == {}
