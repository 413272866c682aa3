"""Survival scores: Tokuhashi 2005, Tomita 2001, modified Bauer 2008, NESMS 2015.

Source: clinical reference, sections 6.2 to 6.8. No score ever feeds the systemic axis of NOMS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.clinical import NeurologicFacts, SystemicFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalResult:
    """One score; ``total`` is None while an item is missing or the score is not designed for it."""

    name: str
    total: int | None
    minimum: int | None
    maximum: int | None
    status: str
    """"complete", "incomplete" or "not designed for this histology"."""
    items: Mapping[str, int | None]
    bands: tuple[str, ...]
    """What the total means; several where the range reaches several."""
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    rule_set: str
    sources: tuple[str, ...]


def tokuhashi(systemic: SystemicFacts, neurologic: NeurologicFacts) -> SurvivalResult:
    """Return the revised Tokuhashi score, 0 to 15."""
    raise NotImplementedError


def tomita(systemic: SystemicFacts) -> SurvivalResult:
    """Return the Tomita score, 2 to 10; lower is better."""
    raise NotImplementedError


def modified_bauer(systemic: SystemicFacts) -> SurvivalResult:
    """Return the modified Bauer score, 0 to 4."""
    raise NotImplementedError


def nesms(systemic: SystemicFacts, neurologic: NeurologicFacts) -> SurvivalResult:
    """Return the New England Spinal Metastasis Score, 0 to 3."""
    raise NotImplementedError
