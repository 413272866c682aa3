"""Comparison with a prior: which lesion is which, and what changed (clinical reference, 9).

Numbers are computed, the verdict is the reader's. Percentages exist only between values of the
same modality, sequence and method; grades are compared as "1b to 2", never in percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo, known
from workstation.domain.case import Case, CaseStatus, Sentence
from workstation.domain.escc import EsccGrade
from workstation.domain.grading import escc_of, sins_of
from workstation.domain.lesion import Lesion
from workstation.domain.measured import height_losses
from workstation.domain.prior import (
    DRAWN_CIRCLE,
    ChangeVerdict,
    Prior,
    PriorLesion,
    PriorLevel,
    sequence_words,
)
from workstation.domain.spine import PointLps, VertebralLevel

SAME_PLACE_MM = 20.0
"""Two lesions of one vertebra lie at the same place up to this distance; a software convention."""

GROWTH_PCT, GROWTH_MM = 20.0, 5.0
"""RECIST 1.1: progression is growth by at least 20 % and at least 5 mm."""

SHRINKAGE_PCT = 30.0
"""RECIST 1.1: response is shrinkage by at least 30 %."""


class Trend(StrEnum):
    """What the numbers alone propose; bone lesions may grow while they respond."""

    NEW = "new"
    GROWN = "grown"
    STABLE = "stable"
    SHRUNK = "shrunk"
    GONE = "gone"
    """Not marked on the present images; whether it is gone is the reader's word."""
    TREATED = "treated"
    """Treated since the prior."""
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """A measured value then and now; ``reason`` says why the two cannot be compared."""

    before: float | Missing
    now: float | Missing
    unit: str
    reason: str = ""

    @property
    def absolute(self) -> float | None:
        """Now minus before, in the unit; None where they cannot be compared."""
        before, now = known(self.before), known(self.now)
        return None if self.reason or before is None or now is None else now - before

    @property
    def is_new(self) -> bool:
        """Whether there was nothing before: a prior value of zero is "new", not infinity."""
        return self.absolute is not None and self.before == 0.0 and self.now != 0.0

    @property
    def percent(self) -> float | None:
        """The change in percent of the value before; None where there is none."""
        before = known(self.before)
        if self.absolute is None or not before:
            return None
        return self.absolute / before * 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """The grades of one vertebra then and now."""

    level: VertebralLevel
    before: PriorLevel | None
    now: PriorLevel | None

    @property
    def escc_words(self) -> str:
        """The grades as "1b to 2", "2, unchanged"."""
        return _then_now(_escc_words(self.before), _escc_words(self.now))

    @property
    def sins_words(self) -> str:
        """The totals or ranges as "9 to 14", "14, unchanged"."""
        return _then_now(_sins_words(self.before), _sins_words(self.now))

    @property
    def height_loss(self) -> ValueChange:
        """The height loss, comparable only against the same reference vertebrae."""
        before = self.before.height_loss_pct if self.before else NOT_ASSESSED
        now = self.now.height_loss_pct if self.now else NOT_ASSESSED
        same = bool(
            self.before and self.now and self.before.height_reference == self.now.height_reference
        )
        both = not isinstance(before, Missing) and not isinstance(now, Missing)
        reason = "other reference level" if both and not same else ""
        return ValueChange(before=before, now=now, unit="%", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionChange:
    """One lesion then and now; one of the two is None where it is only there.

    ``doubtful`` says that several lesions of the level could be meant.
    """

    now: Lesion | None
    before: PriorLesion | None
    size: ValueChange
    involved: ValueChange
    verdict: ChangeVerdict | Missing
    doubtful: bool = False

    @property
    def lesion_id(self) -> str:
        """The id that a decision on this change names."""
        if self.now is not None:
            return self.now.id
        return self.before.id if self.before else ""

    @property
    def levels(self) -> tuple[VertebralLevel, ...]:
        """The levels of the lesion now, else then."""
        if self.now is not None:
            return self.now.levels
        return self.before.levels if self.before else ()

    @property
    def trend(self) -> Trend:
        """What the numbers propose."""
        if self.before is None:
            return Trend.NEW
        if self.now is None:
            return Trend.GONE
        if self.now.treated is YesNo.YES and self.before.treated is not YesNo.YES:
            return Trend.TREATED
        return trend_of(self.size)


def trend_of(size: ValueChange) -> Trend:
    """Return the trend of a size by the thresholds of RECIST 1.1 (clinical reference 9.1)."""
    if size.is_new:
        return Trend.NEW
    absolute, percent = size.absolute, size.percent
    if absolute is None or percent is None:
        return Trend.NOT_COMPARABLE
    if percent >= GROWTH_PCT and absolute >= GROWTH_MM:
        return Trend.GROWN
    return Trend.SHRUNK if percent <= -SHRINKAGE_PCT else Trend.STABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A case beside one prior: lesions of the case by number, then those only in the prior."""

    prior: Prior
    days: int | None
    lesions: tuple[LesionChange, ...]
    levels: tuple[LevelChange, ...]

    @property
    def new_count(self) -> int:
        """How many lesions were not marked on the prior."""
        return sum(change.before is None for change in self.lesions)


def follow_up_of(case: Case, prior: Prior) -> FollowUp:
    """Return the comparison of the case with one of its priors."""
    pairs = _pairs(case, prior)
    matched = {id(before) for _, before, _ in pairs if before is not None}
    gone = [item for item in prior.lesions if id(item) not in matched]
    changes = [_change(case, prior, now, before, doubtful=flag) for now, before, flag in pairs]
    changes += [_change(case, prior, None, item, doubtful=False) for item in gone]
    return FollowUp(
        prior=prior,
        days=_days(prior.date, _study_date(case)),
        lesions=tuple(changes),
        levels=tuple(_level_changes(case, prior)),
    )


def latest_prior(case: Case) -> Prior | None:
    """Return the newest prior of the case, the one that the report compares with."""
    return max(case.priors, key=lambda prior: prior.date, default=None)


def _pairs(case: Case, prior: Prior) -> list[tuple[Lesion, PriorLesion | None, bool]]:
    """Return each lesion with the prior lesion it is, the surest pairs first taken."""
    candidates = sorted(
        (
            (_likeness(case, now, before), now.number, before.number, now, before)
            for now in case.lesions
            for before in prior.lesions
            if _may_match(case, now, before)
        ),
        key=lambda item: item[:3],
    )
    taken: dict[str, PriorLesion] = {}
    for *_, now, before in candidates:
        if now.id not in taken and before not in taken.values():
            taken[now.id] = before
    rivals = [(now.id, before.id) for *_, now, before in candidates]
    return [
        (now, taken.get(now.id), now.id in taken and _has_rival(now, taken[now.id], rivals))
        for now in case.lesions
    ]


def _has_rival(now: Lesion, before: PriorLesion, rivals: list[tuple[str, str]]) -> bool:
    """Return whether another lesion, then or now, could be meant as well."""
    return sum(now.id == one or before.id == other for one, other in rivals) > 1


def _may_match(case: Case, now: Lesion, before: PriorLesion) -> bool:
    if not set(now.levels) & set(before.levels):
        return False
    if now.parts and before.parts:
        return bool(now.parts & before.parts)
    distance = _distance_mm(offset_of(case, now), before.offset_lps)
    return distance is None or distance <= SAME_PLACE_MM


def _likeness(case: Case, now: Lesion, before: PriorLesion) -> tuple[float, float, float]:
    """Return a sort key: more shared levels, more shared parts, nearer place first."""
    levels = set(now.levels) & set(before.levels)
    parts = now.parts & before.parts
    distance = _distance_mm(offset_of(case, now), before.offset_lps)
    return (-len(levels), -len(parts), math.inf if distance is None else distance)


def _distance_mm(one: PointLps | None, other: PointLps | None) -> float | None:
    return None if one is None or other is None else math.dist(one, other)


def offset_of(case: Case, lesion: Lesion) -> PointLps | None:
    """Return the vector from the body center of the lesion's vertebra to the lesion, mm."""
    spine = case.spine_for(lesion.frame_of_reference_uid)
    landmark = spine.landmark(lesion.level) if spine and spine.confirmed and lesion.level else None
    if landmark is None:
        return None
    x, y, z = (a - b for a, b in zip(lesion.center_lps, landmark.center_lps, strict=True))
    return (x, y, z)


def _change(
    case: Case, prior: Prior, now: Lesion | None, before: PriorLesion | None, *, doubtful: bool
) -> LesionChange:
    reason = _not_comparable(case, now, before) if now and before else ""
    key = now.id if now else before.id if before else ""
    return LesionChange(
        now=now,
        before=before,
        size=ValueChange(
            before=before.long_axis_mm if before else NOT_ASSESSED,
            now=now.long_axis_mm if now else NOT_ASSESSED,
            unit="mm",
            reason=reason,
        ),
        involved=ValueChange(
            before=before.body_involved_pct if before else NOT_ASSESSED,
            now=now.body_involved_pct if now else NOT_ASSESSED,
            unit="%",
            reason=reason,
        ),
        verdict=prior.verdict(key),
        doubtful=doubtful,
    )


def _not_comparable(case: Case, now: Lesion, before: PriorLesion) -> str:
    """Return why two sizes cannot be compared; empty where they can."""
    modality, sequence = measured_on(case, now)
    if not modality or not before.modality:
        return "modality not known"
    if modality != before.modality:
        return f"measured on {before.modality} before, on {modality} now"
    if modality == "MR" and not (sequence and before.sequence):
        return "sequence not known"
    if sequence != before.sequence:
        return f"measured on {before.sequence} before, on {sequence} now"
    return "" if before.method == DRAWN_CIRCLE else f"other method: {before.method}"


def measured_on(case: Case, lesion: Lesion) -> tuple[str, str]:
    """Return modality and MR sequence of the images a lesion was marked on."""
    series = next((item for item in case.series if item.series_uid == lesion.series_uid), None)
    if series is None:
        return "", ""
    return series.modality, sequence_words(series.modality, series.description)


def _level_changes(case: Case, prior: Prior) -> Iterator[LevelChange]:
    present = {item.level: item for item in graded_levels(case)}
    before = {item.level: item for item in prior.levels}
    for level in sorted(present.keys() | before.keys(), key=lambda item: item.order):
        yield LevelChange(level=level, before=before.get(level), now=present.get(level))


def graded_levels(case: Case) -> Iterator[PriorLevel]:
    """Return what the levels with findings were graded, as a later case will see it."""
    losses = height_losses(case)
    for level in sorted({*case.levels_with_findings, *losses}, key=lambda item: item.order):
        sins, escc = sins_of(case, level), escc_of(case, level)
        answered = sins.refused is None and len(sins.missing) < len(sins.components) - 1
        yield PriorLevel(
            level=level,
            sins_low=sins.minimum if answered else None,
            sins_high=sins.maximum if answered else None,
            escc=escc.grade or NOT_ASSESSED,
            height_loss_pct=losses[level].percent if level in losses else NOT_ASSESSED,
            height_reference=losses[level].references if level in losses else (),
        )


def prior_from(case: Case, *, prior_id: str) -> Prior:
    """Return the snapshot of a case that a later case compares with."""
    signed = "" if case.status is CaseStatus.SIGNED else ", draft"
    study = max(case.studies, key=lambda item: item.date, default=None)
    return Prior(
        id=prior_id,
        date=_study_date(case),
        source=f"case {case.id} version {case.version}{signed}",
        study_uid=study.study_uid if study else "",
        description=study.description if study else "",
        lesions=tuple(_lesion_snapshot(case, lesion) for lesion in case.lesions),
        levels=tuple(graded_levels(case)),
    )


def _lesion_snapshot(case: Case, lesion: Lesion) -> PriorLesion:
    modality, sequence = measured_on(case, lesion)
    return PriorLesion(
        id=f"prior-{lesion.id}",
        number=lesion.number,
        levels=lesion.levels,
        parts=lesion.parts,
        long_axis_mm=lesion.long_axis_mm,
        body_involved_pct=lesion.body_involved_pct,
        matrix=lesion.matrix,
        treated=lesion.treated,
        offset_lps=offset_of(case, lesion),
        modality=modality,
        sequence=sequence,
    )


def _study_date(case: Case) -> str:
    """Return the date of the newest study, without its time."""
    return max((study.date for study in case.studies), default="")[:10]


def _days(first: str, last: str) -> int | None:
    try:
        return (date.fromisoformat(last) - date.fromisoformat(first[:10])).days
    except ValueError:
        return None


_NOT_ASSESSED = "not assessed"


def _escc_words(item: PriorLevel | None) -> str:
    grade: EsccGrade | Missing = item.escc if item else NOT_ASSESSED
    if grade is UNKNOWN:
        return "unknown"
    return _NOT_ASSESSED if isinstance(grade, Missing) else grade.value


def _sins_words(item: PriorLevel | None) -> str:
    if item is None or item.sins_low is None or item.sins_high is None:
        return _NOT_ASSESSED
    if item.sins_low == item.sins_high:
        return str(item.sins_low)
    return f"{item.sins_low}\N{EN DASH}{item.sins_high}"


def _then_now(before: str, now: str) -> str:
    if before == now == _NOT_ASSESSED:
        return now
    return f"{now}, unchanged" if before == now else f"{before} to {now}"


VERDICT_WORDS = {
    ChangeVerdict.BETTER: "better",
    ChangeVerdict.SAME: "same",
    ChangeVerdict.WORSE: "worse",
    ChangeVerdict.NOT_COMPARABLE: "not comparable",
}


def counts_of(changes: Iterable[LesionChange]) -> dict[str, int]:
    """Return how many lesions are new, worse, same ..., and how many the reader has to decide."""
    counts = dict.fromkeys(("new", "worse", "same", "better", "not comparable", "to confirm"), 0)
    for change in changes:
        if isinstance(change.verdict, ChangeVerdict):
            counts[VERDICT_WORDS[change.verdict]] += 1
        else:
            counts["new" if change.before is None else "to confirm"] += 1
    return {word: count for word, count in counts.items() if count}


def summary_of(follow_up: FollowUp) -> Sentence:
    """Return the sentence for the report: "Compared with 2025-12-02: 1 new, 1 worse, 1 same."."""
    words = ", ".join(f"{count} {word}" for word, count in counts_of(follow_up.lesions).items())
    when = follow_up.prior.date or "a prior without date"
    return Sentence(
        text=f"Compared with {when}: {words or 'no lesion then or now'}.",
        sources=(f"prior.{follow_up.prior.id}",),
    )
