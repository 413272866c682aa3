"""Spinal Instability Neoplastic Score: totals with unknowns, categories, suggestions.

Source: Fisher et al., Spine 2010;35:E1221 (the score); Fourney et al., J Clin Oncol 2011;29:3072
(the categories). What the published score leaves open is settled by the conventions S-01 to S-28
of the clinical reference, section 1.4; each acts as a named flag.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.flags import Flag
from workstation.domain.sins_conventions import CONVENTIONS, sins_flags
from workstation.domain.sins_options import (
    POINTS,
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCategory,
    SinsCollapse,
    SinsComponent,
    SinsContext,
    SinsLocation,
    SinsOption,
    SinsPain,
    SinsPosterolateral,
    location_of,
)
from workstation.domain.spine import VertebralLevel

__all__ = [
    "MAXIMUM",
    "POINTS",
    "RULE_SET",
    "SOURCES",
    "CollapseSuggestion",
    "ComponentPoints",
    "PosterolateralPart",
    "SinsAlignment",
    "SinsAnswers",
    "SinsBoneLesion",
    "SinsCategory",
    "SinsCollapse",
    "SinsComponent",
    "SinsContext",
    "SinsLocation",
    "SinsOption",
    "SinsPain",
    "SinsPosterolateral",
    "SinsResult",
    "assess_sins",
    "category_of",
    "index_level",
    "location_of",
    "suggest_collapse",
]

RULE_SET = "SINS-2010"
SOURCES = (
    "Fisher CG et al. Spine 2010;35:E1221-E1229 (score)",
    "Fourney DR et al. J Clin Oncol 2011;29:3072-3077 (categories, reliability)",
)

MAXIMUM = 18
"""Highest total; the lowest is 0 and stable."""

STABLE_UP_TO = 6
POTENTIALLY_UNSTABLE_UP_TO = 12
CONSULT_FROM = 7
"""A total that can reach this recommends surgical consultation (clinical reference 1.2, 1.5)."""

COCCYX_REFUSED = "The coccyx is not covered by SINS."
TRANSITIONAL_REFUSED = "Transitional anatomy: choose the location by hand."


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPoints:
    """One component's answer with the points it may still give.

    ``points`` is None while the answer is missing; then ``minimum`` and ``maximum`` are the range.
    """

    answer: SinsOption | Missing
    points: int | None
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsResult:
    """The score of one level.

    ``total`` is None while anything is missing or the score is refused; ``minimum`` and
    ``maximum`` are None only where the score must not be computed at all. ``category`` is None
    when more than one is possible; ``categories`` lists the possible ones. ``consult`` says
    whether surgical consultation is recommended, None when the score must not be computed.
    """

    level: VertebralLevel
    components: Mapping[SinsComponent, ComponentPoints]
    minimum: int | None
    maximum: int | None
    total: int | None
    category: SinsCategory | None
    categories: tuple[SinsCategory, ...]
    consult: bool | None
    missing: tuple[SinsComponent, ...]
    flags: tuple[Flag, ...] = ()
    refused: str | None = None
    historical_total: int | None = None
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


def category_of(total: int) -> SinsCategory:
    """Return the category of a complete total, 0 to 18 (Fourney 2011)."""
    if not 0 <= total <= MAXIMUM:
        raise CommandRefusedError(f"A SINS total lies between 0 and 18, not {total}.")
    if total <= STABLE_UP_TO:
        return SinsCategory.STABLE
    if total <= POTENTIALLY_UNSTABLE_UP_TO:
        return SinsCategory.POTENTIALLY_UNSTABLE
    return SinsCategory.UNSTABLE


def assess_sins(
    level: VertebralLevel, answers: SinsAnswers, *, transitional: bool = False
) -> SinsResult:
    """Return the score of ``level``, as a range while an answer is missing (reference 1.5).

    Parameters
    ----------
    transitional : bool
        The declared variants touch this level: its location is chosen by hand (S-26). T13 and L6
        always are.
    """
    transitional = transitional or level.is_supernumerary
    components = _components(level, answers, transitional=transitional)
    flags = sins_flags(level, answers, transitional=transitional)
    refused = _not_computable(level, answers)
    if refused:
        return _refused(level, answers, components=components, flags=flags, reason=refused)
    minimum, maximum = _range(components)
    missing = tuple(name for name, item in components.items() if item.points is None)
    categories = _categories(minimum, maximum)
    unplaced = transitional and SinsComponent.LOCATION in missing
    return SinsResult(
        level=level,
        components=components,
        minimum=minimum,
        maximum=maximum,
        total=None if missing else minimum,
        category=None if unplaced else _only(categories),
        categories=categories,
        consult=maximum >= CONSULT_FROM,
        missing=missing,
        flags=flags,
        refused=TRANSITIONAL_REFUSED if unplaced else None,
        historical_total=answers.historical_total,
    )


def _components(
    level: VertebralLevel, answers: SinsAnswers, *, transitional: bool
) -> dict[SinsComponent, ComponentPoints]:
    by_label = NOT_ASSESSED if transitional else location_of(level) or NOT_ASSESSED
    given: dict[SinsComponent, SinsOption | Missing] = {
        SinsComponent.LOCATION: answers.location if transitional else by_label,
        SinsComponent.PAIN: answers.pain,
        SinsComponent.BONE_LESION: answers.bone_lesion,
        SinsComponent.ALIGNMENT: answers.alignment,
        SinsComponent.COLLAPSE: answers.collapse,
        SinsComponent.POSTEROLATERAL: answers.posterolateral,
    }
    return {name: _points(name, answer) for name, answer in given.items()}


def _points(component: SinsComponent, answer: SinsOption | Missing) -> ComponentPoints:
    table = POINTS[component]
    if isinstance(answer, Missing):
        return ComponentPoints(answer=answer, points=None, minimum=0, maximum=max(table.values()))
    points = table[answer]
    return ComponentPoints(answer=answer, points=points, minimum=points, maximum=points)


def _not_computable(level: VertebralLevel, answers: SinsAnswers) -> str | None:
    if SinsContext.INSTRUMENTED in answers.context:
        return CONVENTIONS["S-24"]
    return COCCYX_REFUSED if level is VertebralLevel.CO else None


def _refused(
    level: VertebralLevel,
    answers: SinsAnswers,
    *,
    components: Mapping[SinsComponent, ComponentPoints],
    flags: tuple[Flag, ...],
    reason: str,
) -> SinsResult:
    return SinsResult(
        level=level,
        components=components,
        minimum=None,
        maximum=None,
        total=None,
        category=None,
        categories=(),
        consult=None,
        missing=(),
        flags=flags,
        refused=reason,
        historical_total=answers.historical_total,
    )


def _categories(minimum: int, maximum: int) -> tuple[SinsCategory, ...]:
    first, last = category_of(minimum), category_of(maximum)
    ladder = tuple(SinsCategory)
    return ladder[ladder.index(first) : ladder.index(last) + 1]


def _range(components: Mapping[SinsComponent, ComponentPoints]) -> tuple[int, int]:
    """Return the lowest and highest total still reachable (reference 1.5)."""
    points = components.values()
    return sum(item.minimum for item in points), sum(item.maximum for item in points)


def _only(categories: tuple[SinsCategory, ...]) -> SinsCategory | None:
    return categories[0] if len(categories) == 1 else None


def index_level(results: Mapping[VertebralLevel, SinsResult]) -> VertebralLevel | None:
    """Return the level with the highest total, the most cranial of equals (S-22, S-23).

    Incomplete scores compare by their maximum; scores that are not computed do not take part.
    """
    computed = [
        (item.maximum, level) for level, item in results.items() if item.maximum is not None
    ]
    if not computed:
        return None
    return max(computed, key=lambda pair: (pair[0], -pair[1].order))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollapseSuggestion:
    """What a measured height loss proposes; never an answer (S-05, M-01).

    ``collapse`` and ``option`` are None where nothing is proposed and the reader is asked.
    """

    collapse: YesNo | None
    option: SinsCollapse | None
    borderline: bool
    text: str


COLLAPSE_FROM_PCT = 20.0
ASK_FROM_PCT = 5.0
_HALF_PCT = 50.0


def suggest_collapse(loss_pct: float, uncertainty_pct: float = 0.0) -> CollapseSuggestion:
    """Return what a measured height loss proposes (S-05).

    Parameters
    ----------
    loss_pct : float
        Measured height loss, percent of the reference height; negative when taller.
    uncertainty_pct : float
        Half width of the interval around it. An interval that touches 50 % proposes no option.
    """
    if not math.isfinite(loss_pct) or loss_pct > 100.0:
        raise CommandRefusedError("A height loss is a percentage of at most 100.")
    measured = f"Loss {loss_pct:.0f} %" + (f" ± {uncertainty_pct:.0f}" if uncertainty_pct else "")
    if loss_pct < ASK_FROM_PCT:
        text = f"{measured}: within measurement noise, no collapse proposed."
        return CollapseSuggestion(collapse=YesNo.NO, option=None, borderline=False, text=text)
    if loss_pct < COLLAPSE_FROM_PCT:
        text = f"Is this collapse? {measured}."
        return CollapseSuggestion(collapse=None, option=None, borderline=False, text=text)
    return _suggest_size(loss_pct, uncertainty_pct, measured)


def _suggest_size(loss_pct: float, uncertainty_pct: float, measured: str) -> CollapseSuggestion:
    over = SinsCollapse.GT50 if loss_pct > _HALF_PCT else SinsCollapse.LT50
    touches = abs(loss_pct - _HALF_PCT) <= uncertainty_pct
    if not touches:
        side = "above" if over is SinsCollapse.GT50 else "below"
        text = f"{measured}: whole interval {side} 50 %."
        return CollapseSuggestion(collapse=YesNo.YES, option=over, borderline=False, text=text)
    option = None if uncertainty_pct else over
    text = "Borderline 50 %: no option proposed." if uncertainty_pct else CONVENTIONS["S-01"]
    return CollapseSuggestion(collapse=YesNo.YES, option=option, borderline=True, text=text)
