"""The 16 rows of the NOMS decision table.

Source: Laufer et al., Oncologist 2013;18:744; clinical reference, sections 3.2 and 3.3. The exact
wording of the published rows awaits clinical sign-off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NeurologicAxis(StrEnum):
    """N: degree of compression and myelopathy."""

    LOW = "LOW"
    HIGH = "HIGH"
    DISCORDANT = "DISCORDANT"
    NOT_APPLICABLE = "NA"


class OncologicAxis(StrEnum):
    """O: expected response to conventional radiation."""

    SENSITIVE = "SENSITIVE"
    RESISTANT = "RESISTANT"


class MechanicalAxis(StrEnum):
    """M: stability; indeterminate until a surgeon has chosen."""

    STABLE = "STABLE"
    UNSTABLE = "UNSTABLE"
    INDETERMINATE = "INDETERMINATE"


class SystemicAxis(StrEnum):
    """S: whether the patient can tolerate the surgery in question, by clinical judgment."""

    ABLE = "ABLE"
    UNABLE = "UNABLE"


class NomsDecision(StrEnum):
    """What the framework suggests."""

    CEBRT = "CEBRT"
    SRS = "SRS"
    STAB_CEBRT = "STAB_CEBRT"
    STAB_SRS = "STAB_SRS"
    DECOMP_STAB_SRS = "DECOMP_STAB_SRS"


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsRow:
    """One combination of the four axes and its decision."""

    row: int
    neurologic: NeurologicAxis
    oncologic: OncologicAxis
    mechanical: MechanicalAxis
    systemic: SystemicAxis
    decision: NomsDecision
    published: str
    """The published row, "P1" to "P10"."""
    limited_stabilization: bool = False
    """Stabilization is limited to cement or percutaneous screws."""
