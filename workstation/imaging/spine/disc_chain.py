"""Where the discs lie along a straightened span: the best chain under prior distances.

Dynamic programming over disc places; the distances to the clicks and between discs have a prior
from the level table times one scale of the patient (algorithms document, section 1, step 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GAP_SPREAD = 0.10
GAP_LIMITS = (0.55, 1.5)
PRIOR_WEIGHT = 0.1
CLICK_SPREAD_MM = 3.0
"""How far a click may lie from the true body center."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiscChain:
    """The discs of a span.

    Parameters
    ----------
    arcs_mm : ndarray, shape (n,), float64
        Where the discs lie along the curve from the upper click.
    contrasts : ndarray, shape (n,), float64
        Disc evidence minus that of the bodies above and below.
    deviations : ndarray, shape (n + 1,), float64
        Distance to the prior, in its standard deviations.
    """

    arcs_mm: Array
    contrasts: Array
    deviations: Array

    @property
    def score(self) -> float:
        """Mean contrast less the cost of unusual distances."""
        cost = PRIOR_WEIGHT * float(np.mean(self.deviations**2))
        return float(np.mean(self.contrasts)) - cost


def best_chain(evidence: Array, step_mm: float, gaps_mm: Array) -> DiscChain | None:
    """Return the best chain, or None when the distances do not fit the span.

    Parameters
    ----------
    evidence : ndarray, shape (m,), float64
        Disc evidence along the curve from the upper to the lower click.
    step_mm : float
        Between the samples.
    gaps_mm : ndarray, shape (n + 1,), float64
        Prior distances: click to first disc, disc to disc, last disc to click.
    """
    count = len(evidence)
    score = np.full(count, -np.inf)
    score[0] = 0.0
    back: list[NDArray[np.intp]] = []
    for number, gap in enumerate(gaps_mm):
        at_end = number == len(gaps_mm) - 1
        score, origin = _step(score, gap, step_mm, _spread(gap, number, len(gaps_mm)))
        back.append(origin)
        if not at_end:
            score = score + evidence
    if not np.isfinite(score[-1]):
        return None
    places = [count - 1]
    for origin in reversed(back):
        places.append(int(origin[places[-1]]))
    return _chain(evidence, step_mm, gaps_mm, np.array(places[::-1]))


def _spread(gap_mm: float, number: int, count: int) -> float:
    own = GAP_SPREAD * gap_mm
    return float(np.hypot(own, CLICK_SPREAD_MM)) if number in (0, count - 1) else own


def _step(
    score: Array, gap_mm: float, step_mm: float, spread_mm: float
) -> tuple[Array, NDArray[np.intp]]:
    """Return best scores after one more distance, and where each came from."""
    slack = 2.0 * max(spread_mm - GAP_SPREAD * gap_mm, 0.0)
    low = max(int((GAP_LIMITS[0] * gap_mm - slack) / step_mm), 1)
    high = int((GAP_LIMITS[1] * gap_mm + slack) / step_mm) + 1
    best = np.full(len(score), -np.inf)
    origin = np.zeros(len(score), dtype=np.intp)
    for distance in range(low, min(high, len(score) - 1) + 1):
        cost = PRIOR_WEIGHT * ((distance * step_mm - gap_mm) / spread_mm) ** 2
        candidate = score[:-distance] - cost
        better = candidate > best[distance:]
        best[distance:][better] = candidate[better]
        origin[distance:][better] = np.flatnonzero(better)
    return best, origin


def _chain(evidence: Array, step_mm: float, gaps_mm: Array, places: NDArray[np.intp]) -> DiscChain:
    discs = places[1:-1]
    ends = [places[0], *((discs[:-1] + discs[1:]) // 2), places[-1]]
    bodies = np.array([_around(evidence, place, step_mm) for place in ends])
    contrasts = evidence[discs] - (bodies[:-1] + bodies[1:]) / 2.0
    spreads = [_spread(gap, n, len(gaps_mm)) for n, gap in enumerate(gaps_mm)]
    deviations = (np.diff(places) * step_mm - gaps_mm) / np.array(spreads)
    return DiscChain(
        arcs_mm=discs.astype(np.float64) * step_mm, contrasts=contrasts, deviations=deviations
    )


def _around(evidence: Array, place: int, step_mm: float) -> float:
    """Return the evidence inside a body: its mean over the middle few millimeters."""
    half = max(int(2.0 / step_mm), 1)
    return float(evidence[max(place - half, 0) : place + half + 1].mean())
