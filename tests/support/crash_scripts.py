"""Random readings: scripts of commands with the case that must stand after each of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.support import cases
from workstation.app.history import History
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import Case, CaseStatus, Oncology, ReportText
from workstation.domain.changes import apply
from workstation.domain.commands import (
    AddKeyImage,
    AddLesion,
    AddStudy,
    Amend,
    Command,
    ConfirmSpine,
    RemoveKeyImage,
    RemoveLesion,
    ReplaceLesion,
    SetConus,
    SetEscc,
    SetOncology,
    SetSins,
    SetSpine,
    SetText,
    Sign,
)
from workstation.domain.sins_options import SinsBoneLesion, SinsPain
from workstation.storage.case_codec import encode_command

Choice = Callable[[Case, random.Random], Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What must be found: the case, and whether undo and redo lead somewhere."""

    case: Case
    undo_case: Case | None
    redo_case: Case | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """``states[n]`` must stand when the first ``n`` documents were carried out."""

    case_id: str
    documents: tuple[dict[str, Any], ...]
    states: tuple[State, ...]


def random_script(seed: int, case_id: str, count: int = 200) -> Script:
    """A reading of ``count`` commands, each of which changes something."""
    chance = random.Random(seed)
    history = History(cases.empty_case(case_id))
    history = History(replace(history.current, created_at=""))
    documents: list[dict[str, Any]] = []
    states = [_state(history)]
    opening = list(_opening())
    while len(documents) < count:
        command = opening.pop(0) if opening else _next(history, chance)
        document = _carry_out(history, command)
        if document is not None:
            documents.append(document)
            states.append(_state(history))
    return Script(case_id=case_id, documents=tuple(documents), states=tuple(states))


def _opening() -> tuple[Command, ...]:
    spine = cases.thoracolumbar_spine(confirmed=False)
    return (
        AddStudy(patient=cases.PATIENT, study=cases.ct_study(), series=cases.series_references()),
        SetSpine(spine=spine),
        ConfirmSpine(frame_of_reference_uid=cases.FRAME, by="R. Reader", at=cases.CONFIRMED_AT),
    )


def _state(history: History) -> State:
    undo_case = redo_case = None
    if history.can_undo:
        undo_case = history.steps[history.position - 1].case
    if history.can_redo:
        redo_case = history.steps[history.position + 1].case
    return State(case=history.current, undo_case=undo_case, redo_case=redo_case)


def _next(history: History, chance: random.Random) -> Command | str:
    draw = chance.random()
    if draw < 0.12:
        return "Undo"
    if draw < 0.18:
        return "Redo"
    case = history.current
    if case.status is CaseStatus.SIGNED:
        return Amend(reason=f"Reason {chance.randrange(1000)}")
    if draw < 0.20:
        return Sign(signature=cases.reader_signature())
    return chance.choice(_CHOICES)(case, chance)


def _carry_out(history: History, command: Command | str) -> dict[str, Any] | None:
    """The document of a command that changed something, else None."""
    if command == "Undo":
        if not history.can_undo:
            return None
        history.undo()
        return {"command": "Undo"}
    if command == "Redo":
        if not history.can_redo:
            return None
        history.redo()
        return {"command": "Redo"}
    assert isinstance(command, Command)
    try:
        after = apply(history.current, command)
    except CommandRefusedError:
        return None
    if after == history.current:
        return None
    if isinstance(command, Sign):
        history.restart(after)
    else:
        # The command line folds nothing; without a key neither does this list.
        history.push(command.label, after)
    return encode_command(command)


def _add_lesion(case: Case, chance: random.Random) -> Command:
    level = chance.choice(cases.THORACOLUMBAR)
    return AddLesion(
        id=f"lesion-{chance.randrange(10**9)}",
        center_lps=cases.level_center(level),
        radius_mm=float(chance.randrange(3, 30)),
        frame_of_reference_uid=cases.FRAME,
        series_uid=cases.CT_SERIES,
    )


def _change_lesion(case: Case, chance: random.Random) -> Command:
    if not case.lesions:
        return _add_lesion(case, chance)
    note = chance.choice(cases.HOSTILE_TEXTS) + str(chance.random())
    return ReplaceLesion(lesion=replace(chance.choice(case.lesions), note=note))


def _remove_lesion(case: Case, chance: random.Random) -> Command:
    known = [lesion.id for lesion in case.lesions] or ["nothing"]
    return RemoveLesion(id=chance.choice(known))


def _sins(case: Case, chance: random.Random) -> Command:
    level = chance.choice(cases.THORACOLUMBAR)
    answers = replace(
        case.assessment(level).sins,
        pain=chance.choice([*SinsPain, UNKNOWN]),
        bone_lesion=chance.choice([*SinsBoneLesion, UNKNOWN]),
    )
    return SetSins(level=level, answers=answers)


def _escc(case: Case, chance: random.Random) -> Command:
    level = chance.choice(cases.THORACOLUMBAR)
    answers = replace(case.assessment(level).escc, foraminal_left=chance.random() < 0.5)
    return SetEscc(level=level, answers=answers)


def _conus(case: Case, chance: random.Random) -> Command:
    return SetConus(conus=chance.choice([*cases.THORACOLUMBAR, UNKNOWN]))


def _text(case: Case, chance: random.Random) -> Command:
    return SetText(text=ReportText(limits=f"typed {chance.randrange(10**9)}"))


def _oncology(case: Case, chance: random.Random) -> Command:
    option = chance.choice([YesNo.YES, YesNo.NO])
    return SetOncology(oncology=Oncology(markers=str(chance.random()), targeted_option=option))


def _add_image(case: Case, chance: random.Random) -> Command:
    image = cases.key_image(chance.randrange(10**9))
    return AddKeyImage(image=replace(image, lesion_number=None))


def _remove_image(case: Case, chance: random.Random) -> Command:
    known = [image.id for image in case.key_images] or ["nothing"]
    return RemoveKeyImage(id=chance.choice(known))


_CHOICES: tuple[Choice, ...] = (
    _add_lesion,
    _change_lesion,
    _change_lesion,
    _remove_lesion,
    _sins,
    _sins,
    _escc,
    _conus,
    _text,
    _text,
    _oncology,
    _add_image,
    _remove_image,
)
