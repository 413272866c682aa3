"""How far two readers agree beyond chance: Cohen's kappa, plain and weighted, Gwet's AC1 and AC2.

Sources: Cohen, Educ Psychol Meas 1960;20:37 (kappa); Cohen, Psychol Bull 1968;70:213 (weighted
kappa); Fleiss and Cohen, Educ Psychol Meas 1973;33:613 (quadratic weights); Gwet, Br J Math Stat
Psychol 2008;61:29 (AC1) and Handbook of Inter-Rater Reliability, 4th ed. 2014 (AC2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workstation.base.errors import CommandRefusedError

SOURCES = (
    "Cohen J. Educ Psychol Meas 1960;20:37-46 (kappa)",
    "Cohen J. Psychol Bull 1968;70:213-220 (weighted kappa)",
    "Fleiss JL, Cohen J. Educ Psychol Meas 1973;33:613-619 (quadratic weights)",
    "Gwet KL. Br J Math Stat Psychol 2008;61:29-48 (AC1)",
    "Gwet KL. Handbook of Inter-Rater Reliability, 4th ed. 2014 (AC2)",
)

Table = tuple[tuple[int, ...], ...]
"""Counts of pairs: row is the first reader's category, column the second reader's."""


class Weighting(StrEnum):
    """How much credit a near miss gets on a scale of ordered categories."""

    IDENTITY = "identity"
    """None: only equal answers agree."""

    LINEAR = "linear"
    """Credit falls evenly with the distance."""

    QUADRATIC = "quadratic"
    """Credit falls with the square of the distance."""


_POWERS = {Weighting.LINEAR: 1, Weighting.QUADRATIC: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """Agreement corrected for chance.

    ``observed`` and ``expected`` are weighted shares from 0 to 1. ``value`` is None where chance
    alone explains full agreement, so that nothing is left to measure: both readers gave every
    vertebra the same one answer.
    """

    value: float | None
    observed: float
    expected: float
    count: int


def table_of(pairs: Iterable[tuple[str, str]], categories: Sequence[str]) -> Table:
    """Return the square table of ``pairs`` over ``categories``, in the order of the scale.

    Raises
    ------
    CommandRefusedError
        When an answer is not on the scale.
    """
    place = {name: position for position, name in enumerate(categories)}
    counts = [[0] * len(categories) for _ in categories]
    for first, second in pairs:
        if first not in place or second not in place:
            raise CommandRefusedError("An answer is not one of the scale that is compared.")
        counts[place[first]][place[second]] += 1
    return tuple(tuple(row) for row in counts)


def weights(count: int, weighting: Weighting) -> tuple[tuple[float, ...], ...]:
    """Return the credit of every pair of ``count`` ordered categories, 1 on the diagonal."""
    return tuple(
        tuple(_credit(abs(row - column), count, weighting) for column in range(count))
        for row in range(count)
    )


def _credit(distance: int, count: int, weighting: Weighting) -> float:
    if distance == 0:
        return 1.0
    if weighting is Weighting.IDENTITY:
        return 0.0
    return float(1.0 - (distance / (count - 1)) ** _POWERS[weighting])


def kappa(table: Table, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Return Cohen's kappa, weighted where the categories have an order.

    Raises
    ------
    CommandRefusedError
        When there is no pair, or the table is not a square of at least two categories.
    """
    total = _checked(table)
    credit = weights(len(table), weighting)
    rows = [sum(row) / total for row in table]
    columns = [sum(column) / total for column in zip(*table, strict=True)]
    expected = sum(
        credit[i][j] * row * column
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    )
    return _corrected(_observed(table, credit, total), expected, total)


def gwet_ac(table: Table, weighting: Weighting = Weighting.IDENTITY) -> Coefficient:
    """Return Gwet's AC1, or AC2 with weights; steady where one category is far the commonest.

    Raises
    ------
    CommandRefusedError
        When there is no pair, or the table is not a square of at least two categories.
    """
    total = _checked(table)
    size = len(table)
    credit = weights(size, weighting)
    used = [
        (sum(row) + sum(column)) / (2 * total)
        for row, column in zip(table, zip(*table, strict=True), strict=True)
    ]
    spread = sum(share * (1.0 - share) for share in used)
    expected = sum(map(sum, credit)) / (size * (size - 1)) * spread
    return _corrected(_observed(table, credit, total), expected, total)


def _checked(table: Table) -> int:
    """Return the number of pairs of a usable table."""
    if len(table) < 2 or any(len(row) != len(table) for row in table):
        raise CommandRefusedError("Agreement needs a square table of two or more categories.")
    total = sum(map(sum, table))
    if total == 0:
        raise CommandRefusedError("No vertebra was answered by both readers.", code="no-pairs")
    return total


def _observed(table: Table, credit: tuple[tuple[float, ...], ...], total: int) -> float:
    return (
        sum(credit[i][j] * count for i, row in enumerate(table) for j, count in enumerate(row))
        / total
    )


def _corrected(observed: float, expected: float, count: int) -> Coefficient:
    # One category used by both makes the expected share 1 up to rounding.
    left = 1.0 - expected
    value = (observed - expected) / left if left > 1e-12 else None
    return Coefficient(value=value, observed=observed, expected=expected, count=count)
