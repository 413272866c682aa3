"""A named remark that a rule attaches to its result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A stable code and the sentence that is shown and printed for it.

    Parameters
    ----------
    code : str
        The convention ("S-01", "N-03") or the flag of the clinical reference ("PRIOR_RT").
    text : str
        One plain sentence.
    """

    code: str
    text: str
