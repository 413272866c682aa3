"""From what is stated in the NOMS form to the command that records it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from workstation.app.session import CaseSession
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
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
    """Records what a clinician states about the patient and about the level that is shown."""

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
        hours = _number(text)
        self._neurologic(deficit_since_hours=NOT_ASSESSED if hours is None else hours)

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

    def radiation(self, dose: str, fractions: str, date: str) -> None:
        """Record dose in Gy, number of fractions and date of the radiation at this level."""
        level = self._level()
        if level is None:
            return
        dose_gy, count = _number(dose), _number(fractions)
        course = PriorRadiation(
            level=level,
            dose_gy=NOT_ASSESSED if dose_gy is None else dose_gy,
            fractions=NOT_ASSESSED if count is None else int(count),
            date=date.strip() or NOT_ASSESSED,
        )
        self._level_answers(radiation=course)

    def neurologic_choice(self, value: str) -> None:
        """Choose low or high below the conus."""
        self._level_answers(clinician_neurologic=NeurologicAxis(value))

    def surgeon(self, value: str) -> None:
        """Record what the surgeon says about stability."""
        undecided = value == UNKNOWN.value
        self._level_answers(surgeon_says=UNKNOWN if undecided else MechanicalAxis(value))

    def systemic(self, value: str) -> None:
        """Record whether the patient tolerates the surgery in question."""
        made = UNKNOWN if value == UNKNOWN.value else SystemicAxis(value)
        self._level_answers(systemic=made)

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


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
