"""What the ESCC form says about one level, from the rules and their words."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.answers import UNKNOWN, Missing, YesNo
from workstation.domain.escc import EsccResult, answers_for_grade
from workstation.domain.escc_options import (
    CaudaEquinaGrade,
    EsccAnswers,
    EsccGrade,
    EsccModality,
    ScreeningAnswer,
)
from workstation.domain.escc_texts import (
    CAPTIONS,
    CAUDA_EQUINA_TITLES,
    CONVENTION_TITLES,
    DEFINITIONS,
    QUESTIONS,
)
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import Mark
from workstation.ui.components.pictogram_tile import TileState, TileText
from workstation.ui.components.question_row import QuestionView

CONUS_CHOICES = (
    VertebralLevel.T11,
    VertebralLevel.T12,
    VertebralLevel.L1,
    VertebralLevel.L2,
    VertebralLevel.L3,
)
"""Where the conus may be said to end; "Not seen" is the answer Unknown."""

_CAUDA_FULL = CaudaEquinaGrade.SAC_EFFACED


def grade_tiles() -> list[TileText]:
    """Return the strip of six."""
    return [
        TileText(
            key=grade.value,
            schematic=f"escc-{grade.value}",
            line=CAPTIONS[grade],
            description=DEFINITIONS[grade],
        )
        for grade in EsccGrade
    ]


def cauda_tiles() -> list[TileText]:
    """Return the five grades of the cauda equina descriptor."""
    return [
        TileText(
            key=str(grade.value),
            schematic=f"cauda-{grade.value}",
            line=_short(CAUDA_EQUINA_TITLES[grade]),
            description=CAUDA_EQUINA_TITLES[grade],
        )
        for grade in CaudaEquinaGrade
    ]


def _short(title: str) -> str:
    # The tile is narrow; its description keeps the whole words.
    return title.removesuffix(" above the block").replace(" of the sac", "")


def grade_states(result: EsccResult) -> dict[str, TileState]:
    """Return the state of each tile; below the conus most grades are not defined."""
    refused = result.below_conus
    return {
        grade.value: TileState(
            selected=grade is result.grade,
            disabled_reason="not defined below the conus"
            if refused and grade not in (EsccGrade.G0, EsccGrade.G1A)
            else "",
        )
        for grade in EsccGrade
    }


def cauda_states(answers: EsccAnswers) -> dict[str, TileState]:
    """Return the state of each tile of the descriptor."""
    return {
        str(grade.value): TileState(selected=grade is answers.cauda_equina)
        for grade in CaudaEquinaGrade
    }


def _grade_behind(number: int, answer: YesNo) -> str:
    """Return the grade that an answer decides, empty where it only leads on."""
    for grade in EsccGrade:
        replies = answers_for_grade(grade).questions
        given = [reply for reply in replies if not isinstance(reply, Missing)]
        if len(given) == number and given[-1] is answer:
            return grade.value
    return ""


def _button(number: int, answer: YesNo) -> str:
    word = "Yes" if answer is YesNo.YES else "No"
    grade = _grade_behind(number, answer)
    return f"{word}: {grade}" if grade else word


def question_views(answers: EsccAnswers, *, editable: bool) -> list[QuestionView]:
    """Return the five questions; those after the first No are dimmed."""
    replies = answers.questions
    first_no = next((n for n, reply in enumerate(replies, 1) if reply is YesNo.NO), len(replies))
    return [
        QuestionView(
            number=number,
            text=QUESTIONS[number - 1],
            answer=reply,
            yes=_button(number, YesNo.YES),
            no=_button(number, YesNo.NO),
            dimmed=number > first_no,
            editable=editable,
        )
        for number, reply in enumerate(replies, 1)
    ]


def grade_words(result: EsccResult) -> str:
    """Return the grade or the set that is left, "1b, 1c, 2 or 3"."""
    if result.grade is not None:
        return result.grade.value
    if not result.applicable or len(result.possible) == len(EsccGrade):
        return "–"
    return _or([grade.value for grade in result.possible])


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def grade_mark(result: EsccResult) -> tuple[Mark, str]:
    """Return shape and color of a grade: disc for low, triangle for high, ring while open."""
    if result.high_grade is None:
        return (Mark.RING, "text_muted")
    return (Mark.TRIANGLE, "critical") if result.high_grade else (Mark.DISC, "good")


def chip_view(level: VertebralLevel, result: EsccResult, answers: EsccAnswers) -> LevelChipView:
    """Return the chip of one level."""
    mark, token = grade_mark(result)
    value = grade_words(result)
    words = f"ESCC {value}" if value != "–" else "ESCC not assessed"
    if result.below_conus and not isinstance(answers.cauda_equina, Missing):
        foramen = "+F" if answers.foraminal_left or answers.foraminal_right else ""
        value = f"CE {answers.cauda_equina.value}{foramen}"
        words, mark, token = result.descriptor, Mark.RING, "text_muted"
    elif result.high_grade is not None:
        words += ", high-grade" if result.high_grade else ", low-grade"
    return LevelChipView(level=level, value=value, mark=mark, token=token, words=words)


def result_words(result: EsccResult, answers: EsccAnswers) -> tuple[str, str, str]:
    """Return value, word and color tone of the sticky result."""
    if not result.applicable:
        return ("not applicable", result.descriptor, "")
    if result.grade is not None:
        return (result.grade.value, DEFINITIONS[result.grade], _tone(result))
    if result.below_conus and not isinstance(answers.cauda_equina, Missing):
        return ("not applicable", result.descriptor, "")
    if answers.modality is EsccModality.CT_SCREENING:
        return _screening_words(answers)
    return _open_words(result, answers)


def _open_words(result: EsccResult, answers: EsccAnswers) -> tuple[str, str, str]:
    value = grade_words(result)
    if value != "–":
        return (value, "still possible", _tone(result))
    unknown = any(reply is UNKNOWN for reply in answers.questions)
    return (value, "Unknown" if unknown else "Not assessed", "muted")


def _screening_words(answers: EsccAnswers) -> tuple[str, str, str]:
    words = {
        ScreeningAnswer.NONE: ("None", ""),
        ScreeningAnswer.LOW: ("Low-grade", ""),
        ScreeningAnswer.HIGH: ("High-grade", "caution"),
    }
    if isinstance(answers.screening, Missing):
        return ("–", "CT screening, not assessed", "muted")
    value, tone = words[answers.screening]
    return (value, "CT screening", tone)


def _tone(result: EsccResult) -> str:
    return "critical" if result.high_grade else ""


def consequence_words(result: EsccResult, answers: EsccAnswers) -> tuple[str, str, str]:
    """Return sentence, icon and color token below the grade."""
    if answers.modality is EsccModality.CT_SCREENING:
        return ("Screening: confirm on MRI. Not used by NOMS.", "circle-alert", "caution")
    described = result.below_conus and result.grade is None
    if described or not result.applicable:
        words = "NOMS cannot derive N at this level: the clinician chooses low or high."
        return (words, "info", "text_muted")
    notes = " ".join(result.notes)
    if result.high_grade is None:
        return (notes, "info", "text_muted")
    convention = CONVENTION_TITLES[result.convention]
    if result.high_grade:
        words = f"High-grade ({convention}). High-grade compression: same-day surgical discussion."
        return (f"{words} {notes}".strip(), "triangle-alert", "critical")
    return (f"Low-grade ({convention}). {notes}".strip(), "info", "text_muted")
