"""The shipped demo: its commands one by one, and the case they make."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from workstation.app.demo_case import (
    DEMO_AUTHOR,
    LESION_ID,
    demo_commands,
    demo_notes,
)
from workstation.app.references import patient_of
from workstation.domain import commands
from workstation.domain.case import Case, Patient
from workstation.domain.changes import apply
from workstation.domain.completeness import checks_of
from workstation.domain.grading import escc_of, noms_of, sins_of
from workstation.domain.lesion import VertebraPart
from workstation.domain.noms import NomsDecision
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import LandmarkState, VertebralLevel
from workstation.imaging.volume import PatientIdentity, SeriesIdentity
from workstation.storage.case_codec import decode_command, encode_command

AT = "2026-03-14T15:20:00+01:00"
IDENTITY = SeriesIdentity(
    patient=PatientIdentity(
        id="DEMO-1", issuer="Demo", name="EXAMPLE^Ada", birth_date="1961-07-02", sex="F"
    ),
    study_uid="1.2.3",
    study_date="2026-03-14",
    study_description="Chest CT",
    series_uid="1.2.3.4",
    series_number=3,
    series_description="1 mm",
    modality="CT",
    frame_of_reference_uid="1.2.9",
)
NOTES = demo_notes()
LEVEL = VertebralLevel.parse(NOTES["focus"]["level"])
ORDER = [
    commands.AddStudy,
    commands.SetSpine,
    commands.ConfirmSpine,
    commands.AddLesion,
    commands.ReplaceLesion,
    commands.SetSins,
    commands.SetConus,
    commands.SetEscc,
    commands.SetNomsLevel,
    commands.SetNeurologic,
    commands.SetOncology,
    commands.SetSystemic,
    commands.SetText,
    commands.AddKeyImage,
    commands.AddKeyImage,
    commands.AddKeyImage,
]


def made() -> tuple[commands.Command, ...]:
    return demo_commands(IDENTITY, NOTES, at=AT)


def read_case(count: int = len(ORDER)) -> Case:
    case = Case(id="demo", created_at=AT)
    for command in made()[:count]:
        case = apply(case, command)
    return case


def test_the_commands_stand_in_the_order_of_a_reading() -> None:
    assert [type(command) for command in made()] == ORDER


@pytest.mark.parametrize("count", range(1, len(ORDER) + 1))
def test_each_command_is_allowed_where_it_stands_and_changes_something(count: int) -> None:
    assert read_case(count) != read_case(count - 1)


@pytest.mark.parametrize("number", range(len(ORDER)))
def test_each_command_can_be_kept(number: int) -> None:
    command = made()[number]
    assert decode_command(encode_command(command)) == command


def test_the_patient_is_the_one_of_the_headers() -> None:
    assert patient_of(IDENTITY.patient) == Patient(
        id="DEMO-1", issuer="Demo", name="EXAMPLE^Ada", birth_date="1961-07-02", sex="F"
    )
    assert read_case().patient == patient_of(IDENTITY.patient)


def test_the_study_and_its_series_carry_their_uids() -> None:
    case = read_case()
    (study,), (series,) = case.studies, case.series
    assert (study.study_uid, study.date, study.modalities) == ("1.2.3", "2026-03-14", ("CT",))
    assert (series.series_uid, series.study_uid, series.number) == ("1.2.3.4", "1.2.3", 3)
    assert series.frame_of_reference_uid == "1.2.9"


def test_the_numbering_is_that_of_the_notes_and_confirmed_by_the_demo() -> None:
    (spine,) = read_case().spines
    assert [mark.level.value for mark in spine.landmarks] == [
        body["level"] for body in NOTES["bodies"]
    ]
    for mark, body in zip(spine.landmarks, NOTES["bodies"], strict=True):
        assert mark.center_lps == tuple(map(float, body["center_lps"]))
        assert mark.state is LandmarkState.CLICKED
    assert (spine.confirmed_by, spine.confirmed_at) == (DEMO_AUTHOR, AT)
    assert "ribs" in spine.counted_from


def test_the_bodies_run_from_head_to_foot_at_adult_distances() -> None:
    centers = [body["center_lps"] for body in NOTES["bodies"]]
    for upper, lower in itertools.pairwise(centers):
        assert upper[2] > lower[2]
        assert 15.0 < math.dist(upper, lower) < 45.0


def test_the_lesion_lies_at_the_level_that_the_spine_gives_it() -> None:
    (lesion,) = read_case().lesions
    assert lesion.id == LESION_ID
    assert lesion.number == 1
    assert lesion.levels == (LEVEL,)
    assert read_case().spines[0].level_at(lesion.center_lps) is LEVEL
    assert lesion.frame_of_reference_uid == "1.2.9"


def test_the_lesion_lies_on_the_side_that_its_parts_say() -> None:
    case = read_case()
    (lesion,) = case.lesions
    assert lesion.parts == {VertebraPart.BODY_POSTERIOR_LEFT}
    center = case.spines[0].landmark(LEVEL).center_lps
    # Left of the patient is toward larger x, the back toward larger y.
    assert lesion.center_lps[0] > center[0]
    assert lesion.center_lps[1] > center[1]


def test_the_grades_by_hand() -> None:
    case = read_case()
    sins = sins_of(case, LEVEL)
    # Non-mechanical pain 1, all else 0, and the zone: 1 at T3 to T10, 3 at T11.
    zone = 3 if LEVEL is VertebralLevel.T11 else 1
    assert sins.total == zone + 1
    assert sins.category is SinsCategory.STABLE
    assert sins.consult is False
    escc = escc_of(case, LEVEL)
    assert escc.grade == "0"
    assert escc.high_grade is False
    noms = noms_of(case, LEVEL)
    assert noms.decision is NomsDecision.SRS
    assert noms.row == 5
    assert noms.branches == {}


@pytest.mark.parametrize(
    ("plane", "normal"),
    [("Axial", (0.0, 0.0, 1.0)), ("Sagittal", (1.0, 0.0, 0.0)), ("Coronal", (0.0, 1.0, 0.0))],
)
def test_each_key_image_looks_along_its_axis_at_the_lesion(plane: str, normal) -> None:
    case = read_case()
    (image,) = (image for image in case.key_images if image.plane == plane)
    assert image.center_lps == case.lesions[0].center_lps
    along = sum(a * b for a, b in zip(image.direction, normal, strict=True))
    assert abs(along) == pytest.approx(1.0)
    across = sum(a * b for a, b in zip(image.direction, image.up, strict=True))
    assert across == pytest.approx(0.0, abs=1e-9)
    assert image.lesion_number == 1
    assert image.caption.startswith(f"Lesion 1, {LEVEL}: ")
    assert all(proof.startswith(f"sins.{LEVEL}.") for proof in image.proves)


def test_every_sins_item_but_pain_has_its_picture() -> None:
    proved = {proof.rsplit(".", 1)[1] for image in read_case().key_images for proof in image.proves}
    assert proved == {"location", "bone_lesion", "alignment", "collapse", "posterolateral"}


def test_nothing_in_the_demo_contradicts_itself() -> None:
    codes = {check.code for check in checks_of(read_case())}
    assert not codes & {"laterality", "levels-not-confirmed", "epidural-contradiction"}


def test_what_is_invented_says_so() -> None:
    case = read_case()
    assert case.assessment(LEVEL).sins.pain_source == "invented history"
    assert case.neurologic.stated_by == "invented history"
    assert case.systemic.stated_by == "invented history"
    assert "invented" in case.oncology.primary_text
    assert case.text.indication.startswith("Invented history")


def test_times_are_those_that_were_given() -> None:
    later = "2027-01-01T08:00:00+00:00"
    case = Case(id="demo", created_at=AT)
    for command in demo_commands(IDENTITY, NOTES, at=later):
        case = apply(case, command)
    assert case.spines[0].confirmed_at == later
    assert case.lesions[0].created_at == later
    assert {image.created_at for image in case.key_images} == {later}


def test_another_series_changes_only_its_references() -> None:
    other = replace(IDENTITY, series_uid="9.9", frame_of_reference_uid="9.1")
    case = Case(id="demo", created_at=AT)
    for command in demo_commands(other, NOTES, at=AT):
        case = apply(case, command)
    assert case.lesions[0].series_uid == "9.9"
    assert {image.series_uid for image in case.key_images} == {"9.9"}
    assert case.spines[0].frame_of_reference_uid == "9.1"
    assert sins_of(case, LEVEL).total == sins_of(read_case(), LEVEL).total
