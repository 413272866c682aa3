"""From a few clicked vertebrae to the chain between them, along a smooth curve.

The clicked points stay where the reader put them; levels between are placed by the ratio of adult
body and disc heights, one scale per span between two clicks. Every placed level is a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import (
    Landmark,
    LandmarkState,
    PointLps,
    Variant,
    VertebralLevel,
    level_chain,
)
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.priors import prior_positions_mm

NO_VARIANTS: frozenset[Variant] = frozenset()


def interpolated_spine(
    clicked: Mapping[VertebralLevel, PointLps], variants: frozenset[Variant] = NO_VARIANTS
) -> tuple[Landmark, ...]:
    """Return the clicked landmarks and a proposal for every level between them, from the head.

    Parameters
    ----------
    clicked : mapping of VertebralLevel to PointLps
        Body centers set by the reader, mm. One alone is returned as it is.
    variants : frozenset of Variant
        Declared variants; they decide which levels exist.

    Raises
    ------
    InputRefusedError
        When a clicked level does not exist with these variants, two clicks coincide, or a lower
        level was clicked above a higher one.
    """
    chain = level_chain(variants)
    for level in clicked:
        if level not in chain:
            raise InputRefusedError(
                f"{level.value} does not exist unless the variant is declared.",
                code="absent-level",
            )
    named = sorted(clicked, key=lambda level: level.order)
    marks = {level: _mark(level, clicked[level], LandmarkState.CLICKED) for level in named}
    if len(named) > 1:
        _check_order(named, clicked)
        marks |= _between(named, clicked, chain)
    return tuple(marks[level] for level in sorted(marks, key=lambda level: level.order))


def prior_scale(
    clicked: Mapping[VertebralLevel, PointLps], chain: tuple[VertebralLevel, ...]
) -> float:
    """Return the length of the clicked stretch relative to the adult mean.

    Outside 0.8 to 1.25 a level was probably skipped, counted twice or named wrongly.
    """
    named = sorted(clicked, key=lambda level: level.order)
    stretch = chain[chain.index(named[0]) : chain.index(named[-1]) + 1]
    curve = SpineCurve(np.array([clicked[level] for level in named]))
    return float(curve.knot_arc_mm[-1]) / prior_positions_mm(stretch)[-1]


def _between(
    named: list[VertebralLevel],
    clicked: Mapping[VertebralLevel, PointLps],
    chain: tuple[VertebralLevel, ...],
) -> dict[VertebralLevel, Landmark]:
    curve = SpineCurve(np.array([clicked[level] for level in named]))
    marks = {}
    arcs = curve.knot_arc_mm
    for (upper, lower), (start, end) in zip(pairwise(named), pairwise(arcs), strict=True):
        span = chain[chain.index(upper) : chain.index(lower) + 1]
        prior = np.array(prior_positions_mm(span))
        inner = start + (end - start) * prior[1:-1] / prior[-1]
        for level, point in zip(span[1:-1], curve.at_arc(inner), strict=True):
            x, y, z = (float(value) for value in point)
            marks[level] = _mark(level, (x, y, z), LandmarkState.PROPOSED)
    return marks


def _check_order(named: list[VertebralLevel], clicked: Mapping[VertebralLevel, PointLps]) -> None:
    top, bottom = named[0], named[-1]
    if clicked[top][2] <= clicked[bottom][2]:
        raise InputRefusedError(
            f"{top.value} was marked below {bottom.value}; check the names of both.",
            code="reversed-levels",
        )


def _mark(level: VertebralLevel, point: PointLps, state: LandmarkState) -> Landmark:
    return Landmark(level=level, center_lps=point, state=state)
