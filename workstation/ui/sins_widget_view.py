"""What the SINS form says about each component of one level, from the rules and their words."""

from __future__ import annotations

from collections.abc import Mapping

from workstation.domain.answers import UNKNOWN, Missing
from workstation.domain.case import Case
from workstation.domain.sins import ComponentPoints, SinsResult
from workstation.domain.sins_conventions import disabled_reason
from workstation.domain.sins_options import (
    POINTS,
    PosterolateralPart,
    SinsAnswers,
    SinsCollapse,
    SinsComponent,
    SinsContext,
    SinsOption,
    SinsPosterolateral,
    sides_marked,
)
from workstation.domain.sins_texts import COMPONENT_TEXTS
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.evidence import EvidenceState
from workstation.ui.components.item_row import AnswerKind, ItemView
from workstation.ui.components.pictogram_tile import TileState, TileText
from workstation.ui.form_binding import evidence_for

ITEM_KEYS: Mapping[SinsComponent, str] = {
    component: f"S{number}" for number, component in enumerate(SinsComponent, 1)
}
"""Key of each component on the screen; typed as S, then its number."""

_SCHEMATICS = {
    SinsComponent.LOCATION: "sins-location",
    SinsComponent.PAIN: "sins-pain",
    SinsComponent.BONE_LESION: "sins-bone",
    SinsComponent.ALIGNMENT: "sins-alignment",
    SinsComponent.COLLAPSE: "sins-collapse",
    SinsComponent.POSTEROLATERAL: "sins-posterolateral",
}
_SCHEMATIC_ENDS: Mapping[SinsOption, str] = {SinsCollapse.INVOLVED_GT50: "involved"}

CONTEXT_CHIPS: Mapping[SinsComponent, Mapping[SinsContext, str]] = {
    SinsComponent.LOCATION: {
        SinsContext.INSTRUMENTED: "Instrumented level",
        SinsContext.IRRADIATED: "Irradiated, not operated",
        SinsContext.PRIMARY_TUMOR: "Primary tumor",
    },
    SinsComponent.PAIN: {
        SinsContext.NIGHT_PAIN: "Also night pain",
        SinsContext.CONSTANT_PAIN: "Constant pain",
        SinsContext.RADICULAR_ONLY: "Radicular only",
    },
    SinsComponent.BONE_LESION: {
        SinsContext.MRI_ONLY: "MRI only",
        SinsContext.TREATED: "Treated lesion",
    },
    SinsComponent.ALIGNMENT: {
        SinsContext.SUPINE_ONLY: "Supine only",
        SinsContext.NO_PRIOR: "No prior",
        SinsContext.PREEXISTING_DEFORMITY: "Old deformity",
    },
    SinsComponent.COLLAPSE: {
        SinsContext.OLD_FRACTURE: "Old fracture",
        SinsContext.AUGMENTED: "Cement in the body",
    },
    SinsComponent.POSTEROLATERAL: {
        SinsContext.OTHER_ARCH_PARTS: "Lamina or processes",
        SinsContext.RIB_HEAD_ONLY: "Rib head only",
    },
}
"""What a reader may state about each component; every one calls a named convention."""

FLAG_COMPONENTS: Mapping[str, SinsComponent] = {
    "S-12": SinsComponent.PAIN,
    "S-09": SinsComponent.PAIN,
    "S-10": SinsComponent.PAIN,
    "S-11": SinsComponent.PAIN,
    "S-13": SinsComponent.BONE_LESION,
    "S-14": SinsComponent.BONE_LESION,
    "S-16": SinsComponent.ALIGNMENT,
    "S-17": SinsComponent.ALIGNMENT,
    "S-15": SinsComponent.ALIGNMENT,
    "S-01": SinsComponent.COLLAPSE,
    "S-02": SinsComponent.COLLAPSE,
    "S-03": SinsComponent.COLLAPSE,
    "S-06": SinsComponent.COLLAPSE,
    "S-07": SinsComponent.COLLAPSE,
    "S-08": SinsComponent.COLLAPSE,
    "S-18": SinsComponent.POSTEROLATERAL,
    "S-19": SinsComponent.POSTEROLATERAL,
    "S-20": SinsComponent.POSTEROLATERAL,
    "S-21": SinsComponent.POSTEROLATERAL,
    "WHICH_SIDE": SinsComponent.POSTEROLATERAL,
    "ROWS_DIFFER": SinsComponent.POSTEROLATERAL,
    "S-26": SinsComponent.LOCATION,
}
"""The component at which the remark of a convention is shown."""


def field_name(level: VertebralLevel, component: SinsComponent) -> str:
    """Return the name of a field, as evidence and checks use it."""
    return f"sins.{level}.{component.value}"


def option_of(component: SinsComponent, points: int) -> SinsOption | None:
    """Return the option of a component that gives these points; points are unique there."""
    return next((o for o, value in POINTS[component].items() if value == points), None)


def tile_texts(component: SinsComponent) -> list[TileText]:
    """Return the tiles of a component, from least to most severe."""
    texts = COMPONENT_TEXTS[component].options
    return [
        TileText(
            key=str(points),
            unit="pt",
            title=texts[option].title,
            line=_breakable(texts[option].line),
            schematic=f"{_SCHEMATICS[component]}-{_SCHEMATIC_ENDS.get(option, option.value)}",
            description=texts[option].line,
        )
        for option, points in POINTS[component].items()
    ]


def _breakable(line: str) -> str:
    # A range such as "C7-T2" stays on one line: the dash of a range does not break.
    return line.replace("-", "\u2011") if any(c.isdigit() for c in line) else line


def tile_states(
    component: SinsComponent,
    answers: SinsAnswers,
    given: ComponentPoints | None,
    *,
    derived: bool,
    proposed: SinsOption | None = None,
) -> dict[str, TileState]:
    """Return the state of each tile of a component.

    Parameters
    ----------
    given : ComponentPoints or None
        What counts for the score; None where the score is refused.
    derived : bool
        Whether the answer follows from the level, so that no tile can be chosen.
    proposed : SinsOption, optional
        What is suggested and not an answer.
    """
    answer = given.answer if given is not None else getattr(answers, component.value)
    states = {}
    for option, points in POINTS[component].items():
        reason = ""
        if component is SinsComponent.COLLAPSE and isinstance(option, SinsCollapse):
            reason = disabled_reason(option, answer) or ""
        if derived and option is not answer:
            reason = "follows the level"
        states[str(points)] = TileState(
            selected=option is answer,
            suggested=option is proposed,
            disabled_reason=reason,
            mirrored=option is SinsPosterolateral.UNILATERAL
            and bool(answers.posterolateral_right)
            and not answers.posterolateral_left,
        )
    return states


def item_view(
    case: Case, level: VertebralLevel, component: SinsComponent, result: SinsResult
) -> ItemView:
    """Return one line about a component: answer, points or range, evidence, what is wrong."""
    answers = case.assessment(level).sins
    given = result.components.get(component)
    answer = given.answer if given is not None else getattr(answers, component.value)
    text = COMPONENT_TEXTS[component]
    kappa = text.kappa
    low, high = _range(component, given)
    known = not isinstance(answer, Missing)
    return ItemView(
        key=ITEM_KEYS[component],
        name=text.title,
        answer=answer_words(component, answer, answers, level),
        kind=_kind(answer),
        points=str(low) if known else f"{low}–{high}",
        filled=low if known else 0,
        boxes=max(POINTS[component].values()),
        evidence=_evidence(case, level, component, answers),
        note=_note(component, answers),
        caution=_caution(component, result),
        agreement=f"κ {kappa[0]:.2f}–{kappa[1]:.2f}" if kappa else "",
    )


def _range(component: SinsComponent, given: ComponentPoints | None) -> tuple[int, int]:
    if given is None:
        return (0, max(POINTS[component].values()))
    return (given.minimum, given.maximum)


def _kind(answer: object) -> AnswerKind:
    if not isinstance(answer, Missing):
        return AnswerKind.ANSWER
    return AnswerKind.UNKNOWN if answer is UNKNOWN else AnswerKind.NOT_ASSESSED


def answer_words(
    component: SinsComponent, answer: object, answers: SinsAnswers, level: VertebralLevel
) -> str:
    """Return an answer in words, with level or parts where they belong to it."""
    if answer is UNKNOWN:
        is_pain = component is SinsComponent.PAIN
        return "Unknown: no history available" if is_pain else "Unknown"
    if isinstance(answer, Missing):
        return "Not assessed"
    title = next(
        words.title for option, words in COMPONENT_TEXTS[component].options.items()
        if option is answer
    )  # fmt: skip
    if component is SinsComponent.LOCATION:
        return f"{title}, {level}"
    if component is SinsComponent.POSTEROLATERAL and (parts := parts_words(answers)):
        return f"{title}: {parts}"
    return title


def parts_words(answers: SinsAnswers) -> str:
    """Return the marked posterolateral parts in words, sides as the patient's."""
    sides = (("right", answers.posterolateral_right), ("left", answers.posterolateral_left))
    return ", ".join(
        f"{side} {part.value}" for side, parts in sides for part in PosterolateralPart
        if part in parts
    )  # fmt: skip


def proposed_sides(answers: SinsAnswers) -> SinsPosterolateral | None:
    """Return what the marked rows amount to where the answer says something else."""
    right, left = answers.posterolateral_right, answers.posterolateral_left
    if not (right or left):
        return None
    marked = sides_marked(right, left)
    return None if marked is answers.posterolateral else marked


def _evidence(
    case: Case, level: VertebralLevel, component: SinsComponent, answers: SinsAnswers
) -> EvidenceState:
    if evidence_for(case, field_name(level, component)):
        return EvidenceState.IMAGE
    if component is SinsComponent.PAIN and answers.pain_source:
        return EvidenceState.PERSON
    return EvidenceState.NONE


def _note(component: SinsComponent, answers: SinsAnswers) -> str:
    if component is SinsComponent.PAIN and answers.pain_source:
        return f"from {answers.pain_source}"
    return ""


def _caution(component: SinsComponent, result: SinsResult) -> str:
    urgent = ("WHICH_SIDE", "ROWS_DIFFER")
    return next(
        (f.text for f in result.flags if f.code in urgent and component is FLAG_COMPONENTS[f.code]),
        "",
    )
