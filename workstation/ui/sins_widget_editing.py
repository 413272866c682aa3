"""From what is pressed on an open SINS component to the command that answers it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from workstation.app.session import CaseSession
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.domain.case import Case
from workstation.domain.commands import SetSins
from workstation.domain.sins_conventions import (
    disabled_reason,
    proposed_collapse,
    suggested_location,
)
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAnswers,
    SinsCollapse,
    SinsComponent,
    SinsContext,
    SinsOption,
    location_of,
)
from workstation.domain.spine import VertebralLevel, transitional_levels
from workstation.ui.form_binding import shown_level
from workstation.ui.sins_widget_view import option_of, proposed_sides


class SinsEditor(QObject):
    """Answers one component of the level that is shown.

    Parameters
    ----------
    session : CaseSession
    component : SinsComponent
    """

    def __init__(
        self, session: CaseSession, component: SinsComponent, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._component = component

    def take_key(self, key: str) -> bool:
        """Answer by key; False for a key that means nothing here."""
        if key in ("9", "Backspace"):
            self.answer(UNKNOWN if key == "9" else NOT_ASSESSED)
            return True
        if key == "Return":
            return self.accept()
        if not key.isdigit() or option_of(self._component, int(key)) is None:
            return False
        self.choose(key)
        return True

    def choose(self, points: str) -> bool:
        """Choose the option with these points, unless the form shows it as not available."""
        option = option_of(self._component, int(points))
        answers = self._answers()
        if option is None or answers is None or self._follows_level():
            return False
        if isinstance(option, SinsCollapse) and disabled_reason(option, answers.collapse):
            return False
        return self._dispatch(**{self._component.value: option})

    def answer(self, value: Missing) -> bool:
        """Answer that it is unknown, or take the answer away; False where the level answers."""
        if self._follows_level():
            return False
        return self._dispatch(**{self._component.value: value})

    def accept(self) -> bool:
        """Take what is proposed as the answer; False where nothing is."""
        case, answers = self._session.case, self._answers()
        level = self._level()
        if case is None or level is None or answers is None:
            return False
        proposed = proposed_option(case, level, self._component, answers)
        return proposed is not None and self._dispatch(**{self._component.value: proposed})

    def toggle_context(self, value: str) -> None:
        """State a circumstance, or take it back."""
        answers = self._answers()
        if answers is not None:
            self._dispatch(context=answers.context ^ {SinsContext(value)})

    def toggle_side(self, side: str, part: str) -> None:
        """Mark a structure on the patient's right ("R") or left ("L"), or take it back."""
        answers = self._answers()
        if answers is None:
            return
        name = "posterolateral_right" if side == "R" else "posterolateral_left"
        marked: frozenset[PosterolateralPart] = getattr(answers, name)
        self._dispatch(**{name: marked ^ {PosterolateralPart(part)}})

    def set_source(self, text: str) -> None:
        """Say who stated the pain."""
        answers = self._answers()
        if answers is not None and answers.pain_source != text:
            self._dispatch(pain_source=text)

    def _level(self) -> VertebralLevel | None:
        case = self._session.case
        return None if case is None else shown_level(case, self._session.view)

    def _answers(self) -> SinsAnswers | None:
        case, level = self._session.case, self._level()
        return None if case is None or level is None else case.assessment(level).sins

    def _follows_level(self) -> bool:
        case, level = self._session.case, self._level()
        if case is None or level is None or self._component is not SinsComponent.LOCATION:
            return False
        return not location_by_hand(case, level)

    def _dispatch(self, **changes: Any) -> bool:
        answers, level = self._answers(), self._level()
        if answers is None or level is None:
            return False
        return self._session.dispatch(SetSins(level=level, answers=replace(answers, **changes)))


def location_by_hand(case: Case, level: VertebralLevel) -> bool:
    """Return whether a reader chooses the zone: transitional anatomy, T13, L6 (S-26)."""
    touched = {item for spine in case.spines for item in transitional_levels(spine.variants)}
    return level in touched or location_of(level) is None


def proposed_option(
    case: Case, level: VertebralLevel, component: SinsComponent, answers: SinsAnswers
) -> SinsOption | None:
    """Return what is proposed and not yet answered: S-08, S-26, and rows that speak for a side."""
    if component is SinsComponent.COLLAPSE and isinstance(answers.collapse, Missing):
        return proposed_collapse(level)
    if component is SinsComponent.LOCATION and isinstance(answers.location, Missing):
        variants = frozenset(v for spine in case.spines for v in spine.variants)
        return suggested_location(level, variants) if variants else None
    if component is SinsComponent.POSTEROLATERAL:
        return proposed_sides(answers)
    return None
