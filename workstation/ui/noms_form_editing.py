"""From what is stated in the NOMS form to the command that records it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from workstation.app.session import CaseSession
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.case import Case, Communication, NomsLevelAnswers
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    DeficitStatus,
    Ecog,
    Kps,
    PriorRadiation,
)
from workstation.domain.commands import (
    SetCommunication,
    SetNeurologic,
    SetNomsLevel,
    SetOncology,
    SetSystemic,
)
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import Histology
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.axis_card import answer_of
from workstation.ui.form_binding import shown_level

DEFICITS = ("weakness", "gait_loss", "sensory", "sphincter")
_COURSE = (DeficitStatus.NEW, DeficitStatus.PROGRESSIVE, DeficitStatus.STABLE, NOT_ASSESSED)
_ENUMS: dict[str, type] = {
    "ais": AisGrade,
    "ambulation": Ambulation,
    "kps": Kps,
    "ecog": Ecog,
}


class NomsEditor(QObject):
    """Records what a clinician states about the patient and about the level that is shown.

    Signals
    -------
    refused(str, str)
        The field ("since" or "course") and why what was typed was not taken; no reason when it was.
    """

    refused = Signal(str, str)

    def __init__(self, session: CaseSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def myelopathy(self, value: str) -> None:
        """State whether there is myelopathy."""
        self._neurologic(myelopathy=answer_of(value))

    def radiculopathy(self, value: str) -> None:
        """State whether there is functional radiculopathy."""
        self._neurologic(functional_radiculopathy=answer_of(value))

    def cauda_symptoms(self, value: str) -> None:
        """State whether there are cauda equina symptoms."""
        self._neurologic(cauda_equina_symptoms=answer_of(value))

    def deficit(self, name: str) -> None:
        """Walk a deficit through new, progressive, stable and not assessed; "none" denies all."""
        case = self._session.case
        if case is None:
            return
        if name == "none":
            self._neurologic(**dict.fromkeys(DEFICITS, DeficitStatus.NONE))
            return
        now = getattr(case.neurologic, name)
        position = _COURSE.index(now) if now in _COURSE else -1
        self._neurologic(**{name: _COURSE[(position + 1) % len(_COURSE)]})

    def stated_by(self, text: str) -> None:
        """Say who stated the neurology."""
        self._neurologic(stated_by=text)

    def since_hours(self, text: str) -> None:
        """Say how old the deficit is, in hours; empty takes it away."""
        try:
            hours = number_of(text, "number of hours")
        except CommandRefusedError as error:
            self.refused.emit("since", error.message)
            return
        self._neurologic(deficit_since_hours=hours)
        self.refused.emit("since", "")

    def scale(self, name: str, value: object) -> None:
        """Record a scale as a clinician stated it."""
        made = value if isinstance(value, Missing) else _ENUMS[name](value)
        if name in ("kps", "ecog"):
            self._systemic_facts(**{name: made})
        else:
            self._neurologic(**{name: made})

    def attribute(self, level: VertebralLevel, reason: str) -> None:
        """Hold a level responsible for the deficit, saying why."""
        self._neurologic(attributed_level=level, attribution_reason=reason)

    def histology(self, value: object) -> None:
        """Choose the histology; an own choice of radiosensitivity does not outlive it."""
        case = self._session.case
        if case is not None:
            made = value if isinstance(value, Missing) else Histology(str(value))
            self._oncology(histology=made, override=NOT_ASSESSED, override_reason="")

    def override(self, value: str, reason: str) -> bool:
        """Choose sensitive or resistant, with the reason; False when it is refused."""
        return self._oncology(override=OncologicAxis(value), override_reason=reason)

    def clear_override(self) -> None:
        """Go back to the list."""
        self._oncology(override=NOT_ASSESSED, override_reason="")

    def targeted(self, value: str) -> None:
        """Say whether an effective targeted therapy exists."""
        self._oncology(targeted_option=answer_of(value))

    def prior_radiation(self, value: str) -> None:
        """Say whether this level was irradiated."""
        answer = answer_of(value)
        changes: dict[str, Any] = {"prior_radiation": answer}
        if answer is not YesNo.YES:
            changes["radiation"] = None
        self._level_answers(**changes)

    def radiation(self, dose: str, fractions: str, day: str) -> None:
        """Record dose in Gy, number of fractions and date of the radiation at this level."""
        level = self._level()
        if level is None:
            return
        try:
            course = PriorRadiation(
                level=level,
                dose_gy=number_of(dose, "dose in Gy"),
                fractions=count_of(fractions, "number of fractions"),
                date=date_of(day),
            )
        except CommandRefusedError as error:
            self.refused.emit("course", error.message)
            return
        self._level_answers(radiation=course)
        self.refused.emit("course", "")

    def neurologic_choice(self, value: str) -> None:
        """Choose low or high below the conus; a missing value takes the choice back."""
        self._level_answers(clinician_neurologic=_axis(NeurologicAxis, value))

    def surgeon(self, value: str) -> None:
        """Record what the surgeon says about stability."""
        self._level_answers(surgeon_says=_axis(MechanicalAxis, value))

    def systemic(self, value: str) -> None:
        """Record whether the patient tolerates the surgery in question."""
        self._level_answers(systemic=_axis(SystemicAxis, value))

    def communicated(self, communication: object) -> None:
        """Record how the critical result was passed on."""
        if communication is None or isinstance(communication, Communication):
            self._session.dispatch(SetCommunication(communication=communication))

    def _level(self) -> VertebralLevel | None:
        case = self._session.case
        return None if case is None else shown_level(case, self._session.view)

    def _neurologic(self, **changes: Any) -> None:
        case: Case | None = self._session.case
        if case is not None:
            self._session.dispatch(SetNeurologic(facts=replace(case.neurologic, **changes)))

    def _systemic_facts(self, **changes: Any) -> None:
        case = self._session.case
        if case is not None:
            self._session.dispatch(SetSystemic(facts=replace(case.systemic, **changes)))

    def _oncology(self, **changes: Any) -> bool:
        case = self._session.case
        if case is None:
            return False
        oncology = replace(case.oncology, **changes)
        return self._session.dispatch(SetOncology(oncology=oncology))

    def _level_answers(self, **changes: Any) -> None:
        case, level = self._session.case, self._level()
        if case is None or level is None:
            return
        answers: NomsLevelAnswers = replace(case.assessment(level).noms, **changes)
        self._session.dispatch(SetNomsLevel(level=level, answers=answers))


def _axis(kind: type[StrEnum], value: str) -> StrEnum:
    return Missing(value) if value in set(Missing) else kind(value)


def number_of(text: str, what: str) -> float | Missing:
    """Return a number from zero up as it was typed, with comma or point; not assessed without text.

    Raises
    ------
    CommandRefusedError
        When the text is no such number; the message names what was expected.
    """
    typed = text.strip()
    if not typed:
        return NOT_ASSESSED
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0.0 <= number < math.inf:
        raise CommandRefusedError(f'"{typed}" is no {what}.')
    return number


def count_of(text: str, what: str) -> int | Missing:
    """Return a whole number from one up; not assessed without text.

    Raises
    ------
    CommandRefusedError
        When the text is no such number.
    """
    number = number_of(text, what)
    if isinstance(number, Missing):
        return number
    if number < 1 or not number.is_integer():
        raise CommandRefusedError(f'"{text.strip()}" is no {what}.')
    return int(number)


def date_of(text: str) -> str | Missing:
    """Return a day as ISO 8601 text; not assessed without text.

    Raises
    ------
    CommandRefusedError
        When the text is no day of the calendar.
    """
    typed = text.strip()
    if not typed:
        return NOT_ASSESSED
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError as error:
        raise CommandRefusedError(f'"{typed}" is no date: write YYYY-MM-DD.') from error
