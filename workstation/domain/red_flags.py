"""What is urgent, whatever the scores say (clinical reference 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.clinical import NeurologicFacts
from workstation.domain.escc import EsccResult
from workstation.domain.sins import SinsResult
from workstation.domain.spine import VertebralLevel


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


def red_flags(
    neurologic: NeurologicFacts,
    *,
    escc: Mapping[VertebralLevel, EsccResult],
    sins: Mapping[VertebralLevel, SinsResult],
    pain_without_mri: bool = False,
) -> tuple[RedFlag, ...]:
    """Return what is urgent in this patient, most urgent first."""
    raise NotImplementedError
