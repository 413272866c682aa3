"""From what is pressed in the ESCC form to the command that answers it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from workstation.app.session import CaseSession
from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.commands import SetConus, SetEscc
from workstation.domain.escc import answer_question, is_below_conus, with_grade
from workstation.domain.escc_options import (
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccAnswers,
    EsccGrade,
    EsccModality,
    MyelogramBlock,
    ScreeningAnswer,
)
from workstation.domain.spine import VertebralLevel
from workstation.ui.form_binding import shown_level

_DEFINED_BELOW = (EsccGrade.G0, EsccGrade.G1A)


class EsccEditor(QObject):
    """Answers the ESCC questions of the level that is shown.

    Signals
    -------
    refused(str)
        Why an answer was not taken; empty when the next one was.
    """

    refused = Signal(str)

    def __init__(self, session: CaseSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def grade(self, value: str) -> None:
        """Answer the five questions as a grade does."""
        answers, level, case = self._answers(), self._level(), self._session.case
        if answers is None or level is None or case is None:
            return
        grade = EsccGrade(value)
        if is_below_conus(level, case.conus) and grade not in _DEFINED_BELOW:
            self.refused.emit(f"{level} is below the conus: ESCC {grade} is not defined there.")
            return
        self._send(with_grade(answers, grade))

    def question(self, number: int, value: object) -> None:
        """Answer one question; an answer that contradicts another is refused with the reason."""
        answers = self._answers()
        if answers is None or not isinstance(value, YesNo | Missing):
            return
        try:
            changed = answer_question(answers, number, value)
        except CommandRefusedError as error:
            self.refused.emit(error.message)
            return
        self._send(changed)

    def missing(self, value: object) -> None:
        """Say of all open questions that they cannot be known, or take every answer away."""
        answers = self._answers()
        if answers is None:
            return
        if value is NOT_ASSESSED:
            self._send(replace(answers, questions=EsccAnswers().questions))
            return
        first, second, third, fourth, fifth = (
            UNKNOWN if isinstance(reply, Missing) else reply for reply in answers.questions
        )
        self._send(replace(answers, questions=(first, second, third, fourth, fifth)))

    def modality(self, value: str) -> None:
        """Say what the grade was read on."""
        self._change(modality=EsccModality(value))

    def conus(self, value: str) -> None:
        """Say where the conus ends; "unknown" means it is not seen."""
        conus = UNKNOWN if value == UNKNOWN.value else VertebralLevel(value)
        self._session.dispatch(SetConus(conus=conus))

    def cause(self, value: str) -> None:
        """Choose what compresses, or take it back."""
        answers = self._answers()
        cause = CompressionCause(value)
        if answers is not None:
            self._change(cause=NOT_ASSESSED if answers.cause is cause else cause)

    def position(self, value: object) -> None:
        """Mark a quadrant around the sac, or take it back."""
        answers = self._answers()
        if answers is not None and isinstance(value, EpiduralPosition):
            self._change(positions=answers.positions ^ {value})

    def cauda(self, value: str) -> None:
        """Choose a grade of the cauda equina descriptor."""
        self._change(cauda_equina=CaudaEquinaGrade(int(value)))

    def cauda_missing(self, value: Missing) -> None:
        """Say that the descriptor cannot be known, or take it away."""
        self._change(cauda_equina=value)

    def foramen(self, side: str) -> None:
        """Mark foraminal stenosis on a side, or take it back."""
        answers = self._answers()
        if answers is None:
            return
        if side == "R":
            self._change(foraminal_right=not answers.foraminal_right)
        else:
            self._change(foraminal_left=not answers.foraminal_left)

    def block(self, value: str) -> None:
        """Say whether contrast passes."""
        self._change(block=MyelogramBlock(value))

    def block_level(self, value: str) -> None:
        """Say where the contrast column stops."""
        self._change(block_level=VertebralLevel(value))

    def screening(self, value: str) -> None:
        """Give the coarse answer of a screening CT."""
        self._change(screening=ScreeningAnswer(value))

    def _change(self, **changes: Any) -> None:
        answers = self._answers()
        if answers is not None:
            self._send(replace(answers, **changes))

    def _send(self, answers: EsccAnswers) -> None:
        level = self._level()
        if level is not None and self._session.dispatch(SetEscc(level=level, answers=answers)):
            self.refused.emit("")

    def _level(self) -> VertebralLevel | None:
        case = self._session.case
        return None if case is None else shown_level(case, self._session.view)

    def _answers(self) -> EsccAnswers | None:
        case, level = self._session.case, self._level()
        return None if case is None or level is None else case.assessment(level).escc
