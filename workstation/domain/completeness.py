"""What is missing or contradictory before signing: a list of small named rules.

Each rule looks at one thing and names the field that mends it. Source of the rules: clinical
reference 5.4, 11 and convention R-01; what is only unanswered prints as "not assessed".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import Case
from workstation.domain.check import Check, Rule, Severity
from workstation.domain.checks_clinical import CLINICAL_RULES
from workstation.domain.checks_text import SIDE_MARGIN_MM, TEXT_RULES
from workstation.domain.follow_up import offset_of
from workstation.domain.grading import escc_of, noms_of, red_flags_of, sins_of
from workstation.domain.sins import SinsAnswers, SinsPosterolateral
from workstation.domain.spine import VertebralLevel

__all__ = ["RULES", "Check", "Severity", "blocks_signing", "checks_of"]


def checks_of(case: Case) -> tuple[Check, ...]:
    """Return every remark on the case, worst first, in the order of the rules."""
    found = [_explained(case, check) for rule in RULES for check in rule(case)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda check: order.index(check.severity)))


def _explained(case: Case, check: Check) -> Check:
    given = (item for item in case.explanations if item.code == check.code)
    found = next((item.text for item in given if item.field == check.field), "")
    if not found or not check.explainable:
        return check
    return replace(check, severity=Severity.NOTE, explained=found)


def blocks_signing(checks: tuple[Check, ...]) -> bool:
    """Whether any remark stands in the way of signing."""
    return any(c.severity in (Severity.CONTRADICTION, Severity.BLOCKING) for c in checks)


def levels_confirmed(case: Case) -> Iterator[Check]:
    """Name frames whose lesions lack a numbering that the reader has confirmed."""
    frames = {lesion.frame_of_reference_uid for lesion in case.lesions}
    for frame in sorted(frames):
        spine = case.spine_for(frame)
        if spine is None or not spine.confirmed:
            yield Check(
                code="levels-not-confirmed",
                severity=Severity.CONTRADICTION,
                text="Level numbering not confirmed",
                detail="Number the spine on these images and confirm it.",
                field="spine",
            )


def lesions_have_levels(case: Case) -> Iterator[Check]:
    """Name lesions that lie outside the confirmed stretch and so have no level."""
    for lesion in case.lesions:
        spine = case.spine_for(lesion.frame_of_reference_uid)
        if not lesion.levels and spine is not None and spine.confirmed:
            yield Check(
                code="lesion-without-level",
                severity=Severity.OPEN,
                text=f"Lesion {lesion.number} has no level",
                detail="It lies outside the numbered stretch; it prints as outside the spine.",
                field=f"lesion.{lesion.id}",
            )


def levels_on_images(case: Case) -> Iterator[Check]:
    """Name graded levels that neither a lesion nor the numbering knows."""
    known = {level for lesion in case.lesions for level in lesion.levels}
    known.update(level for spine in case.spines for level in spine.levels)
    for item in case.assessments:
        if case.spines and item.level not in known:
            yield Check(
                code="level-not-numbered",
                severity=Severity.CONTRADICTION,
                text=f"{item.level} is graded but not among the numbered levels",
                detail="Number it on the images or remove its grades.",
                field=f"sins.{item.level}.location",
            )


def critical_communicated(case: Case) -> Iterator[Check]:
    """Ask for the record of who was told of an urgent finding (reference 5.4)."""
    urgent = [flag for flag in red_flags_of(case) if flag.needs_communication]
    told = case.communication is not None and case.communication.is_told
    if urgent and not told:
        yield Check(
            code="critical-not-communicated",
            severity=Severity.BLOCKING,
            text="Critical result not communicated",
            detail=f"{urgent[0].title}: state to whom, when and how.",
            field="report.communication",
        )


def laterality_agrees(case: Case) -> Iterator[Check]:
    """Compare the side of the parts in words with the side of the mark."""
    for lesion in case.lesions:
        sides = {part.side for part in lesion.parts if part.side}
        place = offset_of(case, lesion)
        if len(sides) != 1 or place is None or abs(place[0]) < SIDE_MARGIN_MM:
            continue
        offset = place[0]
        marked = "L" if offset > 0 else "R"
        if sides != {marked}:
            words = {"L": "left", "R": "right"}
            yield Check(
                code="laterality",
                severity=Severity.CONTRADICTION,
                text=f"Lesion {lesion.number}: parts are {words[sides.pop()]}, "
                f"the mark is {words[marked]}",
                detail=f"The mark lies {abs(offset):.0f} mm to the patient's {words[marked]} "
                "of the body center.",
                field=f"lesion.{lesion.id}.parts",
            )


def side_is_named(case: Case) -> Iterator[Check]:
    """Ask which side a unilateral answer means; compare named sides with it."""
    for item in case.assessments:
        text = _side_remark(item.sins)
        if text:
            yield Check(
                code="posterolateral-side",
                severity=Severity.BLOCKING,
                text=f"SINS {item.level}: {text}",
                field=f"sins.{item.level}.posterolateral",
            )


def _side_remark(answers: SinsAnswers) -> str:
    right, left = bool(answers.posterolateral_right), bool(answers.posterolateral_left)
    count = right + left
    match answers.posterolateral:
        case SinsPosterolateral.UNILATERAL if count == 0:
            return "which side is involved?"
        case SinsPosterolateral.UNILATERAL if count == 2:
            return "unilateral is answered, but parts on both sides are named"
        case SinsPosterolateral.BILATERAL if count == 1:
            return "bilateral is answered, but parts on one side are named"
        case SinsPosterolateral.NONE if count:
            return "none is answered, but parts are named"
    return ""


def sins_answered(case: Case) -> Iterator[Check]:
    """List open SINS items; they print as "not assessed" or "unknown"."""
    for level in case.levels_with_findings:
        result = sins_of(case, level)
        for component in result.missing:
            answer = getattr(case.assessment(level).sins, component.value)
            yield Check(
                code="sins-open",
                severity=Severity.OPEN,
                text=f"SINS {level}: {component.value.replace('_', ' ')} is {_state(answer)}",
                field=f"sins.{level}.{component.value}",
            )


def escc_answered(case: Case) -> Iterator[Check]:
    """List levels without an ESCC grade; they print as "not assessed"."""
    for level in case.levels_with_findings:
        result = escc_of(case, level)
        if result.grade is None and result.applicable:
            yield Check(
                code="escc-open",
                severity=Severity.OPEN,
                text=f"ESCC {level} is {_escc_state(case, level)}",
                field=f"escc.{level}",
            )


def _state(answer: object) -> str:
    """Return a missing answer in words; asked and unknowable is not the same as not asked."""
    return "unknown" if answer is UNKNOWN else "not assessed"


def _escc_state(case: Case, level: VertebralLevel) -> str:
    replies = case.assessment(level).escc.questions
    return "unknown" if UNKNOWN in replies else "not graded"


def conus_stated(case: Case) -> Iterator[Check]:
    """Ask once for the conus, below which another descriptor applies (N-03)."""
    if case.conus is NOT_ASSESSED and any(_near_conus(x) for x in case.levels_with_findings):
        yield Check(
            code="conus-open",
            severity=Severity.OPEN,
            text="Conus level is not assessed",
            field="escc.conus",
        )


def _near_conus(level: VertebralLevel) -> bool:
    return VertebralLevel.T11.order <= level.order <= VertebralLevel.L3.order


def noms_answered(case: Case) -> Iterator[Check]:
    """List what NOMS misses for a decision at each level."""
    for level in case.levels_with_findings:
        result = noms_of(case, level)
        if result.missing:
            yield Check(
                code="noms-open",
                severity=Severity.OPEN,
                text=f"NOMS {level}: {len(result.missing)} still open",
                detail=_sentence(LETTERS[name] for name in result.missing),
                field=f"noms.{level}",
            )


LETTERS: Mapping[str, str] = {
    "N": "neurologic",
    "O": "oncologic",
    "M": "mechanical",
    "S": "systemic",
    "prior_rt": "prior radiation",
}
"""What NOMS misses, in words."""


def _sentence(words: Iterable[str]) -> str:
    return f"{', '.join(words).capitalize()}."


def evidence_attached(case: Case) -> Iterator[Check]:
    """Name graded levels without a key image."""
    proven = {field.split(".")[1] for image in case.key_images for field in image.proves}
    for item in case.assessments:
        lesions = {lesion.number for lesion in case.lesions if item.level in lesion.levels}
        shown = any(image.lesion_number in lesions for image in case.key_images)
        if item.level.value not in proven and not shown:
            yield Check(
                code="no-evidence",
                severity=Severity.NOTE,
                text=f"{item.level} is graded without a key image",
                field=f"sins.{item.level}.location",
            )


RULES: tuple[Rule, ...] = (
    levels_confirmed,
    levels_on_images,
    laterality_agrees,
    critical_communicated,
    side_is_named,
    *TEXT_RULES,
    *CLINICAL_RULES,
    lesions_have_levels,
    sins_answered,
    escc_answered,
    conus_stated,
    noms_answered,
    evidence_attached,
)
"""Every rule, in the order in which remarks of one severity are listed."""
