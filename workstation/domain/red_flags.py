"""What is urgent, whatever the scores say (clinical reference 5.4, R-02, N-04).

A low SINS never cancels a red flag. The most urgent comes first; what the first banner already
says is folded into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.answers import Missing, YesNo
from workstation.domain.clinical import AisGrade, DeficitStatus, FrankelGrade, NeurologicFacts
from workstation.domain.escc import CaudaEquinaGrade, EsccGrade, EsccModality, EsccResult
from workstation.domain.sins import SinsAlignment, SinsComponent, SinsResult
from workstation.domain.spine import VertebralLevel

REVERSIBLE_UP_TO_HOURS = 48.0
"""Complete paralysis up to this age is still an emergency (R-02)."""

UNSTABLE_FROM = 13


class Urgency(StrEnum):
    """How loud a flag is, the loudest first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """One banner or notice.

    ``needs_communication`` blocks signing until the critical result was communicated.
    """

    code: str
    urgency: Urgency
    title: str
    text: str
    needs_communication: bool


EsccByLevel = Mapping[VertebralLevel, EsccResult]
SinsByLevel = Mapping[VertebralLevel, SinsResult]


def red_flags(
    neurologic: NeurologicFacts,
    *,
    escc: EsccByLevel,
    sins: SinsByLevel,
    pain_without_mri: bool = False,
) -> tuple[RedFlag, ...]:
    """Return what is urgent in this patient, most urgent first.

    Parameters
    ----------
    pain_without_mri : bool
        Pain suggestive of spinal metastasis, no deficit, and no MRI yet.
    """
    emergency = tuple(_emergency_reasons(neurologic))
    found: list[RedFlag] = []
    if emergency:
        reasons = (*emergency, *_folded(neurologic, escc))
        found.append(_banner("NEUROLOGICAL_EMERGENCY", "; ".join(reasons)))
    else:
        found.extend(_compression_flags(neurologic, escc))
    found.extend(_paralysis_flags(neurologic))
    found.extend(_cauda_flags(escc))
    found.extend(_stability_flags(sins))
    if pain_without_mri and not emergency and not has_deficit(neurologic):
        found.append(_banner("PAIN_WITHOUT_MRI"))
    loudness = list(Urgency)
    return tuple(sorted(found, key=lambda flag: loudness.index(flag.urgency)))


_BANNERS: Mapping[str, tuple[Urgency, str, str, bool]] = {
    "NEUROLOGICAL_EMERGENCY": (
        Urgency.EMERGENCY,
        "NEUROLOGICAL EMERGENCY",
        "Spine surgery and oncology now; whole-spine MRI within 24 h.",
        True,
    ),
    "COMPLETE_PARALYSIS": (
        Urgency.EMERGENCY,
        "Complete paralysis (AIS A)",
        "Emergency: still potentially reversible.",
        True,
    ),
    "HIGH_GRADE_COMPRESSION": (
        Urgency.URGENT,
        "High-grade compression",
        "Same-day surgical discussion.",
        True,
    ),
    "CANAL_WITH_DEFICIT": (
        Urgency.URGENT,
        "Tumor in the canal with a deficit",
        "Immediate surgical consult.",
        True,
    ),
    "CAUDA_EQUINA_EFFACED": (
        Urgency.URGENT,
        "Cauda equina: complete effacement",
        "Same-day surgical discussion.",
        False,
    ),
    "MECHANICALLY_UNSTABLE": (
        Urgency.URGENT,
        "Mechanically unstable",
        "Bed rest / log-roll precautions until surgical opinion.",
        True,
    ),
    "COMPLETE_PARALYSIS_LATE": (
        Urgency.NOTICE,
        "Complete paralysis (AIS A) for more than 48 h",
        "Recovery unlikely; still notify the surgeon.",
        True,
    ),
    "CAUDA_EQUINA_HALF_EFFACED": (
        Urgency.NOTICE,
        "Cauda equina: at least half of the sac effaced",
        "Surgical opinion.",
        False,
    ),
    "SINS_CONSULT": (Urgency.NOTICE, "SINS", "Surgical consultation recommended.", False),
    "PAIN_WITHOUT_MRI": (
        Urgency.NOTICE,
        "Pain suggestive of spinal metastasis",
        "MRI within 1 week.",
        False,
    ),
}


def _banner(code: str, why: str = "") -> RedFlag:
    urgency, title, text, needs_communication = _BANNERS[code]
    return RedFlag(
        code=code,
        urgency=urgency,
        title=title,
        text=f"{text} Why: {why}." if why else text,
        needs_communication=needs_communication,
    )


_DEFICIT_WORDS: Mapping[str, str] = {
    "weakness": "weakness",
    "gait_loss": "gait loss",
    "sensory": "sensory level",
    "sphincter": "sphincter disturbance",
}
_RECENT = (DeficitStatus.NEW, DeficitStatus.PROGRESSIVE)
_PRESENT = (*_RECENT, DeficitStatus.STABLE)
_DEFICIENT_AIS = (AisGrade.A, AisGrade.B, AisGrade.C, AisGrade.D)
_DEFICIENT_FRANKEL = (FrankelGrade.A, FrankelGrade.B, FrankelGrade.C, FrankelGrade.D)


def _courses(neurologic: NeurologicFacts) -> dict[str, DeficitStatus | Missing]:
    return {word: getattr(neurologic, name) for name, word in _DEFICIT_WORDS.items()}


def _emergency_reasons(neurologic: NeurologicFacts) -> Iterator[str]:
    """Yield the facts that make an emergency; myelopathy of unstated course is one."""
    courses = _courses(neurologic)
    for word, course in courses.items():
        if course in _RECENT:
            yield f"{course} {word}"
    if neurologic.cauda_equina_symptoms is YesNo.YES:
        yield "cauda equina symptoms"
    unstated = all(isinstance(course, Missing) for course in courses.values())
    if neurologic.myelopathy is YesNo.YES and unstated:
        yield "myelopathy, course not stated"


def has_deficit(neurologic: NeurologicFacts) -> bool:
    """Return whether any neurologic deficit is stated, old ones included."""
    return (
        any(course in _PRESENT for course in _courses(neurologic).values())
        or YesNo.YES
        in (
            neurologic.myelopathy,
            neurologic.functional_radiculopathy,
            neurologic.cauda_equina_symptoms,
        )
        or neurologic.ais in _DEFICIENT_AIS
        or neurologic.frankel in _DEFICIENT_FRANKEL
    )


def is_high_grade(result: EsccResult) -> bool:
    """Return whether only ESCC 2 or 3 is possible."""
    return bool(result.possible) and all(
        grade in (EsccGrade.G2, EsccGrade.G3) for grade in result.possible
    )


def _in_canal(result: EsccResult) -> bool:
    """Return whether tumor is certainly in the canal, graded 1a or more or described so."""
    described = not isinstance(result.cauda_equina, Missing) and result.cauda_equina > 0
    below = result.below_conus and (described or not result.applicable)
    return below or (bool(result.possible) and EsccGrade.G0 not in result.possible)


def _high_grade_words(escc: EsccByLevel) -> str:
    return ", ".join(
        f"ESCC {' or '.join(result.possible)} at {level}"
        + (" (CT screening: confirm on MRI)" if _screened(result) else "")
        for level, result in _from_head(escc)
        if is_high_grade(result)
    )


def _screened(result: EsccResult) -> bool:
    return result.modality is EsccModality.CT_SCREENING


def _from_head(escc: EsccByLevel) -> list[tuple[VertebralLevel, EsccResult]]:
    return sorted(escc.items(), key=lambda pair: pair[0].order)


def _canal_words(neurologic: NeurologicFacts, escc: EsccByLevel) -> str:
    if not has_deficit(neurologic):
        return ""
    return ", ".join(level.value for level, result in _from_head(escc) if _in_canal(result))


def _folded(neurologic: NeurologicFacts, escc: EsccByLevel) -> Iterator[str]:
    high = _high_grade_words(escc)
    if high:
        yield f"high-grade compression, {high}"
    canal = _canal_words(neurologic, escc)
    if canal:
        yield f"tumor in the canal at {canal}"


def _compression_flags(neurologic: NeurologicFacts, escc: EsccByLevel) -> Iterator[RedFlag]:
    high = _high_grade_words(escc)
    if high:
        yield _banner("HIGH_GRADE_COMPRESSION", high)
    canal = _canal_words(neurologic, escc)
    if canal:
        yield _banner("CANAL_WITH_DEFICIT", canal)


def _paralysis_flags(neurologic: NeurologicFacts) -> Iterator[RedFlag]:
    if neurologic.ais is not AisGrade.A:
        return
    since = neurologic.deficit_since_hours
    if isinstance(since, Missing):
        yield _banner("COMPLETE_PARALYSIS", "duration not stated")
    elif since <= REVERSIBLE_UP_TO_HOURS:
        yield _banner("COMPLETE_PARALYSIS", f"for {since:g} h")
    else:
        yield _banner("COMPLETE_PARALYSIS_LATE", f"for {since:g} h")


def _cauda_flags(escc: EsccByLevel) -> Iterator[RedFlag]:
    grades = {
        level: result.cauda_equina
        for level, result in _from_head(escc)
        if result.below_conus and not isinstance(result.cauda_equina, Missing)
    }
    effaced = [lv.value for lv, grade in grades.items() if grade >= CaudaEquinaGrade.SAC_EFFACED]
    half = [lv.value for lv, grade in grades.items() if grade is CaudaEquinaGrade.SAC_GE50]
    if effaced:
        yield _banner("CAUDA_EQUINA_EFFACED", ", ".join(effaced))
    if half:
        yield _banner("CAUDA_EQUINA_HALF_EFFACED", ", ".join(half))


def _stability_flags(sins: SinsByLevel) -> Iterator[RedFlag]:
    results = sorted(sins.values(), key=lambda result: result.level.order)
    unstable = [result for result in results if _is_unstable(result)]
    consult = [
        result.level.value
        for result in results
        if result.consult and result not in unstable and _is_answered(result)
    ]
    if unstable:
        yield _banner("MECHANICALLY_UNSTABLE", ", ".join(map(_unstable_words, unstable)))
    if consult:
        yield _banner("SINS_CONSULT", "SINS reaches 7 at " + ", ".join(consult))


def _is_translated(result: SinsResult) -> bool:
    return result.components[SinsComponent.ALIGNMENT].answer is SinsAlignment.TRANSLATION


def _is_unstable(result: SinsResult) -> bool:
    certain = result.minimum is not None and result.minimum >= UNSTABLE_FROM
    return certain or _is_translated(result)


def _unstable_words(result: SinsResult) -> str:
    if _is_translated(result):
        return f"translation at {result.level}"
    return f"SINS {UNSTABLE_FROM} or more at {result.level}"


def _is_answered(result: SinsResult) -> bool:
    """Return whether a reader answered anything: the location alone follows from the label."""
    return any(
        item.points is not None
        for name, item in result.components.items()
        if name is not SinsComponent.LOCATION
    )
