"""Values to JSON by their hints, and every refusal with the path of the field."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.storage import json_schema
from workstation.storage.json_schema import canonical_json, kind_of, parse_json


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Points(IntEnum):
    ZERO = 0
    THREE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    size_mm: float
    color: Color | Missing = NOT_ASSESSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...] = ()
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)
    colors: frozenset[Color] | Missing = NOT_ASSESSED
    age: int | None = None
    felled: bool = False
    best: Leaf | None = None
    extra: frozenset[Points] = field(default_factory=frozenset)


def message_of(hint: Any, document: Any) -> str:
    with pytest.raises(InputRefusedError) as caught:
        kind_of(hint).decode(document, "at")
    return caught.value.message


def round_trip(hint: Any, value: Any) -> Any:
    document = json.loads(canonical_json(kind_of(hint).encode(value, "at")))
    return kind_of(hint).decode(document, "at")


@pytest.mark.parametrize(
    ("hint", "value", "document"),
    [
        (str, "ü\n", "ü\n"),
        (float, 2, 2.0),
        (float, -0.5, -0.5),
        (int, 7, 7),
        (bool, True, True),
        (type(None), None, None),
        (Color, Color.RED, "red"),
        (Points, Points.THREE, 3),
        (Color | Missing, UNKNOWN, "unknown"),
        (Color | Missing, Color.BLUE, "blue"),
        (Points | Missing, Points.ZERO, 0),
        (Points | Missing, NOT_ASSESSED, "not_assessed"),
        (float | Missing, 45.0, 45.0),
        (str | Missing, "2025-11-03", "2025-11-03"),
        (str | Missing, UNKNOWN, "unknown"),
        (int | None, None, None),
        (tuple[str, ...], ("b", "a"), ["b", "a"]),
        (tuple[float, float], (1, 2.5), [1.0, 2.5]),
        (frozenset[Color], frozenset(Color), ["blue", "red"]),
        (frozenset[Color] | Missing, frozenset(), []),
        (Leaf | None, None, None),
        (Leaf, Leaf(size_mm=1.5), {"size_mm": 1.5, "color": "not_assessed"}),
    ],
)
def test_value_and_document_are_one_to_one(hint: Any, value: Any, document: Any) -> None:
    assert kind_of(hint).encode(value, "at") == document
    assert kind_of(hint).decode(document, "at") == value
    assert round_trip(hint, value) == value


def test_decoded_choice_is_the_member_itself() -> None:
    assert kind_of(Color | Missing).decode("unknown", "at") is UNKNOWN
    assert kind_of(Color | Missing).decode("red", "at") is Color.RED
    assert kind_of(str | Missing).decode("not_assessed", "at") is NOT_ASSESSED


def test_nested_record_survives() -> None:
    tree = Tree(
        name="oak",
        leaves=(Leaf(size_mm=1.25, color=Color.RED), Leaf(size_mm=3.0)),
        point=(1.0, -2.0, 3.5),
        colors=frozenset({Color.RED}),
        age=12,
        felled=True,
        best=Leaf(size_mm=0.1, color=UNKNOWN),
        extra=frozenset(Points),
    )
    assert round_trip(Tree, tree) == tree


def test_absent_key_takes_the_default() -> None:
    assert kind_of(Tree).decode({"name": "oak"}, "") == Tree(name="oak")


@pytest.mark.parametrize(
    ("hint", "document", "message"),
    [
        (str, 5, "at: needs a text, not a number."),
        (str, None, "at: needs a text, not null."),
        (float, "5", "at: needs a number, not a text."),
        (float, True, "at: needs a number, not true or false."),
        (float, 10**400, "at: the number is not finite."),
        (int, 5.0, "at: needs a whole number, not a number."),
        (int, True, "at: needs a whole number, not true or false."),
        (int, 2**60, "at: the number is too large."),
        (bool, 1, "at: needs true or false, not a number."),
        (type(None), 0, "at: needs null, not a number."),
        (Color, "green", "at: is not one of red, blue."),
        (Color, ["red"], "at: needs one of red, blue, not a list."),
        (Points, 1, "at: is not one of 0, 3."),
        (Points, True, "at: needs one of 0, 3, not true or false."),
        (Points, 3.0, "at: needs one of 0, 3, not a number."),
        (Color | Missing, "none", "at: is not one of red, blue, not_assessed, unknown."),
        (Color | Missing, None, "at: needs one of red, blue, not_assessed, unknown, not null."),
        (int | None, "x", "at: needs another kind of value, not a text."),
        (tuple[int, ...], {}, "at: needs a list, not an object."),
        (tuple[int, ...], [1, "x"], "at[1]: needs a whole number, not a text."),
        (tuple[float, float], [1.0], "at: needs 2 values, not 1."),
        (tuple[float, float], "ab", "at: needs a list, not a text."),
        (frozenset[Color], ["red", "red"], "at: names a value twice."),
        (frozenset[Color], "red", "at: needs a list, not a text."),
        (Leaf, [], "at: needs an object, not a list."),
        (Leaf, {}, "at.size_mm: is missing."),
        (Leaf, {"size_mm": 1, "color": "x"}, "at.color: is not one of red, blue, "),
        (Leaf, {"size_mm": 1, "weight": 2}, "at.weight: is not a field here."),
        (Tree, {"name": "a", "leaves": [{"size_mm": None}]}, "at.leaves[0].size_mm: needs"),
        (Tree, {"name": "a", "point": [0, 0, "z"]}, "at.point[2]: needs a number, not a text."),
    ],
)
def test_wrong_document_is_refused_with_its_path(hint: Any, document: Any, message: str) -> None:
    found = message_of(hint, document)
    assert found.startswith(message)
    assert "\n" not in found


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (str, 5),
        (float, math.nan),
        (float, math.inf),
        (float, "1"),
        (int, True),
        (bool, None),
        (Color, "red"),
        (Color | Missing, "red"),
        (tuple[int, ...], [1]),
        (tuple[float, float], (1.0,)),
        (frozenset[Color], {Color.RED}),
        (Leaf, Tree(name="x")),
        (Leaf, Leaf(size_mm=math.nan)),
        (str, "\ud800"),
    ],
)
def test_wrong_value_is_not_written(hint: Any, value: Any) -> None:
    with pytest.raises(InputRefusedError):
        kind_of(hint).encode(value, "at")


def test_text_that_reads_as_missing_is_not_written_as_text() -> None:
    with pytest.raises(InputRefusedError, match="meaning of its own"):
        kind_of(str | Missing).encode("unknown", "at")


def test_refusal_never_repeats_the_value() -> None:
    assert "EXAMPLE" not in message_of(float, "EXAMPLE^Ada")
    assert "EXAMPLE" not in message_of(Color, "EXAMPLE^Ada")


def test_name_of_an_unknown_key_is_made_harmless() -> None:
    found = message_of(Leaf, {"size_mm": 1, "a\x1b[31m\u202e" + "b" * 100: 2})
    assert found.startswith("at.a?[31m?bbb")
    assert len(found) < 80


def test_long_text_and_long_list_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_schema, "TEXT_LIMIT", 4)
    monkeypatch.setattr(json_schema, "ITEM_LIMIT", 2)
    assert kind_of(str).decode("abcd", "at") == "abcd"
    assert "longer than 4" in message_of(str, "abcde")
    assert kind_of(tuple[int, ...]).decode([1, 2], "at") == (1, 2)
    assert "more than 2 items" in message_of(tuple[int, ...], [1, 2, 3])


def test_union_of_choices_that_share_a_word_is_a_mistake() -> None:
    class Other(StrEnum):
        SEEN = "unknown"

    with pytest.raises(TypeError, match="share a word"):
        kind_of(Other | Missing)


def test_type_without_json_form_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        kind_of(bytes)


class TestCanonicalJson:
    def test_keys_are_sorted_and_spaces_left_out(self) -> None:
        assert canonical_json({"b": [1, 2.5], "a": "ü"}) == '{"a":"ü","b":[1,2.5]}'.encode()

    def test_equal_documents_give_equal_bytes(self) -> None:
        assert canonical_json({"x": 1, "y": 2}) == canonical_json({"y": 2, "x": 1})

    def test_nan_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="not JSON compliant"):
            canonical_json([math.nan])

    @pytest.mark.parametrize("number", [0.1, 1e-300, 1e300, -0.0, 123456789.123456789, 5e-324])
    def test_number_keeps_its_last_digit(self, number: float) -> None:
        assert json.loads(canonical_json(number)) == number


class TestParseJson:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"NaN",
            b"[Infinity]",
            b'{"a":1,"a":2}',
            b'{"a":' + b"[" * 100_000,
            b"9" * 5000,
            b"{'a': 1}",
            b"[1,]",
        ],
    )
    def test_what_is_no_json_is_refused(self, data: bytes) -> None:
        with pytest.raises(InputRefusedError) as caught:
            parse_json(data, "case.json")
        assert caught.value.message == "case.json: is not a JSON document."

    def test_too_large_is_refused_before_it_is_parsed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json_schema, "DOCUMENT_LIMIT_BYTES", 10)
        with pytest.raises(InputRefusedError, match="larger than"):
            parse_json(b"[1,2,3,4,5]")

    def test_text_and_bytes_are_read(self) -> None:
        assert parse_json('{"a": [1, null]}') == {"a": [1, None]}
        assert parse_json("\ufeff1".encode("utf-16-le").decode("utf-16-le")[1:]) == 1
