"""What the reader must know about a proposed numbering before confirming it.

Limits: algorithms document, section 1. A warning never changes the numbering by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.span_solver import SpanResult
from workstation.imaging.volume import Finding

SCALE_LIMITS = (0.8, 1.25)
GAP_RATIO_LIMITS = (0.6, 1.6)
LOW_CONTRAST = 0.15
SIDE_LIMIT_MM = 12.0
COUNT_MARGIN = 0.02
"""A count is called better only when its score is higher by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCheck:
    """Whether as many levels lie between two clicks as their names say.

    Parameters
    ----------
    upper, lower : VertebralLevel
        The clicked levels.
    best : int
        -1 when one level fewer fits better, 1 when one more does, 0 when the names fit.
    scores : mapping of int to float
    """

    upper: VertebralLevel
    lower: VertebralLevel
    best: int
    scores: Mapping[int, float]

    @classmethod
    def of(cls, span: SpanResult) -> CountCheck:
        """Return the check of a stretch."""
        scores = span.count_scores
        other = max((-1, 1), key=lambda change: scores[change])
        better = scores[other] > scores[0] + COUNT_MARGIN
        return cls(
            upper=span.levels[0],
            lower=span.levels[-1],
            best=other if better else 0,
            scores=dict(scores),
        )


def proposal_warnings(
    spans: Sequence[SpanResult],
    checks: Sequence[CountCheck],
    scale: float,
    named: Sequence[VertebralLevel],
) -> tuple[Finding, ...]:
    """Return the warnings of a proposal, most important first."""
    found = [*_count_warnings(checks)]
    if not SCALE_LIMITS[0] <= scale <= SCALE_LIMITS[1]:
        found.append(
            Finding(
                code="scale",
                message=f"The levels are {scale:.2f} times as far apart as in an adult; one may "
                "have been skipped, counted twice or misnamed.",
            )
        )
    found.extend(_span_warnings(spans))
    orders = [level.order for level in named]
    if min(orders) > VertebralLevel.C2.order and max(orders) < VertebralLevel.L5.order:
        found.append(
            Finding(
                code="no-anchor",
                message="Neither C2 nor the sacrum is marked; the numbering rests on the names "
                "given by the reader.",
            )
        )
    return tuple(found)


def _count_warnings(checks: Sequence[CountCheck]) -> Iterator[Finding]:
    for check in checks:
        if check.best:
            what = "more" if check.best > 0 else "fewer"
            yield Finding(
                code="count",
                message=f"One level {what} between {check.upper} and {check.lower} fits the images "
                "better. Check the names, or declare a variant (T13, L6, 11 ribs, 4 lumbar).",
            )


def _span_warnings(spans: Sequence[SpanResult]) -> Iterator[Finding]:
    for span in spans:
        low, high = GAP_RATIO_LIMITS
        odd = np.flatnonzero((span.gap_ratios < low) | (span.gap_ratios > high))
        if odd.size:
            where = ", ".join(span.levels[min(n, len(span.levels) - 1)].value for n in odd.tolist())
            yield Finding(code="gap", message=f"Unusual distance to the neighbor at {where}.")
        weak = np.flatnonzero(span.contrasts < LOW_CONTRAST)
        if weak.size:
            where = ", ".join(f"{span.levels[n]}/{span.levels[n + 1]}" for n in weak.tolist())
            yield Finding(code="low-contrast", message=f"The disc is hardly visible at {where}.")
        if span.side_mm > SIDE_LIMIT_MM:
            yield Finding(
                code="scoliosis",
                message="The spine leaves the sagittal plane; mark one more level at the apex.",
            )
