"""One remark on a case before signing, and how heavy it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from workstation.domain.case import Case


class Severity(StrEnum):
    """What a check means for signing, worst first."""

    CONTRADICTION = "contradiction"
    """Patient, side or level do not fit; must be mended, an explanation is not enough."""
    BLOCKING = "blocking"
    """Must be answered or explained before signing."""
    OPEN = "open"
    """Prints as "not assessed" or "unknown"."""
    NOTE = "note"
    """Worth knowing; changes nothing."""


EXPLAINABLE = frozenset(
    {
        "collapse-against-height",
        "communication-before-study",
        "cauda-above-conus",
        "date-order",
        "deficit-below-conus",
        "epidural-contradiction",
    }
)
"""Contradictions that may stand with a printed reason; never patient, side or level (R-01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One remark, with the field it is mended in (``"sins.T9.pain"``, ``"spine"``...)."""

    code: str
    severity: Severity
    text: str
    field: str
    detail: str = ""
    explained: str = ""
    """Why the reader lets it stand; such a check does not block and is printed."""

    @property
    def explainable(self) -> bool:
        """Whether one printed line can settle it instead of a change (R-01)."""
        return self.code in EXPLAINABLE


Rule: TypeAlias = Callable[[Case], Iterator[Check]]
"""Looks at one thing of a case."""
