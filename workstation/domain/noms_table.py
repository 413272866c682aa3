"""The 16 rows of the NOMS decision table.

Source: Laufer et al., Oncologist 2013;18:744; clinical reference, sections 3.2 and 3.3. The exact
wording of the published rows awaits clinical sign-off.
"""

from __future__ import annotations

from collections.abc import Mapping
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


DECISION_WORDS: Mapping[NomsDecision, str] = {
    NomsDecision.CEBRT: "conventional external-beam radiation (cEBRT)",
    NomsDecision.SRS: "stereotactic radiosurgery (SRS)",
    NomsDecision.STAB_CEBRT: "stabilization, then cEBRT",
    NomsDecision.STAB_SRS: "stabilization, then SRS",
    NomsDecision.DECOMP_STAB_SRS: "decompression + stabilization, then SRS",
}
"""Plain wording of each decision."""

_N, _O, _M, _S, _D = NeurologicAxis, OncologicAxis, MechanicalAxis, SystemicAxis, NomsDecision
_TABLE = (
    (_N.LOW, _O.SENSITIVE, _M.STABLE, _S.ABLE, _D.CEBRT, "P1", False),
    (_N.LOW, _O.SENSITIVE, _M.STABLE, _S.UNABLE, _D.CEBRT, "P1", False),
    (_N.LOW, _O.SENSITIVE, _M.UNSTABLE, _S.ABLE, _D.STAB_CEBRT, "P2", False),
    (_N.LOW, _O.SENSITIVE, _M.UNSTABLE, _S.UNABLE, _D.STAB_CEBRT, "P2", True),
    (_N.LOW, _O.RESISTANT, _M.STABLE, _S.ABLE, _D.SRS, "P3", False),
    (_N.LOW, _O.RESISTANT, _M.STABLE, _S.UNABLE, _D.SRS, "P3", False),
    (_N.LOW, _O.RESISTANT, _M.UNSTABLE, _S.ABLE, _D.STAB_SRS, "P4", False),
    (_N.LOW, _O.RESISTANT, _M.UNSTABLE, _S.UNABLE, _D.STAB_SRS, "P4", True),
    (_N.HIGH, _O.SENSITIVE, _M.STABLE, _S.ABLE, _D.CEBRT, "P5", False),
    (_N.HIGH, _O.SENSITIVE, _M.STABLE, _S.UNABLE, _D.CEBRT, "P5", False),
    (_N.HIGH, _O.SENSITIVE, _M.UNSTABLE, _S.ABLE, _D.STAB_CEBRT, "P6", False),
    (_N.HIGH, _O.SENSITIVE, _M.UNSTABLE, _S.UNABLE, _D.STAB_CEBRT, "P6", True),
    (_N.HIGH, _O.RESISTANT, _M.STABLE, _S.ABLE, _D.DECOMP_STAB_SRS, "P7", False),
    (_N.HIGH, _O.RESISTANT, _M.STABLE, _S.UNABLE, _D.CEBRT, "P8", False),
    (_N.HIGH, _O.RESISTANT, _M.UNSTABLE, _S.ABLE, _D.DECOMP_STAB_SRS, "P9", False),
    (_N.HIGH, _O.RESISTANT, _M.UNSTABLE, _S.UNABLE, _D.STAB_CEBRT, "P10", True),
)

NOMS_ROWS: tuple[NomsRow, ...] = tuple(
    NomsRow(
        row=number,
        neurologic=neurologic,
        oncologic=oncologic,
        mechanical=mechanical,
        systemic=systemic,
        decision=decision,
        published=published,
        limited_stabilization=limited,
    )
    for number, (neurologic, oncologic, mechanical, systemic, decision, published, limited) in (
        enumerate(_TABLE, 1)
    )
)
"""Rows 1 to 16."""
