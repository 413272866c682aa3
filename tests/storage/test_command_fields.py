"""Every command as a hand-written document: what it means, and what each field refuses.

These documents are what scripts write and what histories hold; a name may never change.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import cases
from workstation.base.errors import InputRefusedError
from workstation.domain import commands
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import (
    Communication,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    Patient,
    ReportText,
    Sentence,
    Signature,
    StudyReference,
)
from workstation.domain.clinical import (
    AisGrade,
    DeficitStatus,
    Ecog,
    Kps,
    NeurologicFacts,
    PrimarySite,
    SystemicFacts,
)
from workstation.domain.escc import EsccAnswers, EsccModality
from workstation.domain.noms_table import MechanicalAxis, SystemicAxis
from workstation.domain.prior import ChangeVerdict
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAnswers,
    SinsContext,
    SinsPain,
    SinsPosterolateral,
)
from workstation.domain.spine import Landmark, LandmarkState, Spine, Variant, VertebralLevel
from workstation.storage.case_codec import COMMANDS, decode_command, encode_command

T9, L1 = VertebralLevel.T9, VertebralLevel.L1

WRITTEN: list[tuple[dict[str, Any], commands.Command]] = [
    (
        {
            "command": "AddStudy",
            "patient": {"id": "P1", "name": "A^B", "birth_date": "1960-01-02", "sex": "F"},
            "study": {"study_uid": "1.2", "date": "2026-03-14", "modalities": ["CT"]},
            "series": [],
        },
        commands.AddStudy(
            patient=Patient(id="P1", name="A^B", birth_date="1960-01-02", sex="F"),
            study=StudyReference(study_uid="1.2", date="2026-03-14", modalities=("CT",)),
            series=(),
        ),
    ),
    (
        {
            "command": "SetSpine",
            "spine": {
                "frame_of_reference_uid": "1.5",
                "series_uid": "1.6",
                "landmarks": [{"level": "T9", "center_lps": [1, 2.5, -3], "state": "clicked"}],
                "variants": ["L6"],
                "counted_from": "counted from C2",
            },
        },
        commands.SetSpine(
            spine=Spine(
                frame_of_reference_uid="1.5",
                series_uid="1.6",
                landmarks=(
                    Landmark(level=T9, center_lps=(1.0, 2.5, -3.0), state=LandmarkState.CLICKED),
                ),
                variants=frozenset({Variant.SIX_LUMBAR}),
                counted_from="counted from C2",
            )
        ),
    ),
    (
        {
            "command": "MoveLandmark",
            "frame_of_reference_uid": "1.5",
            "level": "T9",
            "center_lps": [0, 0, 1],
        },
        commands.MoveLandmark(frame_of_reference_uid="1.5", level=T9, center_lps=(0.0, 0.0, 1.0)),
    ),
    (
        {"command": "ConfirmSpine", "frame_of_reference_uid": "1.5", "by": "R", "at": "2026"},
        commands.ConfirmSpine(frame_of_reference_uid="1.5", by="R", at="2026"),
    ),
    (
        {"command": "RemoveSpine", "frame_of_reference_uid": "1.5"},
        commands.RemoveSpine(frame_of_reference_uid="1.5"),
    ),
    (
        {
            "command": "AddLesion",
            "id": "a",
            "center_lps": [1, 2, 3],
            "radius_mm": 7,
            "frame_of_reference_uid": "1.5",
            "series_uid": "1.6",
        },
        commands.AddLesion(
            id="a",
            center_lps=(1.0, 2.0, 3.0),
            radius_mm=7.0,
            frame_of_reference_uid="1.5",
            series_uid="1.6",
        ),
    ),
    ({"command": "RemoveLesion", "id": "a"}, commands.RemoveLesion(id="a")),
    (
        {
            "command": "SetSins",
            "level": "T9",
            "answers": {
                "pain": "unknown",
                "posterolateral": "unilateral",
                "posterolateral_left": ["facet", "pedicle"],
                "context": ["mri_only"],
                "historical_total": 9,
            },
        },
        commands.SetSins(
            level=T9,
            answers=SinsAnswers(
                pain=UNKNOWN,
                posterolateral=SinsPosterolateral.UNILATERAL,
                posterolateral_left=frozenset(
                    {PosterolateralPart.PEDICLE, PosterolateralPart.FACET}
                ),
                context=frozenset({SinsContext.MRI_ONLY}),
                historical_total=9,
            ),
        ),
    ),
    (
        {
            "command": "SetEscc",
            "level": "T9",
            "answers": {
                "questions": ["yes", "no", "unknown", "not_assessed", "not_assessed"],
                "modality": "mri",
                "foraminal_left": True,
                "block_level": "L1",
            },
        },
        commands.SetEscc(
            level=T9,
            answers=EsccAnswers(
                questions=(YesNo.YES, YesNo.NO, UNKNOWN, NOT_ASSESSED, NOT_ASSESSED),
                modality=EsccModality.MRI,
                foraminal_left=True,
                block_level=L1,
            ),
        ),
    ),
    (
        {
            "command": "SetNomsLevel",
            "level": "T9",
            "answers": {"systemic": "ABLE", "surgeon_says": "STABLE", "prior_radiation": "no"},
        },
        commands.SetNomsLevel(
            level=T9,
            answers=NomsLevelAnswers(
                systemic=SystemicAxis.ABLE,
                surgeon_says=MechanicalAxis.STABLE,
                prior_radiation=YesNo.NO,
            ),
        ),
    ),
    (
        {"command": "RemoveAssessment", "level": "Co"},
        commands.RemoveAssessment(level=VertebralLevel.CO),
    ),
    ({"command": "SetConus", "conus": "L1"}, commands.SetConus(conus=L1)),
    ({"command": "SetConus", "conus": "unknown"}, commands.SetConus(conus=UNKNOWN)),
    ({"command": "SetConus", "conus": "not_assessed"}, commands.SetConus(conus=NOT_ASSESSED)),
    (
        {
            "command": "SetNeurologic",
            "facts": {
                "myelopathy": "no",
                "weakness": "progressive",
                "ais": "intact",
                "deficit_since_hours": 36,
                "attributed_level": "T9",
            },
        },
        commands.SetNeurologic(
            facts=NeurologicFacts(
                myelopathy=YesNo.NO,
                weakness=DeficitStatus.PROGRESSIVE,
                ais=AisGrade.INTACT,
                deficit_since_hours=36.0,
                attributed_level=T9,
            )
        ),
    ),
    (
        {
            "command": "SetOncology",
            "oncology": {"histology": "breast", "primary_text": "breast", "markers": "HER2"},
        },
        commands.SetOncology(
            oncology=Oncology(histology=Histology.BREAST, primary_text="breast", markers="HER2")
        ),
    ),
    (
        {
            "command": "SetSystemic",
            "facts": {"kps": 70, "ecog": 1, "primary_site": "lung", "albumin_g_dl": 3.5},
        },
        commands.SetSystemic(
            facts=SystemicFacts(
                kps=Kps.K70, ecog=Ecog.E1, primary_site=PrimarySite.LUNG, albumin_g_dl=3.5
            )
        ),
    ),
    (
        {"command": "SetCommunication", "communication": None},
        commands.SetCommunication(communication=None),
    ),
    (
        {
            "command": "SetCommunication",
            "communication": {"to_whom": "Dr. S", "at": "now", "how": "telephone"},
        },
        commands.SetCommunication(
            communication=Communication(to_whom="Dr. S", at="now", how="telephone")
        ),
    ),
    (
        {
            "command": "SetText",
            "text": {"impression": [{"text": "One.", "sources": ["sins.T9"]}], "limits": "none"},
        },
        commands.SetText(
            text=ReportText(
                impression=(Sentence(text="One.", sources=("sins.T9",)),), limits="none"
            )
        ),
    ),
    ({"command": "RemoveKeyImage", "id": "i"}, commands.RemoveKeyImage(id="i")),
    (
        {"command": "SetMarkLabel", "id": "m", "text": "canal"},
        commands.SetMarkLabel(id="m", text="canal"),
    ),
    ({"command": "RemoveMark", "id": "m"}, commands.RemoveMark(id="m")),
    ({"command": "RemovePrior", "id": "p"}, commands.RemovePrior(id="p")),
    (
        {"command": "DecideChange", "prior_id": "p", "lesion_id": "a", "verdict": "worse"},
        commands.DecideChange(prior_id="p", lesion_id="a", verdict=ChangeVerdict.WORSE),
    ),
    (
        {"command": "DecideChange", "prior_id": "p", "lesion_id": "a", "verdict": "not_assessed"},
        commands.DecideChange(prior_id="p", lesion_id="a", verdict=NOT_ASSESSED),
    ),
    (
        {"command": "Explain", "code": "c", "field": "f", "text": "t"},
        commands.Explain(code="c", field="f", text="t"),
    ),
    (
        {"command": "UpdateSentence", "section": "impression", "position": 2},
        commands.UpdateSentence(section=commands.ReportSection.IMPRESSION, position=2),
    ),
    (
        {"command": "KeepSentence", "section": "findings", "position": 0},
        commands.KeepSentence(section=commands.ReportSection.FINDINGS, position=0),
    ),
    (
        {
            "command": "SetSecondAssessment",
            "reader": "S",
            "assessment": {"level": "T9", "sins": {"pain": "none"}},
        },
        commands.SetSecondAssessment(
            reader="S", assessment=LevelAssessment(level=T9, sins=SinsAnswers(pain=SinsPain.NONE))
        ),
    ),
    (
        {"command": "CloseSecondReading", "reader": "S", "at": "2026"},
        commands.CloseSecondReading(reader="S", at="2026"),
    ),
    (
        {"command": "Sign", "signature": {"name": "R", "role": "Radiologist", "at": "2026"}},
        commands.Sign(signature=Signature(name="R", role="Radiologist", at="2026")),
    ),
    ({"command": "Amend", "reason": "Why."}, commands.Amend(reason="Why.")),
]
IDS = [document["command"] for document, _ in WRITTEN]

OBJECTS: dict[str, tuple[str, Any]] = {
    "ReplaceLesion": ("lesion", cases.lesion_at(1, T9)),
    "AddKeyImage": ("image", cases.key_image()),
    "ReplaceKeyImage": ("image", cases.key_image()),
    "AddMark": ("mark", cases.distance_mark()),
    "ReplaceMark": ("mark", cases.distance_mark()),
    "SetPrior": ("prior", cases.full_prior()),
}
"""Commands around one large object, by the name of its field."""


@pytest.mark.parametrize(("document", "command"), WRITTEN, ids=IDS)
def test_a_written_document_is_its_command(document, command) -> None:
    assert decode_command(document) == command


@pytest.mark.parametrize(("document", "command"), WRITTEN, ids=IDS)
def test_a_command_writes_what_was_written(document, command) -> None:
    again = encode_command(decode_command(document))
    assert decode_command(again) == command
    assert contains(again, document)


def contains(whole: Any, part: Any) -> bool:
    """Whether every value of ``part`` stands at the same place of ``whole``."""
    if isinstance(part, dict):
        return all(name in whole and contains(whole[name], item) for name, item in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


def test_every_command_is_written_here() -> None:
    assert set(IDS) | set(OBJECTS) == set(COMMANDS)


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(InputRefusedError) as caught:
        decode_command(document)
    assert "\n" not in caught.value.message
    return caught.value.message


NEEDED = [(document, name) for document, _ in WRITTEN for name in document if name != "command"]


@pytest.mark.parametrize(
    ("document", "name"), NEEDED, ids=[f"{d['command']}.{n}" for d, n in NEEDED]
)
def test_a_field_that_is_missing_is_named(document, name) -> None:
    less = {key: value for key, value in document.items() if key != name}
    assert refusal(less) == f"{name}: is missing."


@pytest.mark.parametrize(
    ("document", "name"), NEEDED, ids=[f"{d['command']}.{n}" for d, n in NEEDED]
)
@pytest.mark.parametrize("wrong", [True, {"x": 1}, [["x"]]], ids=["bool", "obj", "list"])
def test_a_field_of_another_kind_is_named(document, name, wrong) -> None:
    message = refusal({**document, name: wrong})
    assert message.startswith((f"{name}:", f"{name}.", f"{name}["))
    assert message.endswith(".")


@pytest.mark.parametrize("document", [d for d, _ in WRITTEN], ids=IDS)
def test_a_field_too_many_is_named(document) -> None:
    assert refusal({**document, "extra": 1}) == "extra: is not a field here."


@pytest.mark.parametrize(("name", "content"), OBJECTS.items())
def test_commands_around_an_object_need_exactly_that(name: str, content: tuple[str, Any]) -> None:
    field, value = content
    document = encode_command(COMMANDS[name](**{field: value}))
    assert decode_command(document) == COMMANDS[name](**{field: value})
    assert refusal({"command": name}) == f"{field}: is missing."
    assert refusal({"command": name, field: []}).startswith(f"{field}: needs an object")
    assert refusal({**document, "extra": 1}) == "extra: is not a field here."
    assert refusal({**document, field: {**document[field], "zz": 1}}) == (
        f"{field}.zz: is not a field here."
    )


DEEP = [
    ("SetSins", "answers", {"pain": "none at all"}, "answers.pain: is not one of none"),
    ("SetSins", "answers", {"collapse": None}, "answers.collapse: needs one of"),
    ("SetSins", "answers", {"context": ["mri_only", "mri_only"]}, "answers.context: names a value"),
    ("SetSins", "answers", {"context": ["x"]}, "answers.context[0]: is not one of"),
    ("SetSins", "answers", {"historical_total": "9"}, "answers.historical_total: needs"),
    ("SetSins", "answers", {"pain_source": 3}, "answers.pain_source: needs a text"),
    ("SetEscc", "answers", {"questions": ["yes"] * 4}, "answers.questions: needs 5 values, not 4."),
    ("SetEscc", "answers", {"questions": ["yes"] * 6}, "answers.questions: needs 5 values, not 6."),
    ("SetEscc", "answers", {"questions": "yes"}, "answers.questions: needs a list"),
    ("SetEscc", "answers", {"foraminal_left": "yes"}, "answers.foraminal_left: needs true or"),
    ("SetEscc", "answers", {"cauda_equina": 7}, "answers.cauda_equina: is not one of"),
    ("SetEscc", "answers", {"cauda_equina": True}, "answers.cauda_equina: needs one of"),
    ("SetNomsLevel", "answers", {"systemic": "able"}, "answers.systemic: is not one of"),
    (
        "SetNomsLevel",
        "answers",
        {"radiation": {"level": "T9", "dose_gy": "30"}},
        "answers.radiation.dose_gy: is not one of",
    ),
    ("SetNomsLevel", "answers", {"radiation": {}}, "answers.radiation.level: is missing."),
    ("SetSystemic", "facts", {"kps": 75}, "facts.kps: is not one of"),
    ("SetSystemic", "facts", {"kps": "70"}, "facts.kps: is not one of"),
    ("SetSystemic", "facts", {"vertebral_count": 1.5}, "facts.vertebral_count: needs"),
    ("SetSystemic", "facts", {"albumin_g_dl": 1e999}, "facts.albumin_g_dl: the number is not"),
    ("SetNeurologic", "facts", {"attributed_level": "T14"}, "facts.attributed_level: is not one"),
    ("SetNeurologic", "facts", {"ais": "F"}, "facts.ais: is not one of"),
    ("SetOncology", "oncology", {"histology": "lung"}, "oncology.histology: is not one of"),
    ("SetText", "text", {"impression": [{"sources": []}]}, "text.impression[0].text: is missing."),
    ("SetText", "text", {"limits": "\ud800"}, "text.limits: the text is not valid Unicode."),
    ("SetText", "text", {"limits": "x" * 100_001}, "text.limits: the text is longer than 100000"),
    ("MoveLandmark", "center_lps", [1, 2], "center_lps: needs 3 values, not 2."),
    ("MoveLandmark", "center_lps", [1, 2, "3"], "center_lps[2]: needs a number, not a text."),
    ("MoveLandmark", "center_lps", [1, 2, float("nan")], "center_lps[2]: the number is not finite"),
    ("AddLesion", "radius_mm", float("-inf"), "radius_mm: the number is not finite."),
    ("AddLesion", "id", None, "id: needs a text, not null."),
    ("UpdateSentence", "position", 1.0, "position: needs a whole number, not a number."),
    ("UpdateSentence", "position", 2**60, "position: the number is too large."),
    ("UpdateSentence", "section", "limits", "section: is not one of impression, findings."),
    ("DecideChange", "verdict", "unsure", "verdict: is not one of"),
    ("SetSpine", "spine", {"series_uid": "1"}, "spine.frame_of_reference_uid: is missing."),
    ("Sign", "signature", {"name": ["R"]}, "signature."),
]


@pytest.mark.parametrize(
    ("name", "field", "value", "message"),
    DEEP,
    ids=[f"{n}-{f}-{i}" for i, (n, f, *_) in enumerate(DEEP)],
)
def test_the_message_leads_to_the_field(name, field, value, message) -> None:
    document = next(d for d, _ in WRITTEN if d["command"] == name)
    found = refusal({**document, field: value})
    assert found.startswith(message)
    assert len(found) < 300
