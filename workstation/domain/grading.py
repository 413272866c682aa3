"""What the rules make of a case's answers: SINS, ESCC, NOMS and red flags, computed on demand.

Nothing here is stored. Only confirmed answers enter; the rules themselves live in one file each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.case import Case
from workstation.domain.clinical import DeficitStatus
from workstation.domain.escc import EsccConvention, EsccModality, EsccResult, assess_escc
from workstation.domain.noms import NomsInput, NomsResult, assess_noms
from workstation.domain.noms_axes import (
    MechanicalDerivation,
    NeurologicDerivation,
    OncologicDerivation,
    derive_mechanical,
    derive_neurologic,
    derive_oncologic,
)
from workstation.domain.red_flags import RedFlag, red_flags
from workstation.domain.sins import SinsCategory, SinsResult, assess_sins, index_level
from workstation.domain.sins_options import SinsPain
from workstation.domain.spine import VertebralLevel, transitional_levels

CATEGORY_WORDS = {
    SinsCategory.STABLE: "stable",
    SinsCategory.POTENTIALLY_UNSTABLE: "potentially unstable",
    SinsCategory.UNSTABLE: "unstable",
}


def sins_of(case: Case, level: VertebralLevel) -> SinsResult:
    """Return the SINS of ``level``; transitional anatomy disables the location look-up (S-26)."""
    touched = {item for spine in case.spines for item in transitional_levels(spine.variants)}
    answers = case.assessment(level).sins
    return assess_sins(level, answers, transitional=level in touched)


def sins_words(result: SinsResult) -> str:
    """Return total or range with its category in words ("14, unstable", "8 to 11, ...")."""
    if result.refused is not None:
        return f"not computed: {result.refused}"
    words = " or ".join(CATEGORY_WORDS[category] for category in result.categories)
    if result.total is not None:
        return f"{result.total}, {words}"
    return f"{result.minimum} to {result.maximum}, {words}, incomplete"


def escc_of(
    case: Case, level: VertebralLevel, convention: EsccConvention = EsccConvention.NOMS
) -> EsccResult:
    """Return the ESCC grade of ``level`` under the conus rule of this case."""
    return assess_escc(
        case.assessment(level).escc, level=level, conus=case.conus, convention=convention
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsAxes:
    """The derived letters of one level, each with its flags and notes."""

    neurologic: NeurologicDerivation
    oncologic: OncologicDerivation
    mechanical: MechanicalDerivation


def axes_of(case: Case, level: VertebralLevel) -> NomsAxes:
    """Return N, O and M of ``level`` as derived from grades, tumor and clinician."""
    answers = case.assessment(level).noms
    return NomsAxes(
        neurologic=derive_neurologic(
            escc_of(case, level),
            case.neurologic.myelopathy,
            level=level,
            attributed_level=case.neurologic.attributed_level,
            chosen=answers.clinician_neurologic,
        ),
        oncologic=derive_oncologic(
            case.oncology.histology,
            override=case.oncology.override,
            reason=case.oncology.override_reason,
            prior_radiation=answers.prior_radiation,
        ),
        mechanical=derive_mechanical(sins_of(case, level), answers.surgeon_says),
    )


def noms_of(case: Case, level: VertebralLevel) -> NomsResult:
    """Return what the NOMS table says for ``level``, with the flags and notes of its letters."""
    axes = axes_of(case, level)
    assessment = case.assessment(level)
    escc = escc_of(case, level)
    read_on_ct = assessment.escc.modality is EsccModality.CT_SCREENING
    graded = escc.grade is not None and not read_on_ct
    result = assess_noms(
        NomsInput(
            neurologic=axes.neurologic.value,
            oncologic=axes.oncologic.value,
            mechanical=axes.mechanical.value,
            systemic=assessment.noms.systemic,
            escc=escc.grade if graded and escc.grade is not None else NOT_ASSESSED,
            myelopathy=case.neurologic.myelopathy,
            functional_radiculopathy=case.neurologic.functional_radiculopathy,
            prior_radiation=assessment.noms.prior_radiation,
            histology=case.oncology.histology,
            rapid_deficit=_rapid_deficit(case),
            asymptomatic=_asymptomatic(case, level),
            targeted_option=case.oncology.targeted_option,
            cause=assessment.escc.cause,
        )
    )
    derived = (axes.neurologic, axes.oncologic, axes.mechanical)
    flags = tuple(flag for axis in derived for flag in axis.flags)
    notes = tuple(note for axis in derived for note in axis.notes)
    return replace(
        result,
        flags=tuple(dict.fromkeys(flags + result.flags)),
        notes=tuple(dict.fromkeys(notes + result.notes)),
    )


def _deficits(case: Case) -> tuple[DeficitStatus | Missing, ...]:
    facts = case.neurologic
    return (facts.weakness, facts.gait_loss, facts.sensory, facts.sphincter)


def _rapid_deficit(case: Case) -> YesNo | Missing:
    """Return whether a deficit is new or progressive; unknown while one is unanswered."""
    states = _deficits(case)
    if any(state in (DeficitStatus.NEW, DeficitStatus.PROGRESSIVE) for state in states):
        return YesNo.YES
    missing = next((state for state in states if isinstance(state, Missing)), None)
    return missing if missing is not None else YesNo.NO


def _asymptomatic(case: Case, level: VertebralLevel) -> YesNo | Missing:
    """Return whether the level causes neither pain nor deficit, as far as anybody said."""
    pain = case.assessment(level).sins.pain
    if isinstance(pain, Missing):
        return pain
    return YesNo.YES if pain is SinsPain.NONE else YesNo.NO


def red_flags_of(case: Case) -> tuple[RedFlag, ...]:
    """Return what is urgent in this patient, most urgent first."""
    levels = case.levels_with_findings
    return red_flags(
        case.neurologic,
        escc={level: escc_of(case, level) for level in levels},
        sins={level: sins_of(case, level) for level in levels},
    )


def index_level_of(case: Case) -> VertebralLevel | None:
    """Return the level with the highest SINS, ties the most cranial; None without any level.

    A level of which only the location is known takes part where no other has an answer: its
    maximum would outrank every level that somebody has looked at.
    """
    results = {level: sins_of(case, level) for level in case.levels_with_findings}
    answered = {
        level: result
        for level, result in results.items()
        if len(result.missing) < len(result.components) - 1
    }
    found = index_level(answered)
    return index_level(results) if found is None else found
