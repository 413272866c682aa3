"""Strict reading of answer documents: each wrong field is refused by its name."""

from __future__ import annotations

import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.document_fields import (
    LARGEST_DOCUMENT,
    DocumentFields,
    named_level,
    parse_json,
)
from workstation.domain.spine import VertebralLevel

WORDS = {"slow": 1, "rapid": 4}


def fields(value, name="field"):
    return DocumentFields({name: value}, optional=(name,))


def test_json_is_read():
    assert parse_json('{"a": [1, null, "x"]}') == {"a": [1, None, "x"]}
    assert parse_json('\ufeff{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1, column 2"),
        ('{"a": 1,\n "b": }', "line 2, column 7"),
        ("{'a': 1}", "not JSON"),
        ('{"a": NaN}', "NaN, which is not a number"),
        ('{"a": Infinity}', "Infinity, which is not a number"),
        ('{"a": -Infinity}', "-Infinity, which is not a number"),
        ('{"pain": 1, "pain": 2}', "pain: the field is given twice"),
        ("[" * 100_000, "not a JSON document of answers"),
        ('{"a": ' + "9" * 5000 + "}", "not a JSON document of answers"),
        (" " * (LARGEST_DOCUMENT + 1), "too large"),
    ],
)
def test_text_that_is_no_document_is_refused(text, message):
    with pytest.raises(InputRefusedError, match=message) as caught:
        parse_json(text)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("document", [[], "text", 3, 1.5, True, None, [{}]])
def test_document_must_be_an_object(document):
    with pytest.raises(InputRefusedError, match="JSON object"):
        DocumentFields(document)


def test_unknown_field_is_named():
    with pytest.raises(InputRefusedError, match=r"^colour: there is no such field"):
        DocumentFields({"colour": 1}, optional=("color",))


@pytest.mark.parametrize(
    ("name", "shown"), [("", '""'), ("a\nb", r"a\\nb"), ("x" * 500, "x" * 40 + ":")]
)
def test_name_from_outside_stays_on_one_short_line(name, shown):
    with pytest.raises(InputRefusedError, match=shown) as caught:
        DocumentFields({name: 1})
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 100


def test_missing_field_is_named():
    with pytest.raises(InputRefusedError, match=r"^pain: the field is missing"):
        DocumentFields({}, required=("pain",))


def test_null_is_not_assessed_and_unknown_is_unknown():
    for read in (
        lambda f: f.option("field", WORDS),
        lambda f: f.options("field", WORDS),
        lambda f: f.yes_no("field"),
        lambda f: f.number("field", 0, 1),
        lambda f: f.count("field", 0, 1),
        lambda f: f.level("field"),
    ):
        assert read(fields(None)) is NOT_ASSESSED
        assert read(fields("unknown")) is UNKNOWN
        assert read(DocumentFields({}, optional=("field",))) is NOT_ASSESSED


def test_option():
    assert fields("rapid").option("field", WORDS) == 4


@pytest.mark.parametrize("value", ["fast", "Rapid", "", 4, True, [], {}, ["rapid"]])
def test_wrong_option_lists_what_may_stand_there(value):
    with pytest.raises(InputRefusedError, match=r"^field: use slow, rapid"):
        fields(value).option("field", WORDS)


def test_plain_word_has_a_default():
    assert fields("rapid").plain("field", WORDS, 0) == 4
    assert fields(None).plain("field", WORDS, 0) == 0
    assert DocumentFields({}).plain("field", WORDS, 7) == 7
    with pytest.raises(InputRefusedError, match=r"^field: use"):
        fields("unknown").plain("field", WORDS, 0)


def test_options():
    assert fields(["rapid", "slow", "rapid"]).options("field", WORDS) == {1, 4}
    assert fields([]).options("field", WORDS) == frozenset()


@pytest.mark.parametrize("value", [["fast"], [None], [["rapid"]], [1]])
def test_wrong_word_in_a_list(value):
    with pytest.raises(InputRefusedError, match=r"^field: use"):
        fields(value).options("field", WORDS)


@pytest.mark.parametrize("value", ["rapid", 1, True, {"rapid": 1}])
def test_list_must_be_a_list(value):
    with pytest.raises(InputRefusedError, match=r"^field: must be a list"):
        fields(value).options("field", WORDS)


def test_yes_no():
    assert fields(True).yes_no("field") is YesNo.YES
    assert fields(False).yes_no("field") is YesNo.NO
    assert fields(True).marked("field") is True
    for value in (False, None, "unknown"):
        assert fields(value).marked("field") is False


@pytest.mark.parametrize("value", [0, 1, "yes", "true", [], 1.0])
def test_yes_no_is_a_boolean(value):
    with pytest.raises(InputRefusedError, match=r"^field: use true, false"):
        fields(value).yes_no("field")


@pytest.mark.parametrize("value", [0, 100, 50.0, 50.5])
def test_number(value):
    assert fields(value).number("field", 0, 100) == value


@pytest.mark.parametrize(
    "value", [True, False, "50", [50], -0.1, 100.1, float("nan"), float("inf"), 10**400]
)
def test_wrong_number(value):
    with pytest.raises(InputRefusedError, match=r"^field: must be a number from 0 to 100"):
        fields(value).number("field", 0, 100)


def test_overflowing_number_in_json_is_refused():
    document = parse_json('{"field": 1e999}')
    with pytest.raises(InputRefusedError, match=r"^field: must be a number"):
        DocumentFields(document, optional=("field",)).number("field", 0, 100)


@pytest.mark.parametrize("value", [0, 3, 9])
def test_count(value):
    assert fields(value).count("field", 0, 9) == value


@pytest.mark.parametrize("value", [True, 2.0, "2", -1, 10, [2]])
def test_wrong_count(value):
    with pytest.raises(InputRefusedError, match=r"^field: must be a whole number from 0 to 9"):
        fields(value).count("field", 0, 9)


def test_level():
    assert fields("T12").level("field") is VertebralLevel.T12
    assert named_level("levels", "co") is VertebralLevel.CO


@pytest.mark.parametrize("value", ["T14", "12", "", "T1-T2"])
def test_wrong_level(value):
    with pytest.raises(InputRefusedError, match=r"^field: must be a vertebra"):
        fields(value).level("field")


@pytest.mark.parametrize("value", [12, True, ["T12"], {}])
def test_level_must_be_a_name(value):
    with pytest.raises(InputRefusedError, match=r"^field: must be the name of a vertebra"):
        fields(value).level("field")
