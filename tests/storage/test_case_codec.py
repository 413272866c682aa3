"""Cases and commands as documents: the round trip is the identity, anything else is refused."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import random
from dataclasses import fields, replace
from typing import Any

import pytest

from tests.support import cases
from tests.support.priors import full_prior
from workstation.base.errors import InputRefusedError
from workstation.domain import commands
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import Case, ReportText, Sentence
from workstation.domain.changes import apply
from workstation.domain.commands import Command, SetConus, SetSins
from workstation.domain.prior import ChangeVerdict
from workstation.domain.sins import SinsAnswers, SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.storage import case_codec
from workstation.storage.case_codec import (
    COMMANDS,
    case_bytes,
    case_from_bytes,
    case_hash,
    decode_case,
    decode_command,
    encode_case,
    encode_command,
)
from workstation.storage.json_schema import canonical_json, parse_json

ALL_CASES = [
    cases.empty_case(),
    cases.studied_case(),
    cases.one_lesion_case(),
    cases.many_lesions_case(12),
    cases.many_lesions_case(29),
    cases.signed_case(),
    cases.full_case(),
    *(cases.hostile_case(text) for text in cases.HOSTILE_TEXTS),
]


def one_of_each_command() -> list[Command]:
    case = cases.full_case()
    lesion, graded = case.lesions[0], case.assessments[0]
    return [
        commands.AddStudy(
            patient=case.patient, study=case.studies[0], series=cases.series_references()
        ),
        commands.SetSpine(spine=case.spines[0]),
        commands.MoveLandmark(
            frame_of_reference_uid=cases.FRAME,
            level=VertebralLevel.T9,
            center_lps=(0.1, -2.0, 3.0),
        ),
        commands.ConfirmSpine(frame_of_reference_uid=cases.FRAME, by="R", at="2026-03-14"),
        commands.RemoveSpine(frame_of_reference_uid=cases.FRAME),
        commands.AddLesion(
            id="b",
            center_lps=(1.0, 2.0, 3.0),
            radius_mm=7.5,
            frame_of_reference_uid=cases.FRAME,
            series_uid=cases.CT_SERIES,
            created_at=cases.CREATED_AT,
        ),
        commands.ReplaceLesion(lesion=lesion),
        commands.RemoveLesion(id=lesion.id),
        SetSins(level=graded.level, answers=graded.sins),
        commands.SetEscc(level=graded.level, answers=graded.escc),
        commands.SetNomsLevel(level=graded.level, answers=graded.noms),
        commands.RemoveAssessment(level=graded.level),
        SetConus(conus=UNKNOWN),
        commands.SetNeurologic(facts=case.neurologic),
        commands.SetOncology(oncology=case.oncology),
        commands.SetSystemic(facts=case.systemic),
        commands.SetCommunication(communication=case.communication),
        commands.SetText(text=case.text),
        commands.AddKeyImage(image=cases.key_image()),
        commands.ReplaceKeyImage(image=cases.key_image()),
        commands.RemoveKeyImage(id="image-1"),
        commands.AddMark(mark=cases.distance_mark()),
        commands.ReplaceMark(mark=cases.distance_mark()),
        commands.SetMarkLabel(id="mark-1", text="canal"),
        commands.RemoveMark(id="mark-1"),
        commands.SetPrior(prior=full_prior(), patient=case.patient),
        commands.RemovePrior(id="prior-1"),
        commands.DecideChange(prior_id="prior-1", lesion_id=lesion.id, verdict=ChangeVerdict.WORSE),
        commands.Explain(code="laterality", field="lesion.1", text="Why."),
        commands.UpdateSentence(section=commands.ReportSection.IMPRESSION, position=0),
        commands.KeepSentence(section=commands.ReportSection.FINDINGS, position=1),
        commands.SetSecondAssessment(reader="S. Second", assessment=graded),
        commands.CloseSecondReading(reader="S. Second", at=cases.CONFIRMED_AT),
        commands.Sign(signature=cases.reader_signature()),
        commands.Amend(reason="Level corrected."),
    ]


def message_of(document: Any) -> str:
    with pytest.raises(InputRefusedError) as caught:
        decode_case(document)
    return caught.value.message


def empty_fields(value: Any, path: str) -> list[str]:
    """The dataclass fields below ``value`` that hold their default."""
    found = []
    if dataclasses.is_dataclass(value):
        for item in fields(value):
            held = getattr(value, item.name)
            factory = item.default_factory
            default = item.default if factory is dataclasses.MISSING else factory()
            if held == default and type(held) is type(default):
                found.append(f"{path}.{item.name}")
            found += empty_fields(held, f"{path}.{item.name}")
    elif isinstance(value, tuple) and value:
        found += empty_fields(value[0], f"{path}[0]")
    return found


def test_full_case_really_has_every_field_filled() -> None:
    assert empty_fields(cases.full_case(), "case") == []


@pytest.mark.parametrize("case", ALL_CASES, ids=range(len(ALL_CASES)))
def test_round_trip_is_the_identity(case: Case) -> None:
    data = case_bytes(case)
    again = case_from_bytes(data)
    assert again == case
    assert case_bytes(again) == data
    assert case_hash(again) == hashlib.sha256(data).hexdigest()


def test_not_assessed_unknown_and_none_stay_three_values() -> None:
    case = cases.studied_case()
    for answer in (NOT_ASSESSED, UNKNOWN, SinsPain.NONE):
        after = apply(case, SetSins(level=VertebralLevel.T9, answers=SinsAnswers(pain=answer)))
        again = case_from_bytes(case_bytes(after))
        assert again.assessment(VertebralLevel.T9).sins.pain is answer


def test_document_says_format_and_schema() -> None:
    document = encode_case(cases.empty_case())
    assert document["format"] == "batson-case"
    assert document["schema"] == 1
    names = {item.name for item in fields(Case)}
    assert set(document["case"]) == names - case_codec.LATER_FIELDS


def test_whole_number_and_fraction_give_the_same_bytes() -> None:
    case = cases.one_lesion_case()
    whole = replace(case, lesions=(replace(case.lesions[0], radius_mm=9),))
    fraction = replace(case, lesions=(replace(case.lesions[0], radius_mm=9.0),))
    assert case_bytes(whole) == case_bytes(fraction)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "format: this is not a Batson case."),
        ({"schema": 0}, "schema: needs a whole number from 1."),
        ({"schema": True}, "schema: needs a whole number from 1."),
        ({"schema": "1"}, "schema: needs a whole number from 1."),
        ({"schema": 2}, "schema: this case was written by a newer Batson (schema 2)"),
        ({"case": []}, "case: needs an object."),
        ({"more": 1}, "document: needs exactly format, schema and case."),
    ],
)
def test_wrong_envelope_is_refused(change: dict[str, Any], message: str) -> None:
    assert message_of({**encode_case(cases.empty_case()), **change}).startswith(message)


@pytest.mark.parametrize("document", [None, [], "case", 5, {}])
def test_what_is_no_case_is_refused(document: Any) -> None:
    assert message_of(document) == "format: this is not a Batson case."


@pytest.mark.parametrize(
    "name", [item.name for item in fields(Case) if item.name not in case_codec.LATER_FIELDS]
)
def test_every_field_of_the_case_must_be_there(name: str) -> None:
    document = encode_case(cases.full_case())
    del document["case"][name]
    assert message_of(document) == f"case.{name}: is missing."


@pytest.mark.parametrize("name", sorted(case_codec.LATER_FIELDS))
def test_a_case_kept_before_a_field_came_keeps_its_bytes(name: str) -> None:
    older = encode_case(replace(cases.full_case(), **{name: ()}))
    assert name not in older["case"]
    case = decode_case(older)
    assert getattr(case, name) == ()
    assert case_bytes(case) == canonical_json(older)
    assert name in encode_case(cases.full_case())["case"]


def test_a_sentence_kept_before_it_remembered_its_values_keeps_its_bytes() -> None:
    case = cases.one_lesion_case()
    case = replace(case, text=ReportText(impression=(Sentence(text="Mine."),)))
    document = encode_case(case)
    assert document["case"]["text"]["impression"] == [{"text": "Mine.", "sources": []}]
    assert decode_case(document) == case
    filled = encode_case(cases.full_case())["case"]["text"]["impression"][0]
    assert filled["made_from"] == "SINS T12 is 14, unstable"


def test_path_leads_to_the_wrong_field() -> None:
    document = encode_case(cases.one_lesion_case())
    document["case"]["lesions"][0]["matrix"] = "soft"
    assert message_of(document).startswith("case.lesions[0].matrix: is not one of lytic, mixed")
    document = encode_case(cases.one_lesion_case())
    document["case"]["assessments"][0]["escc"]["questions"] = ["yes"]
    assert message_of(document) == "case.assessments[0].escc.questions: needs 5 values, not 1."


def test_older_schema_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_codec, "SCHEMA_VERSION", 3)

    def first(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "reader": body["reader"] + "+1"}

    def second(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "reader": body["reader"] + "+2"}

    document = {**encode_case(cases.one_lesion_case()), "schema": 1}
    case = decode_case(document, migrations={1: first, 2: second})
    assert case.reader == "R. Reader+1+2"


def test_every_schema_has_its_migration() -> None:
    assert set(case_codec.MIGRATIONS) == set(range(1, case_codec.SCHEMA_VERSION))


class TestCommands:
    def test_there_is_one_of_each(self) -> None:
        assert {type(command) for command in one_of_each_command()} == set(COMMANDS.values())
        assert len(COMMANDS) == 35

    @pytest.mark.parametrize("command", one_of_each_command(), ids=lambda item: type(item).__name__)
    def test_round_trip_is_the_identity(self, command: Command) -> None:
        document = json.loads(canonical_json(encode_command(command)))
        assert document["command"] == type(command).__name__
        assert decode_command(document) == command

    def test_short_document_is_enough(self) -> None:
        document = {"command": "SetSins", "level": "T9", "answers": {"pain": "mechanical"}}
        answers = SinsAnswers(pain=SinsPain.MECHANICAL)
        assert decode_command(document) == SetSins(level=VertebralLevel.T9, answers=answers)

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ([], "document: needs an object with a command."),
            ({}, "command: is not one Batson knows."),
            ({"command": "Explode"}, "command: is not one Batson knows."),
            ({"command": ["SetConus"]}, "command: is not one Batson knows."),
            ({"command": "Command"}, "command: is not one Batson knows."),
            ({"command": "SetConus"}, "conus: is missing."),
            ({"command": "SetConus", "conus": "L9"}, "conus: is not one of C0, C1,"),
            ({"command": "SetConus", "conus": "L1", "by": "me"}, "by: is not a field here."),
            (
                {"command": "SetSins", "level": "T9", "answers": {"pain": 3}},
                "answers.pain: is not one of none, nonmechanical, mechanical",
            ),
        ],
    )
    def test_wrong_document_is_refused(self, document: Any, message: str) -> None:
        with pytest.raises(InputRefusedError) as caught:
            decode_command(document)
        assert caught.value.message.startswith(message)

    def test_command_that_is_not_kept_is_refused(self) -> None:
        class Mine(SetConus):
            pass

        with pytest.raises(InputRefusedError):
            encode_command(Mine(conus=VertebralLevel.L1))
        with pytest.raises(InputRefusedError):
            encode_command(Command())


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, removed or doubled."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        position = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[position] = chance.randrange(256)
            case 1:
                del changed[position : position + chance.randint(1, 40)]
            case _:
                changed[position:position] = changed[position : position + chance.randint(1, 40)]
    return bytes(changed)


def decoded(data: bytes) -> tuple[Case | None, str]:
    """The case, or None and the refusal."""
    try:
        return case_from_bytes(data), ""
    except InputRefusedError as error:
        return None, error.message


def test_mutated_documents_are_refused_or_whole() -> None:
    chance = random.Random(20260314)
    data = case_bytes(cases.full_case())
    outcomes = [decoded(mutated(data, chance)) for _ in range(400)]
    assert sum(case is None for case, _ in outcomes) > 200
    for case, message in outcomes:
        assert "\n" not in message
        assert case is None or case_from_bytes(case_bytes(case)) == case


def test_any_value_swapped_for_another_kind_is_refused_or_whole() -> None:
    document = encode_case(cases.full_case())
    wrong: tuple[Any, ...] = (None, True, 3, -1.5, "x", [], {}, ["x"], {"x": 1})
    for path in leaf_paths(document["case"]):
        for value in wrong:
            changed = copy.deepcopy(document)
            put(changed["case"], path, value)
            case, message = decoded(canonical_json(changed))
            if case is None:
                assert message.split(":")[0].startswith(f"case.{path[0]}")
            else:
                assert encode_case(case) == parse_json(case_bytes(case))


def leaf_paths(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(document, dict):
        return [leaf for key, item in document.items() for leaf in leaf_paths(item, (*path, key))]
    if isinstance(document, list) and document:
        return leaf_paths(document[0], (*path, 0))
    return [path]


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value
