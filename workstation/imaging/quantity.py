"""A number that reaches a reader: value with unit, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value with its unit, or a refusal with its reason; never a bare number.

    Parameters
    ----------
    value : float or None
        None exactly when ``reason`` says why.
    unit : str
        UCUM-like text as printed ("mm", "HU", "°", "%").
    reason : str
        Why no value can be given; empty when there is one.
    """

    value: float | None
    unit: str
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason == ""):
            message = "A quantity has either a value or a reason for having none."
            raise ValueError(message)

    @classmethod
    def refused(cls, unit: str, reason: str) -> Quantity:
        """Return a quantity without a value, with the sentence that says why."""
        return cls(value=None, unit=unit, reason=reason)
