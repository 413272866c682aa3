"""A measured number that the program suggests: value, unit, method and how sure it is.

A suggestion is never an answer: it reaches a case only through the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One suggested number.

    Parameters
    ----------
    name : str
        What was measured ("height loss").
    value : float
    unit : str
        As printed.
    method : str
        How, in a few words.
    uncertainty : str
        How far it may be off, as printed.
    borderline : bool
        Whether the limit that matters lies within the uncertainty.
    notes : tuple of str
        What the reader must know beside it.
    inputs : dict of str
        What it rests on: reference levels, series.
    """

    name: str
    value: float
    unit: str
    method: str
    uncertainty: str = ""
    borderline: bool = False
    notes: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)
