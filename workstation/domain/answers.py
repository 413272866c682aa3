"""The two answers that are not values: nobody looked, and nobody can know.

"Not assessed", "unknown" and "none" are three different things in storage, on screen and in the
report. "None" is an ordinary option of the question; the other two are members of
:class:`Missing`, so that a type checker sees every place that has to treat them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar


class Missing(StrEnum):
    """Why there is no value."""

    NOT_ASSESSED = "not_assessed"
    """Nobody has looked yet: the state every field starts in."""

    UNKNOWN = "unknown"
    """Somebody looked or asked, and it cannot be known."""


NOT_ASSESSED = Missing.NOT_ASSESSED
UNKNOWN = Missing.UNKNOWN

T = TypeVar("T")


def known(answer: T | Missing) -> T | None:
    """Return the value of an answer, or None when it is missing for either reason."""
    return None if isinstance(answer, Missing) else answer


class YesNo(StrEnum):
    """A plain question's answer when it has one."""

    YES = "yes"
    NO = "no"
