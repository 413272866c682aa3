"""Checks between answers, measurements, facts and dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.case import Case, Communication
from workstation.domain.check import Check, Rule, Severity
from workstation.domain.clinical import AisGrade, DeficitStatus
from workstation.domain.escc import CompressionCause, EsccGrade, is_below_conus
from workstation.domain.follow_up import follow_up_of, latest_prior
from workstation.domain.grading import escc_of
from workstation.domain.lesion import Lesion, SoftTissue
from workstation.domain.mark_geometry import HeightLoss
from workstation.domain.measured import height_losses
from workstation.domain.radiosensitivity import HISTOLOGIES
from workstation.domain.sins import ASK_FROM_PCT, COLLAPSE_FROM_PCT
from workstation.domain.sins_options import SinsAnswers, SinsCollapse, SinsContext
from workstation.domain.spine import VertebralLevel

_NOT_TUMOR = (CompressionCause.BONE, CompressionCause.DISC, CompressionCause.HEMATOMA)


def epidural_agrees(case: Case) -> Iterator[Check]:
    """Compare the grade of compression with the soft tissue of the lesions."""
    for lesion in case.lesions:
        for level in lesion.levels:
            words = _epidural_remark(case, lesion, level)
            if words:
                yield Check(
                    code="epidural-contradiction",
                    severity=Severity.BLOCKING,
                    text=words,
                    detail="Change the grade or the lesion's soft tissue.",
                    field=f"lesion.{lesion.id}.soft_tissue",
                )


def _epidural_remark(case: Case, lesion: Lesion, level: VertebralLevel) -> str:
    grade, tissue = escc_of(case, level).grade, lesion.soft_tissue
    if grade is None or isinstance(tissue, Missing):
        return ""
    epidural = SoftTissue.EPIDURAL in tissue
    if grade is EsccGrade.G0:
        alone = epidural and lesion.levels == (level,)
        return f"ESCC 0 at {level}, but lesion {lesion.number} is epidural" if alone else ""
    if epidural or case.assessment(level).escc.cause in _NOT_TUMOR:
        return ""
    kind = "has no soft tissue" if tissue == {SoftTissue.NONE} else "has no epidural part"
    return f"ESCC {grade} at {level}, but lesion {lesion.number} {kind}"


def collapse_agrees(case: Case) -> Iterator[Check]:
    """Compare the collapse answer with the height loss measured at the level."""
    for level, loss in height_losses(case).items():
        answers = case.assessment(level).sins
        words = _COLLAPSE_WORDS.get(answers.collapse)
        if words and _collapse_differs(answers, loss):
            yield Check(
                code="collapse-against-height",
                severity=Severity.BLOCKING,
                text=f'{level}: collapse "{words}", height loss {loss.percent:.1f} %',
                detail=f"Measured in front, middle and back, {loss.method}.",
                field=f"sins.{level}.collapse",
            )


_COLLAPSE_WORDS: Mapping[SinsCollapse | Missing, str] = {
    SinsCollapse.NONE: "none",
    SinsCollapse.INVOLVED_GT50: "none, more than 50 % involved",
    SinsCollapse.LT50: "less than 50 %",
    SinsCollapse.GT50: "more than 50 %",
}


def _collapse_differs(answers: SinsAnswers, loss: HeightLoss) -> bool:
    """Return whether answer and measurement cannot both hold (S-01, S-05, S-06)."""
    match answers.collapse:
        case SinsCollapse.GT50:
            return loss.percent <= 50.0
        case SinsCollapse.LT50:
            return loss.percent > 50.0 or loss.percent < ASK_FROM_PCT
    old = SinsContext.OLD_FRACTURE in answers.context
    return loss.percent >= COLLAPSE_FROM_PCT and not old


def type_read_on_ct(case: Case) -> Iterator[Check]:
    """Ask whether a bone lesion without CT or radiograph was inferred from MRI (S-13)."""
    modalities = {series.modality for series in case.series}
    if not modalities or modalities & {"CT", "CR", "DX", "RF", "XA"}:
        return
    for item in case.assessments:
        inferred = SinsContext.MRI_ONLY in item.sins.context
        if not isinstance(item.sins.bone_lesion, Missing) and not inferred:
            yield Check(
                code="type-without-ct",
                severity=Severity.OPEN,
                text=f"SINS {item.level}: bone lesion answered without CT or radiograph",
                detail="State that it is inferred from MRI: marrow signal does not show lysis "
                "reliably.",
                field=f"sins.{item.level}.bone_lesion",
            )


_RECENT = (DeficitStatus.NEW, DeficitStatus.PROGRESSIVE)


def deficit_has_time(case: Case) -> Iterator[Check]:
    """Ask since when a new or progressive deficit, or complete paralysis, has been there."""
    facts = case.neurologic
    states = (facts.weakness, facts.gait_loss, facts.sensory, facts.sphincter)
    recent = any(state in _RECENT for state in states) or facts.ais is AisGrade.A
    if recent and facts.deficit_since_hours is NOT_ASSESSED:
        yield Check(
            code="deficit-without-time",
            severity=Severity.OPEN,
            text="Deficit without its time course",
            detail="State since when; complete paralysis counts as reversible up to 48 h.",
            field="noms.neurologic",
        )


def deficit_fits_conus(case: Case) -> Iterator[Check]:
    """Compare the level held responsible for a myelopathy with the conus."""
    level = case.neurologic.attributed_level
    if level is None or case.neurologic.myelopathy is not YesNo.YES:
        return
    if not isinstance(case.conus, Missing) and is_below_conus(level, case.conus):
        yield Check(
            code="deficit-below-conus",
            severity=Severity.BLOCKING,
            text=f"Myelopathy is attributed to {level}, below the conus at {case.conus}",
            field="noms.neurologic",
        )


def cauda_fits_conus(case: Case) -> Iterator[Check]:
    """Compare grades and cauda equina answers with the conus (N-03)."""
    for item in case.assessments:
        result = escc_of(case, item.level)
        if result.refused:
            yield Check(
                code="grade-below-conus",
                severity=Severity.CONTRADICTION,
                text=f"ESCC {item.level}: a cord grade below the conus",
                detail=result.refused,
                field=f"escc.{item.level}",
            )
        elif not result.below_conus and not isinstance(item.escc.cauda_equina, Missing):
            yield Check(
                code="cauda-above-conus",
                severity=Severity.BLOCKING,
                text=f"ESCC {item.level}: a cauda equina answer above the conus",
                field=f"escc.{item.level}",
            )


def radiation_has_dose(case: Case) -> Iterator[Check]:
    """Ask for dose, fractions and date of prior radiation (reference 3.4)."""
    for item in case.assessments:
        course = item.noms.radiation
        given = course is not None and not isinstance(course.dose_gy, Missing)
        if item.noms.prior_radiation is YesNo.YES and not given:
            yield Check(
                code="radiation-without-dose",
                severity=Severity.OPEN,
                text=f"Prior radiation at {item.level} without its dose",
                detail="Enter dose, fractions and date.",
                field=f"noms.{item.level}",
            )


def histology_has_class(case: Case) -> Iterator[Check]:
    """Ask for the radiosensitivity of a histology that the NOMS list does not hold."""
    histology = case.oncology.histology
    if isinstance(histology, Missing) or not isinstance(case.oncology.override, Missing):
        return
    if HISTOLOGIES[histology].default is None:
        yield Check(
            code="histology-without-class",
            severity=Severity.OPEN,
            text=f"{HISTOLOGIES[histology].title}: not in the NOMS list",
            detail="Choose radiosensitive or radioresistant, with the reason.",
            field="noms.oncologic",
        )


def communication_complete(case: Case) -> Iterator[Check]:
    """Look for whom, when and how in the record of a communicated result (reference 5.4)."""
    told = case.communication
    if told is None:
        return
    blank = [name for name, given in _communication_parts(told).items() if not given]
    if blank:
        yield Check(
            code="communication-incomplete",
            severity=Severity.BLOCKING,
            text=f"Critical communication incomplete: {', '.join(blank)}",
            field="report.communication",
        )
    elif told.at[:10] < _first_study_date(case):
        yield Check(
            code="communication-before-study",
            severity=Severity.BLOCKING,
            text="Critical communication is dated before the study",
            field="report.communication",
        )


def _communication_parts(told: Communication) -> dict[str, bool]:
    return {
        "to whom": bool(told.to_whom.strip()),
        "when": _is_time(told.at),
        "how": bool(told.how.strip()),
    }


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _first_study_date(case: Case) -> str:
    return min((study.date[:10] for study in case.studies if study.date), default="")


def dates_in_order(case: Case) -> Iterator[Check]:
    """Compare the date of the reading with that of the study."""
    first = _first_study_date(case)
    if first and case.created_at[:10] < first:
        yield Check(
            code="date-order",
            severity=Severity.BLOCKING,
            text=f"The reading began on {case.created_at[:10]}, before the study of {first}",
            detail="Check the clock of this computer and the date of the study.",
            field="report",
        )


def second_reader_differs(case: Case) -> Iterator[Check]:
    """Look for a second reading by the first reader."""
    first = " ".join(case.reader.casefold().split())
    for reading in case.second_readings:
        if first and " ".join(reading.reader.casefold().split()) == first:
            yield Check(
                code="second-reader",
                severity=Severity.BLOCKING,
                text="The second reader is the first reader",
                field="report.second_reader",
            )


def changes_decided(case: Case) -> Iterator[Check]:
    """List lesions whose change since the newest prior no reader has judged."""
    prior = latest_prior(case)
    if prior is None:
        return
    for item in follow_up_of(case, prior).lesions:
        number = item.now.number if item.now else None
        name = f"Lesion {number}" if number else f"A lesion of {prior.date}"
        if isinstance(item.verdict, Missing) and item.before is not None:
            yield Check(
                code="change-open",
                severity=Severity.OPEN,
                text=f"{name}: change since {prior.date} is not decided",
                detail="Better, same, worse or not comparable is the reader's word.",
                field=f"prior.{prior.id}",
            )
        if item.doubtful:
            yield Check(
                code="match-doubtful",
                severity=Severity.NOTE,
                text=f"{name}: several lesions could be the one of {prior.date}",
                field=f"prior.{prior.id}",
            )


CLINICAL_RULES: tuple[Rule, ...] = (
    epidural_agrees,
    collapse_agrees,
    cauda_fits_conus,
    deficit_fits_conus,
    communication_complete,
    second_reader_differs,
    dates_in_order,
    deficit_has_time,
    radiation_has_dose,
    histology_has_class,
    type_read_on_ct,
    changes_decided,
)
"""In the order in which remarks of one severity are listed."""
