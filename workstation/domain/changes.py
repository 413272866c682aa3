"""How each command changes the case; the only place where a case is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import singledispatch

from workstation.base.errors import CommandRefusedError
from workstation.domain import changes_review as review
from workstation.domain.answers import Missing
from workstation.domain.case import Case, CaseStatus, LevelAssessment, same_person
from workstation.domain.commands import (
    AddKeyImage,
    AddLesion,
    AddMark,
    AddStudy,
    Amend,
    CloseSecondReading,
    Command,
    ConfirmSpine,
    DecideChange,
    Explain,
    KeepSentence,
    MoveLandmark,
    RemoveAssessment,
    RemoveKeyImage,
    RemoveLesion,
    RemoveMark,
    RemovePrior,
    RemoveSpine,
    ReplaceKeyImage,
    ReplaceLesion,
    ReplaceMark,
    SetCommunication,
    SetConus,
    SetEscc,
    SetMarkLabel,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetPrior,
    SetSecondAssessment,
    SetSins,
    SetSpine,
    SetSystemic,
    SetText,
    Sign,
    UpdateSentence,
)
from workstation.domain.lesion import Lesion, Matrix
from workstation.domain.mark import Mark, mark_refusal
from workstation.domain.second_reading import with_closed_reading, with_second_assessment
from workstation.domain.sins_options import SinsBoneLesion
from workstation.domain.spine import Landmark, LandmarkState, Spine, VertebralLevel, level_chain

__all__ = ["apply", "same_person"]


def apply(case: Case, command: Command) -> Case:
    """Return the case after ``command``.

    Raises
    ------
    CommandRefusedError
        When the case is signed (only :class:`Amend` is allowed then) or a rule forbids it.
    """
    if case.status is CaseStatus.SIGNED and not isinstance(command, Amend):
        raise CommandRefusedError(
            f"Version {case.version} is signed and does not change. "
            "Amend it to make a new version.",
            code="signed",
        )
    return _apply(command, case)


@singledispatch
def _apply(command: Command, case: Case) -> Case:
    raise CommandRefusedError(f"{type(command).__name__} is not a command Batson knows.")


@_apply.register
def _add_study(command: AddStudy, case: Case) -> Case:
    if case.studies and not same_person(case.patient, command.patient):
        raise CommandRefusedError(
            "This study belongs to another patient. It was not added; open it as a new case.",
            code="two-patients",
        )
    known = {item.series_uid for item in case.series}
    fresh = tuple(item for item in command.series if item.series_uid not in known)
    series = (*case.series, *fresh)
    if any(study.study_uid == command.study.study_uid for study in case.studies):
        return replace(case, series=series) if fresh else case
    patient = case.patient if case.studies else command.patient
    return replace(case, patient=patient, studies=(*case.studies, command.study), series=series)


@_apply.register
def _set_spine(command: SetSpine, case: Case) -> Case:
    spine = command.spine.with_landmarks(command.spine.landmarks)
    if len(set(spine.levels)) != len(spine.levels):
        raise CommandRefusedError("A level is placed twice; each vertebra has one place.")
    chain = level_chain(spine.variants)
    for level in spine.levels:
        if level not in chain:
            raise CommandRefusedError(
                f"{level} does not exist in this patient; declare the variant first.",
                code="no-such-level",
            )
    return _with_spine(case, spine)


def _with_spine(case: Case, spine: Spine) -> Case:
    frame = spine.frame_of_reference_uid
    others = tuple(s for s in case.spines if s.frame_of_reference_uid != frame)
    return replace(case, spines=(*others, spine))


def _spine(case: Case, frame: str) -> Spine:
    spine = case.spine_for(frame)
    if spine is None:
        raise CommandRefusedError("The spine is not numbered on these images yet.", code="no-spine")
    return spine


@_apply.register
def _move_landmark(command: MoveLandmark, case: Case) -> Case:
    spine = _spine(case, command.frame_of_reference_uid)
    if spine.landmark(command.level) is None:
        raise CommandRefusedError(f"{command.level} is not placed on these images.")
    moved = Landmark(
        level=command.level, center_lps=command.center_lps, state=LandmarkState.CLICKED
    )
    rest = tuple(mark for mark in spine.landmarks if mark.level is not command.level)
    return _with_spine(case, spine.with_landmarks((*rest, moved)))


@_apply.register
def _confirm_spine(command: ConfirmSpine, case: Case) -> Case:
    spine = _spine(case, command.frame_of_reference_uid)
    if not spine.landmarks:
        raise CommandRefusedError("No level is placed yet. Click a vertebra and name it first.")
    if not command.at:
        raise CommandRefusedError("A confirmation needs its time.")
    confirmed = replace(spine, confirmed_by=command.by, confirmed_at=command.at)
    lesions = tuple(_located(lesion, confirmed) for lesion in case.lesions)
    moved = {
        old.level: new.level
        for old, new in zip(case.lesions, lesions, strict=True)
        if old.level and new.level and old.level is not new.level
    }
    return replace(
        _with_spine(case, confirmed),
        lesions=lesions,
        assessments=_carried(case.assessments, moved, lesions),
    )


def _located(lesion: Lesion, spine: Spine) -> Lesion:
    """Return the lesion with the level its place has on a confirmed spine of its own space."""
    if lesion.frame_of_reference_uid != spine.frame_of_reference_uid or not spine.confirmed:
        return lesion
    level = spine.level_at(lesion.center_lps)
    return replace(lesion, levels=(level,) if level else ())


def _carried(
    assessments: tuple[LevelAssessment, ...],
    moved: dict[VertebralLevel, VertebralLevel],
    lesions: tuple[Lesion, ...],
) -> tuple[LevelAssessment, ...]:
    """Return the grades under the new names of their vertebrae.

    Grades follow the lesions of their level when the numbering changes; they stay where they are
    if a lesion still lies at the old level or the new level already has grades of its own.
    """
    left_behind = {level for lesion in lesions for level in lesion.levels} - set(moved.values())
    targets = {
        item.level: item.level if item.level in left_behind else moved.get(item.level, item.level)
        for item in assessments
    }
    while crowded := _crowded(targets):
        # Whoever stays may be in the way of another, so this settles in rounds.
        targets.update({level: level for level in crowded})
    carried = (replace(item, level=targets[item.level]) for item in assessments)
    return tuple(sorted(carried, key=lambda item: item.level.order))


def _crowded(targets: dict[VertebralLevel, VertebralLevel]) -> list[VertebralLevel]:
    """Return the levels whose grades would move to where other grades are or go."""
    count = Counter(targets.values())
    return [level for level, target in targets.items() if target != level and count[target] > 1]


@_apply.register
def _remove_spine(command: RemoveSpine, case: Case) -> Case:
    frame = command.frame_of_reference_uid
    _spine(case, frame)
    return replace(case, spines=tuple(s for s in case.spines if s.frame_of_reference_uid != frame))


@_apply.register
def _add_lesion(command: AddLesion, case: Case) -> Case:
    if case.lesion(command.id) is not None:
        raise CommandRefusedError("This lesion is already in the case.")
    if not 0.5 <= command.radius_mm <= 150.0:
        raise CommandRefusedError("A lesion has a radius of 0.5 to 150 mm.")
    number = case.lesion_count + 1
    lesion = Lesion(
        id=command.id,
        number=number,
        center_lps=command.center_lps,
        radius_mm=command.radius_mm,
        frame_of_reference_uid=command.frame_of_reference_uid,
        series_uid=command.series_uid,
        created_at=command.created_at,
    )
    spine = case.spine_for(command.frame_of_reference_uid)
    if spine is not None:
        lesion = _located(lesion, spine)
    return replace(case, lesions=(*case.lesions, lesion), lesion_count=number)


@_apply.register
def _replace_lesion(command: ReplaceLesion, case: Case) -> Case:
    old = case.lesion(command.lesion.id)
    if old is None:
        raise CommandRefusedError("This lesion is no longer in the case.", code="no-lesion")
    if old.number != command.lesion.number:
        raise CommandRefusedError("A lesion keeps its number.")
    lesions = tuple(command.lesion if lesion is old else lesion for lesion in case.lesions)
    changed = replace(case, lesions=lesions)
    if command.lesion.matrix is old.matrix:
        return changed
    return _with_bone_lesion(changed, command.lesion)


_BONE_LESION_OF = {
    Matrix.LYTIC: SinsBoneLesion.LYTIC,
    Matrix.MIXED: SinsBoneLesion.MIXED,
    Matrix.BLASTIC: SinsBoneLesion.BLASTIC,
}
_MATRIX_OF = {bone: matrix for matrix, bone in _BONE_LESION_OF.items()}


def _with_bone_lesion(case: Case, lesion: Lesion) -> Case:
    """Return the case with the type of ``lesion`` as the SINS bone-lesion answer of its levels.

    Lesion type and SINS item 3 are one value; a level with several lesions is left to the reader.
    """
    matrix = lesion.matrix
    bone = matrix if isinstance(matrix, Missing) else _BONE_LESION_OF.get(matrix)
    if bone is None:
        return case
    for level in lesion.levels:
        if sum(level in other.levels for other in case.lesions) == 1:
            sins = replace(case.assessment(level).sins, bone_lesion=bone)
            case = _with_assessment(case, replace(case.assessment(level), sins=sins))
    return case


@_apply.register
def _remove_lesion(command: RemoveLesion, case: Case) -> Case:
    if case.lesion(command.id) is None:
        raise CommandRefusedError("This lesion is no longer in the case.", code="no-lesion")
    return replace(case, lesions=tuple(item for item in case.lesions if item.id != command.id))


def _with_assessment(case: Case, assessment: LevelAssessment) -> Case:
    rest = (item for item in case.assessments if item.level is not assessment.level)
    ordered = sorted((*rest, assessment), key=lambda item: item.level.order)
    return replace(case, assessments=tuple(ordered))


@_apply.register
def _set_sins(command: SetSins, case: Case) -> Case:
    old = case.assessment(command.level)
    changed = _with_assessment(case, replace(old, sins=command.answers))
    if command.answers.bone_lesion is old.sins.bone_lesion:
        return changed
    return _with_lesion_type(changed, command.level, command.answers.bone_lesion)


def _with_lesion_type(case: Case, level: VertebralLevel, bone: SinsBoneLesion | Missing) -> Case:
    """Return the case with the SINS bone-lesion answer as the type of the level's only lesion."""
    here = [lesion for lesion in case.lesions if lesion.levels == (level,)]
    if len(here) != 1:
        return case
    matrix = bone if isinstance(bone, Missing) else _MATRIX_OF[bone]
    lesion = replace(here[0], matrix=matrix)
    lesions = tuple(lesion if item is here[0] else item for item in case.lesions)
    return replace(case, lesions=lesions)


@_apply.register
def _set_escc(command: SetEscc, case: Case) -> Case:
    return _with_assessment(case, replace(case.assessment(command.level), escc=command.answers))


@_apply.register
def _set_noms_level(command: SetNomsLevel, case: Case) -> Case:
    return _with_assessment(case, replace(case.assessment(command.level), noms=command.answers))


@_apply.register
def _remove_assessment(command: RemoveAssessment, case: Case) -> Case:
    rest = tuple(item for item in case.assessments if item.level is not command.level)
    return replace(case, assessments=rest)


@_apply.register
def _set_conus(command: SetConus, case: Case) -> Case:
    return replace(case, conus=command.conus)


@_apply.register
def _set_neurologic(command: SetNeurologic, case: Case) -> Case:
    return replace(case, neurologic=command.facts)


@_apply.register
def _set_oncology(command: SetOncology, case: Case) -> Case:
    oncology = command.oncology
    if not isinstance(oncology.override, Missing) and not oncology.override_reason.strip():
        raise CommandRefusedError(
            "An own choice of radiosensitivity needs its reason.", code="reason-missing"
        )
    return replace(case, oncology=oncology)


@_apply.register
def _set_systemic(command: SetSystemic, case: Case) -> Case:
    return replace(case, systemic=command.facts)


@_apply.register
def _set_communication(command: SetCommunication, case: Case) -> Case:
    return replace(case, communication=command.communication)


@_apply.register
def _set_text(command: SetText, case: Case) -> Case:
    return replace(case, text=command.text)


@_apply.register
def _add_key_image(command: AddKeyImage, case: Case) -> Case:
    if any(image.id == command.image.id for image in case.key_images):
        raise CommandRefusedError("This key image is already in the case.")
    return replace(case, key_images=(*case.key_images, command.image))


@_apply.register
def _replace_key_image(command: ReplaceKeyImage, case: Case) -> Case:
    if all(image.id != command.image.id for image in case.key_images):
        raise CommandRefusedError("This key image is no longer in the case.")
    images = tuple(
        command.image if image.id == command.image.id else image for image in case.key_images
    )
    return replace(case, key_images=images)


@_apply.register
def _remove_key_image(command: RemoveKeyImage, case: Case) -> Case:
    if all(image.id != command.id for image in case.key_images):
        raise CommandRefusedError("This key image is no longer in the case.")
    images = tuple(image for image in case.key_images if image.id != command.id)
    return replace(case, key_images=images)


@_apply.register
def _add_mark(command: AddMark, case: Case) -> Case:
    if case.mark(command.mark.id) is not None:
        raise CommandRefusedError("This mark is already in the case.")
    return replace(case, marks=(*case.marks, _sound(command.mark)))


@_apply.register
def _replace_mark(command: ReplaceMark, case: Case) -> Case:
    return _with_mark(case, command.mark)


@_apply.register
def _set_mark_label(command: SetMarkLabel, case: Case) -> Case:
    return _with_mark(case, replace(_mark(case, command.id), label=command.text))


@_apply.register
def _remove_mark(command: RemoveMark, case: Case) -> Case:
    old = _mark(case, command.id)
    return replace(case, marks=tuple(mark for mark in case.marks if mark is not old))


def _mark(case: Case, mark_id: str) -> Mark:
    found = case.mark(mark_id)
    if found is None:
        raise CommandRefusedError("This mark is no longer in the case.", code="no-mark")
    return found


def _with_mark(case: Case, mark: Mark) -> Case:
    old = _mark(case, mark.id)
    if (mark.kind, mark.frame_of_reference_uid) != (old.kind, old.frame_of_reference_uid):
        raise CommandRefusedError("A mark keeps its kind and its space; draw a new one.")
    return replace(case, marks=tuple(_sound(mark) if m is old else m for m in case.marks))


def _sound(mark: Mark) -> Mark:
    refusal = mark_refusal(mark)
    if refusal:
        raise CommandRefusedError(refusal, code="bad-mark")
    return mark


_apply.register(SetPrior, review.set_prior)
_apply.register(RemovePrior, review.remove_prior)
_apply.register(DecideChange, review.decide_change)
_apply.register(Explain, review.explain)
_apply.register(UpdateSentence, review.update_sentence)
_apply.register(KeepSentence, review.keep_sentence)


@_apply.register
def _set_second_assessment(command: SetSecondAssessment, case: Case) -> Case:
    return with_second_assessment(case, command.reader, command.assessment)


@_apply.register
def _close_second_reading(command: CloseSecondReading, case: Case) -> Case:
    return with_closed_reading(case, command.reader, command.at)


@_apply.register
def _sign(command: Sign, case: Case) -> Case:
    signature = command.signature
    if not (signature.name.strip() and signature.role.strip() and signature.at):
        raise CommandRefusedError("A signature needs the reader's name, role and time.")
    return replace(case, status=CaseStatus.SIGNED, signature=signature)


@_apply.register
def _amend(command: Amend, case: Case) -> Case:
    if case.status is not CaseStatus.SIGNED:
        raise CommandRefusedError("Only a signed case is amended; this one is still a draft.")
    if not command.reason.strip():
        raise CommandRefusedError("An amendment needs its reason.")
    return replace(
        case,
        status=CaseStatus.DRAFT,
        version=case.version + 1,
        signature=None,
        amends=command.reason.strip(),
    )
