"""Every command, carried out and refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from tests.support import cases
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo, known
from workstation.domain.case import (
    Case,
    CaseStatus,
    Communication,
    NomsLevelAnswers,
    Oncology,
    Patient,
    ReportText,
    SeriesReference,
    Signature,
    StudyReference,
)
from workstation.domain.changes import apply, same_person
from workstation.domain.clinical import NeurologicFacts, SystemicFacts
from workstation.domain.commands import (
    AddKeyImage,
    AddLesion,
    AddStudy,
    Amend,
    Command,
    ConfirmSpine,
    MoveLandmark,
    RemoveAssessment,
    RemoveKeyImage,
    RemoveLesion,
    RemoveSpine,
    ReplaceKeyImage,
    ReplaceLesion,
    SetCommunication,
    SetConus,
    SetEscc,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetSins,
    SetSpine,
    SetSystemic,
    SetText,
    Sign,
)
from workstation.domain.escc import EsccAnswers
from workstation.domain.lesion import Matrix
from workstation.domain.noms import OncologicAxis, SystemicAxis
from workstation.domain.sins import SinsAnswers, SinsBoneLesion, SinsPain
from workstation.domain.spine import Landmark, LandmarkState, Spine, Variant, VertebralLevel

T9, T10, T11, T12, L1 = (VertebralLevel(name) for name in ("T9", "T10", "T11", "T12", "L1"))


def refusal(case: Case, command: Command) -> CommandRefusedError:
    with pytest.raises(CommandRefusedError) as caught:
        apply(case, command)
    return caught.value


def add_lesion(lesion_id: str = "a", level: VertebralLevel = T9, **changes: object) -> AddLesion:
    fields = {
        "id": lesion_id,
        "center_lps": cases.level_center(level),
        "radius_mm": 8.0,
        "frame_of_reference_uid": cases.FRAME,
        "series_uid": cases.CT_SERIES,
        "created_at": cases.CREATED_AT,
    }
    return AddLesion(**{**fields, **changes})


class TestPatient:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("EXAMPLE^Ada", "EXAMPLE, Ada"),
            ("EXAMPLE^Ada^M", "EXAMPLE, Ada M"),
            ("EXAMPLE", "EXAMPLE"),
            ("EXAMPLE^ ", "EXAMPLE"),
            ("^Ada", "Ada"),
            ("", "No name"),
            ("^", "No name"),
        ],
    )
    def test_name_is_shown_family_first(self, name: str, shown: str) -> None:
        assert Patient(name=name).display_name == shown

    def test_same_id_issuer_name_and_birth_date_is_one_person(self) -> None:
        assert same_person(cases.PATIENT, replace(cases.PATIENT, sex=""))

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "DEMO-004218"},
            {"id": ""},
            {"issuer": "Other Hospital"},
            {"name": "EXAMPLE^Eva"},
            {"birth_date": "1961-02-07"},
        ],
    )
    def test_any_other_identity_is_another_person(self, change: dict[str, str]) -> None:
        other = replace(cases.PATIENT, **change)
        assert not same_person(cases.PATIENT, other)
        assert not same_person(other, cases.PATIENT)

    def test_two_without_id_are_never_one_person(self) -> None:
        assert not same_person(Patient(), Patient())


class TestAddStudy:
    def command(self, patient: Patient = cases.PATIENT, uid: str = cases.STUDY) -> AddStudy:
        return AddStudy(
            patient=patient,
            study=StudyReference(study_uid=uid),
            series=cases.series_references(),
        )

    def test_first_study_brings_the_patient(self) -> None:
        case = apply(cases.empty_case(), self.command())
        assert case.patient == cases.PATIENT
        assert [study.study_uid for study in case.studies] == [cases.STUDY]
        assert case.series == cases.series_references()

    def test_second_study_of_the_patient_is_added_once_each_series(self) -> None:
        case = apply(cases.studied_case(), self.command(uid="1.2.9"))
        assert [study.study_uid for study in case.studies] == [cases.STUDY, "1.2.9"]
        assert case.series == cases.series_references()
        assert case.patient is cases.PATIENT

    def test_known_study_brings_only_its_new_series(self) -> None:
        fresh = SeriesReference(series_uid="1.2.77", study_uid=cases.STUDY)
        before = cases.studied_case()
        case = apply(before, replace(self.command(), series=(*before.series, fresh)))
        assert case.studies is before.studies
        assert case.series == (*before.series, fresh)

    def test_known_study_with_known_series_changes_nothing(self) -> None:
        before = cases.studied_case()
        assert apply(before, self.command()) is before

    def test_study_of_another_patient_is_refused(self) -> None:
        error = refusal(cases.studied_case(), self.command(patient=cases.OTHER_PATIENT))
        assert error.code == "two-patients"
        assert error.message == (
            "This study belongs to another patient. It was not added; open it as a new case."
        )

    def test_study_without_id_does_not_join_a_case(self) -> None:
        nameless = replace(cases.PATIENT, id="")
        assert refusal(cases.studied_case(), self.command(patient=nameless)).code == "two-patients"


class TestSpineCommands:
    def test_set_spine_orders_the_levels_and_takes_no_confirmation_with_it(self) -> None:
        spine = cases.thoracolumbar_spine()
        shuffled = replace(spine, landmarks=tuple(reversed(spine.landmarks)))
        case = apply(cases.empty_case(), SetSpine(spine=shuffled))
        placed = case.spine_for(cases.FRAME)
        assert placed is not None
        assert placed.landmarks == spine.landmarks
        assert not placed.confirmed

    def test_set_spine_replaces_that_of_its_own_space_only(self) -> None:
        other = cases.thoracolumbar_spine(frame=cases.OTHER_FRAME)
        case = apply(cases.studied_case(), SetSpine(spine=other))
        assert {spine.frame_of_reference_uid for spine in case.spines} == {
            cases.FRAME,
            cases.OTHER_FRAME,
        }
        short = replace(other, landmarks=other.landmarks[:2])
        case = apply(case, SetSpine(spine=short))
        assert len(case.spines) == 2
        assert case.spine_for(cases.OTHER_FRAME).levels == short.levels

    def test_one_level_at_two_places_is_refused(self) -> None:
        mark = Landmark(level=T9, center_lps=(0.0, 0.0, 0.0))
        spine = Spine(frame_of_reference_uid=cases.FRAME, series_uid="1", landmarks=(mark, mark))
        assert "placed twice" in refusal(cases.empty_case(), SetSpine(spine=spine)).message

    @pytest.mark.parametrize(
        ("level", "variants", "exists"),
        [
            ("T13", frozenset(), False),
            ("T13", frozenset({Variant.THIRTEEN_RIBS}), True),
            ("L6", frozenset(), False),
            ("L6", frozenset({Variant.SIX_LUMBAR}), True),
            ("T12", frozenset({Variant.ELEVEN_RIBS}), False),
            ("L5", frozenset({Variant.FOUR_LUMBAR}), False),
            ("L5", frozenset({Variant.SACRALIZED_L5}), True),
        ],
    )
    def test_level_must_exist_under_the_declared_variants(
        self, level: str, variants: frozenset[Variant], exists: bool
    ) -> None:
        mark = Landmark(level=VertebralLevel(level), center_lps=(0.0, 0.0, 0.0))
        spine = Spine(
            frame_of_reference_uid="1", series_uid="2", landmarks=(mark,), variants=variants
        )
        if exists:
            assert apply(cases.empty_case(), SetSpine(spine=spine)).spines[0].levels == (level,)
        else:
            assert refusal(cases.empty_case(), SetSpine(spine=spine)).code == "no-such-level"

    def test_moved_landmark_is_clicked_and_confirmation_is_gone(self) -> None:
        command = MoveLandmark(
            frame_of_reference_uid=cases.FRAME, level=T9, center_lps=(1.0, 2.0, 100.0)
        )
        spine = apply(cases.studied_case(), command).spine_for(cases.FRAME)
        assert spine.landmark(T9) == Landmark(
            level=T9, center_lps=(1.0, 2.0, 100.0), state=LandmarkState.CLICKED
        )
        assert spine.levels == cases.THORACOLUMBAR
        assert not spine.confirmed

    def test_landmark_that_is_not_placed_cannot_move(self) -> None:
        command = MoveLandmark(
            frame_of_reference_uid=cases.FRAME,
            level=VertebralLevel.C2,
            center_lps=(0.0, 0.0, 0.0),
        )
        assert refusal(cases.studied_case(), command).message.startswith("C2 is not placed")

    def test_commands_on_a_space_without_spine_are_refused(self) -> None:
        for command in (
            MoveLandmark(frame_of_reference_uid="9", level=T9, center_lps=(0.0, 0.0, 0.0)),
            ConfirmSpine(frame_of_reference_uid="9", by="R", at="now"),
            RemoveSpine(frame_of_reference_uid="9"),
        ):
            assert refusal(cases.studied_case(), command).code == "no-spine"

    def test_remove_spine_leaves_the_other_space(self) -> None:
        other = cases.thoracolumbar_spine(frame=cases.OTHER_FRAME)
        case = apply(cases.studied_case(), SetSpine(spine=other))
        case = apply(case, RemoveSpine(frame_of_reference_uid=cases.FRAME))
        assert case.spine_for(cases.FRAME) is None
        assert case.spine_for(cases.OTHER_FRAME) is not None


class TestConfirmSpine:
    command = ConfirmSpine(frame_of_reference_uid=cases.FRAME, by="R. Reader", at="2026-03-14")

    def unconfirmed(self, *levels: VertebralLevel) -> Case:
        case = replace(cases.studied_case(), spines=(cases.thoracolumbar_spine(confirmed=False),))
        for number, level in enumerate(levels):
            case = apply(case, add_lesion(f"lesion {number}", level))
        return case

    def shifted(self, case: Case, by_mm: float) -> Case:
        """The case with every landmark moved along z, not confirmed."""
        spine = case.spines[0]
        marks = tuple(
            replace(mark, center_lps=(0.0, 10.0, mark.center_lps[2] + by_mm))
            for mark in spine.landmarks
        )
        return apply(case, SetSpine(spine=replace(spine, landmarks=marks)))

    def test_lesions_take_their_levels(self) -> None:
        case = self.unconfirmed(T9, L1)
        assert [lesion.levels for lesion in case.lesions] == [(), ()]
        confirmed = apply(case, self.command)
        assert [lesion.levels for lesion in confirmed.lesions] == [(T9,), (L1,)]
        assert confirmed.spines[0].confirmed_by == "R. Reader"
        assert confirmed.spines[0].confirmed_at == "2026-03-14"

    def test_lesion_in_another_space_keeps_what_it_has(self) -> None:
        case = apply(self.unconfirmed(), add_lesion("b", T9, frame_of_reference_uid="9"))
        assert apply(case, self.command).lesions[0].levels == ()

    def test_lesion_beyond_the_labelled_stretch_has_no_level(self) -> None:
        case = apply(self.unconfirmed(), add_lesion("b", center_lps=(0.0, 10.0, 900.0)))
        assert apply(case, self.command).lesions[0].levels == ()

    def test_confirmation_needs_levels_and_a_time(self) -> None:
        empty = Spine(frame_of_reference_uid=cases.FRAME, series_uid="1")
        case = apply(cases.empty_case(), SetSpine(spine=empty))
        assert "No level is placed yet" in refusal(case, self.command).message
        timeless = replace(self.command, at="")
        assert "needs its time" in refusal(self.unconfirmed(), timeless).message

    def test_grades_follow_their_lesions_when_the_chain_is_shifted_by_one(self) -> None:
        case = apply(self.unconfirmed(T10, T11), self.command)
        pain = {T10: SinsPain.MECHANICAL, T11: SinsPain.NONE}
        for level, answer in pain.items():
            case = apply(case, SetSins(level=level, answers=SinsAnswers(pain=answer)))
        # One vertebra is 24 mm: with every body 24 mm higher, a place is one level lower.
        case = apply(self.shifted(case, 24.0), self.command)
        assert [lesion.level for lesion in case.lesions] == [T11, T12]
        assert {item.level: item.sins.pain for item in case.assessments} == {
            T11: SinsPain.MECHANICAL,
            T12: SinsPain.NONE,
        }

    def test_grades_stay_where_a_lesion_stays(self) -> None:
        case = apply(self.unconfirmed(T9), self.command)
        case = apply(case, add_lesion("upper", center_lps=(0.0, 10.0, 119.0)))
        assert [lesion.level for lesion in case.lesions] == [T9, T9]
        case = apply(case, SetSins(level=T9, answers=SinsAnswers(pain=SinsPain.NONE)))
        # 6 mm lower moves the upper mark (119 mm) across the border at 120 - 6 = 114 mm.
        case = apply(self.shifted(case, -6.0), self.command)
        assert [lesion.level.value for lesion in case.lesions] == ["T9", "T8"]
        assert [item.level for item in case.assessments] == [T9]

    def test_grades_do_not_move_onto_other_grades(self) -> None:
        case = apply(self.unconfirmed(T10), self.command)
        for level, answer in ((T10, SinsPain.MECHANICAL), (T11, SinsPain.NONE)):
            case = apply(case, SetSins(level=level, answers=SinsAnswers(pain=answer)))
        case = apply(self.shifted(case, 24.0), self.command)
        assert case.lesions[0].level is T11
        assert [(item.level, item.sins.pain) for item in case.assessments] == [
            (T10, SinsPain.MECHANICAL),
            (T11, SinsPain.NONE),
        ]

    def test_grades_that_cannot_move_hold_back_those_behind_them(self) -> None:
        case = apply(self.unconfirmed(T10, T11), self.command)
        for level, answer in (
            (T10, SinsPain.MECHANICAL),
            (T11, SinsPain.NONMECHANICAL),
            (T12, SinsPain.NONE),
        ):
            case = apply(case, SetSins(level=level, answers=SinsAnswers(pain=answer)))
        case = apply(self.shifted(case, 24.0), self.command)
        assert [(item.level, item.sins.pain) for item in case.assessments] == [
            (T10, SinsPain.MECHANICAL),
            (T11, SinsPain.NONMECHANICAL),
            (T12, SinsPain.NONE),
        ]


class TestLesionCommands:
    def test_lesion_gets_the_next_number_and_its_level(self) -> None:
        case = apply(cases.studied_case(), add_lesion("a", T9))
        case = apply(case, add_lesion("b", L1))
        assert [(lesion.number, lesion.levels) for lesion in case.lesions] == [
            (1, (T9,)),
            (2, (L1,)),
        ]
        assert case.lesion_count == 2

    def test_number_is_not_given_again(self) -> None:
        case = apply(cases.studied_case(), add_lesion("a"))
        case = apply(case, RemoveLesion(id="a"))
        case = apply(case, add_lesion("b"))
        assert case.lesions[0].number == 2

    def test_lesion_without_spine_has_no_level(self) -> None:
        case = apply(cases.empty_case(), add_lesion())
        assert case.lesions[0].levels == ()
        assert case.lesions[0].level is None

    def test_same_id_twice_is_refused(self) -> None:
        case = apply(cases.studied_case(), add_lesion())
        assert "already in the case" in refusal(case, add_lesion()).message

    @pytest.mark.parametrize("radius_mm", [0.49, 150.1, -1.0, 0.0, float("nan"), float("inf")])
    def test_radius_outside_its_range_is_refused(self, radius_mm: float) -> None:
        command = add_lesion(radius_mm=radius_mm)
        assert "0.5 to 150 mm" in refusal(cases.studied_case(), command).message

    @pytest.mark.parametrize("radius_mm", [0.5, 150.0])
    def test_radius_at_its_ends_is_accepted(self, radius_mm: float) -> None:
        case = apply(cases.studied_case(), add_lesion(radius_mm=radius_mm))
        assert case.lesions[0].long_axis_mm == 2 * radius_mm

    def test_replace_keeps_the_place_in_the_list(self) -> None:
        before = cases.many_lesions_case(3)
        changed = replace(before.lesions[1], note="larger")
        after = apply(before, ReplaceLesion(lesion=changed))
        assert [lesion.note == "larger" for lesion in after.lesions] == [False, True, False]
        assert after.lesions[0] is before.lesions[0]
        assert after.assessments is before.assessments

    def test_replace_refuses_a_stranger_and_another_number(self) -> None:
        case = cases.one_lesion_case()
        stranger = replace(case.lesions[0], id="nobody")
        assert refusal(case, ReplaceLesion(lesion=stranger)).code == "no-lesion"
        renumbered = replace(case.lesions[0], number=7)
        assert "keeps its number" in refusal(case, ReplaceLesion(lesion=renumbered)).message

    def test_remove_leaves_the_grades_of_the_level(self) -> None:
        before = cases.one_lesion_case()
        after = apply(before, RemoveLesion(id="lesion-1"))
        assert after.lesions == ()
        assert after.assessments is before.assessments
        assert refusal(after, RemoveLesion(id="lesion-1")).code == "no-lesion"


class TestLesionTypeIsSinsBoneLesion:
    @pytest.mark.parametrize(
        ("matrix", "bone"),
        [
            (Matrix.BLASTIC, SinsBoneLesion.BLASTIC),
            (Matrix.MIXED, SinsBoneLesion.MIXED),
            (NOT_ASSESSED, NOT_ASSESSED),
            (UNKNOWN, UNKNOWN),
        ],
    )
    def test_type_of_the_only_lesion_answers_the_item(self, matrix: object, bone: object) -> None:
        case = cases.one_lesion_case()
        command = ReplaceLesion(lesion=replace(case.lesions[0], matrix=matrix))
        assert apply(case, command).assessment(T12).sins.bone_lesion is bone

    @pytest.mark.parametrize("matrix", [Matrix.INFERRED_FROM_MRI, Matrix.NOT_ASSESSABLE])
    def test_type_that_is_no_option_leaves_the_item(self, matrix: Matrix) -> None:
        case = cases.one_lesion_case()
        after = apply(case, ReplaceLesion(lesion=replace(case.lesions[0], matrix=matrix)))
        assert after.assessment(T12).sins.bone_lesion is SinsBoneLesion.LYTIC

    def test_level_with_two_lesions_is_left_to_the_reader(self) -> None:
        case = apply(cases.one_lesion_case(), add_lesion("b", T12))
        after = apply(case, ReplaceLesion(lesion=replace(case.lesions[0], matrix=Matrix.MIXED)))
        assert after.assessment(T12).sins.bone_lesion is SinsBoneLesion.LYTIC
        blastic = SinsAnswers(bone_lesion=SinsBoneLesion.BLASTIC)
        after = apply(case, SetSins(level=T12, answers=blastic))
        assert after.lesions[0].matrix is Matrix.LYTIC

    @pytest.mark.parametrize(
        ("bone", "matrix"),
        [
            (SinsBoneLesion.MIXED, Matrix.MIXED),
            (NOT_ASSESSED, NOT_ASSESSED),
            (UNKNOWN, UNKNOWN),
        ],
    )
    def test_item_sets_the_type_of_the_only_lesion(self, bone: object, matrix: object) -> None:
        case = apply(
            cases.one_lesion_case(), SetSins(level=T12, answers=SinsAnswers(bone_lesion=bone))
        )
        assert case.lesions[0].matrix is matrix


class TestAssessments:
    def test_answers_of_a_level_are_kept_apart(self) -> None:
        case = cases.studied_case()
        sins = SinsAnswers(pain=SinsPain.MECHANICAL)
        escc = EsccAnswers(foraminal_left=True)
        noms = NomsLevelAnswers(systemic=SystemicAxis.ABLE)
        case = apply(case, SetSins(level=T9, answers=sins))
        case = apply(case, SetEscc(level=T9, answers=escc))
        case = apply(case, SetNomsLevel(level=T9, answers=noms))
        graded = case.assessment(T9)
        assert (graded.sins, graded.escc, graded.noms) == (sins, escc, noms)
        assert len(case.assessments) == 1

    def test_levels_stand_from_the_head(self) -> None:
        case = cases.studied_case()
        for level in (L1, T9, T12):
            case = apply(case, SetEscc(level=level, answers=EsccAnswers()))
        assert [item.level for item in case.assessments] == [T9, T12, L1]

    def test_level_without_grades_is_not_assessed(self) -> None:
        graded = cases.studied_case().assessment(T9)
        assert graded.sins.pain is NOT_ASSESSED
        assert known(graded.sins.pain) is None

    def test_remove_takes_one_level_away(self) -> None:
        case = cases.many_lesions_case(3)
        levels = [item.level for item in case.assessments]
        after = apply(case, RemoveAssessment(level=levels[0]))
        assert [item.level for item in after.assessments] == levels[1:]

    def test_levels_with_findings_are_those_of_lesions_and_grades(self) -> None:
        case = apply(cases.studied_case(), add_lesion("a", L1))
        case = apply(case, SetEscc(level=T9, answers=EsccAnswers()))
        assert case.levels_with_findings == (T9, L1)


class TestFacts:
    def test_conus_neurologic_systemic_text(self) -> None:
        case = cases.studied_case()
        facts = NeurologicFacts(myelopathy=YesNo.YES)
        assert apply(case, SetConus(conus=L1)).conus is L1
        assert apply(case, SetConus(conus=UNKNOWN)).conus is UNKNOWN
        assert apply(case, SetNeurologic(facts=facts)).neurologic is facts
        systemic = SystemicFacts(stated_by="Dr. O")
        assert apply(case, SetSystemic(facts=systemic)).systemic is systemic
        text = ReportText(indication="Pain.")
        assert apply(case, SetText(text=text)).text is text

    def test_communication_is_recorded_and_taken_back(self) -> None:
        told = Communication(to_whom="Dr. S", at="2026-03-14T16:40+01:00", how="telephone")
        case = apply(cases.studied_case(), SetCommunication(communication=told))
        assert case.communication is told
        assert apply(case, SetCommunication(communication=None)).communication is None

    def test_own_radiosensitivity_needs_its_reason(self) -> None:
        bare = Oncology(override=OncologicAxis.SENSITIVE, override_reason=" ")
        assert refusal(cases.studied_case(), SetOncology(oncology=bare)).code == "reason-missing"
        reasoned = replace(bare, override_reason="Known responder.")
        after = apply(cases.studied_case(), SetOncology(oncology=reasoned))
        assert after.oncology is reasoned
        default = Oncology()
        assert apply(after, SetOncology(oncology=default)).oncology is default


class TestKeyImages:
    def test_add_replace_remove(self) -> None:
        case = apply(cases.studied_case(), AddKeyImage(image=cases.key_image(1)))
        case = apply(case, AddKeyImage(image=cases.key_image(2)))
        renamed = replace(cases.key_image(1), caption="New words")
        case = apply(case, ReplaceKeyImage(image=renamed))
        assert [image.caption for image in case.key_images] == [
            "New words",
            cases.key_image(2).caption,
        ]
        case = apply(case, RemoveKeyImage(id="image-1"))
        assert [image.id for image in case.key_images] == ["image-2"]

    def test_twice_or_never_added_is_refused(self) -> None:
        case = apply(cases.studied_case(), AddKeyImage(image=cases.key_image(1)))
        assert "already" in refusal(case, AddKeyImage(image=cases.key_image(1))).message
        gone = "This key image is no longer in the case."
        assert refusal(case, ReplaceKeyImage(image=cases.key_image(2))).message == gone
        assert refusal(case, RemoveKeyImage(id="image-2")).message == gone


class TestSigning:
    def test_signed_version_is_frozen(self) -> None:
        case = apply(cases.one_lesion_case(), Sign(signature=cases.reader_signature()))
        assert case.status is CaseStatus.SIGNED
        assert case.signature == cases.reader_signature()
        error = refusal(case, SetConus(conus=L1))
        assert error.code == "signed"
        assert error.message.startswith("Version 1 is signed and does not change.")
        assert refusal(case, Sign(signature=cases.reader_signature())).code == "signed"

    @pytest.mark.parametrize("change", [{"name": " "}, {"role": ""}, {"at": ""}])
    def test_signature_needs_name_role_and_time(self, change: dict[str, str]) -> None:
        signature = replace(cases.reader_signature(), **change)
        message = refusal(cases.one_lesion_case(), Sign(signature=signature)).message
        assert message == "A signature needs the reader's name, role and time."

    def test_second_reader_may_be_empty(self) -> None:
        signature = Signature(name="R", role="Radiologist", at="2026-03-14")
        signed = apply(cases.one_lesion_case(), Sign(signature=signature))
        assert signed.signature.second_reader == ""

    def test_amendment_opens_the_next_version(self) -> None:
        case = apply(cases.signed_case(), Amend(reason=" Level corrected. "))
        assert (case.status, case.version, case.signature) == (CaseStatus.DRAFT, 2, None)
        assert case.amends == "Level corrected."
        assert apply(case, SetConus(conus=L1)).conus is L1

    def test_amendment_needs_a_signed_case_and_a_reason(self) -> None:
        assert "still a draft" in refusal(cases.one_lesion_case(), Amend(reason="x")).message
        assert "needs its reason" in refusal(cases.signed_case(), Amend(reason=" ")).message


class TestCommandsAsValues:
    def test_unknown_command_is_refused(self) -> None:
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Explode(Command):
            pass

        message = refusal(cases.empty_case(), Explode()).message
        assert message == "Explode is not a command Batson knows."

    def test_label_names_the_level_where_there_is_one(self) -> None:
        assert SetSins(level=T9, answers=SinsAnswers()).label == "SINS T9"
        assert RemoveAssessment(level=L1).label == "Remove grades of L1"
        assert add_lesion().label == "Mark a lesion"
        assert Command().label == "Change the case"

    def test_only_typing_has_a_merge_key(self) -> None:
        lesion = cases.one_lesion_case().lesions[0]
        assert SetText(text=ReportText()).merge_key == "text"
        assert SetOncology(oncology=Oncology()).merge_key == "oncology"
        assert ReplaceLesion(lesion=lesion).merge_key == "lesion-note lesion-1"
        assert ReplaceLesion(lesion=replace(lesion, note="")).merge_key == ""
        assert SetConus(conus=L1).merge_key == ""

    def test_case_cannot_be_changed_in_place(self) -> None:
        case = cases.empty_case()
        with pytest.raises(FrozenInstanceError):
            case.version = 9  # type: ignore[misc]

    def test_unchanged_parts_are_shared(self) -> None:
        before = cases.many_lesions_case(29)
        after = apply(before, SetConus(conus=T11))
        assert after.lesions is before.lesions
        assert after.assessments is before.assessments

    def test_lookups_that_find_nothing_give_none(self) -> None:
        case = cases.one_lesion_case()
        assert case.lesion("nobody") is None
        assert case.spine_for("9") is None
        assert case.lesion("lesion-1") is case.lesions[0]
