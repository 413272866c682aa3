"""Numbers, dates and lists as the report prints them; each is formatted here and only once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from workstation.domain.answers import UNKNOWN, Missing

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
NOT_ASSESSED_WORDS = "not assessed"
UNKNOWN_WORDS = "unknown"
_MOST_DECIMALS = 9

T = TypeVar("T")

_DATE_AND_TIME = re.compile(
    r"^(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?P<offset>Z|[+-]\d{2}:?\d{2})?)?$"
)


def missing_words(missing: Missing) -> str:
    """Return "unknown" or "not assessed"; the two are never the same."""
    return UNKNOWN_WORDS if missing is UNKNOWN else NOT_ASSESSED_WORDS


def number(value: float, decimals: int = 0, *, thresholds: Sequence[float] = ()) -> str:
    """Return ``value`` rounded half up, with a true minus, on its own side of each threshold.

    A value that is not a threshold is never printed as if it were, nor on the other side: with a
    threshold at 50, 49.96 is printed "49.96" and not "50".
    """
    if not math.isfinite(value):
        raise ValueError("A number in the report must be finite.")
    exact = Decimal(repr(value))
    for places in range(decimals, _MOST_DECIMALS + 1):
        rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if all(_same_side(exact, rounded, Decimal(repr(float(t)))) for t in thresholds):
            return _signed(rounded)
    return _signed(exact)


def _same_side(exact: Decimal, rounded: Decimal, threshold: Decimal) -> bool:
    return (exact > threshold) == (rounded > threshold) and (exact < threshold) == (
        rounded < threshold
    )


def _signed(value: Decimal) -> str:
    text = f"{abs(value):f}"
    return f"{MINUS}{text}" if value < 0 else text


def percent(value: float, *, thresholds: Sequence[float] = (20.0, 50.0)) -> str:
    """Return a percentage, such as "58 %", never rounded onto a threshold of the rules.

    The default thresholds are those of collapse: 20 % proposes it (S-05), 50 % divides its two
    options (SINS, component 5).
    """
    return f"{number(value, thresholds=thresholds)} %"


def millimeters(value: float) -> str:
    """Return a length in mm with at most one decimal, "18 mm" or "7.5 mm"."""
    return f"{number(value, 1).removesuffix('.0')} mm"


def points(low: int, high: int) -> str:
    """Return points or their range, "3" or "0–3"."""
    return str(low) if low == high else f"{low}{EN_DASH}{high}"


def moment(iso: str) -> str:
    """Return an ISO 8601 date or time as printed: "2026-03-14", "2026-03-14 17:05 +01:00".

    Text that is no ISO date is returned as it stands: it came from the images or a person.
    """
    found = _DATE_AND_TIME.match(iso.strip())
    if found is None:
        return iso.strip()
    offset = found["offset"] or ""
    if offset == "Z":
        offset = "+00:00"
    elif offset and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    parts = (found["date"], found["time"] or "", offset.replace("-", MINUS))
    return " ".join(part for part in parts if part)


def local_time(at: datetime) -> str:
    """Return an aware time as printed, with its offset."""
    return moment(at.isoformat(timespec="minutes"))


def age_years(birth_date: str, at: str) -> int | None:
    """Return full years from an ISO birth date to an ISO date, or None where either is no date."""
    born, then = _DATE_AND_TIME.match(birth_date), _DATE_AND_TIME.match(at)
    if born is None or then is None:
        return None
    years = int(then["date"][:4]) - int(born["date"][:4])
    return years - (then["date"][5:] < born["date"][5:])


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def number_runs(numbers: Iterable[int]) -> str:
    """Return lesion numbers in runs, "1, 3–5"."""
    runs: list[list[int]] = []
    for value in sorted(set(numbers)):
        if runs and value == runs[-1][1] + 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    return ", ".join(points(first, last) for first, last in runs)


def sentence_case(words: str) -> str:
    """Return the words with a capital first letter."""
    return words[:1].upper() + words[1:]


def grouped(hexadecimal: str, size: int = 4) -> str:
    """Return a hash in groups of ``size`` characters, so that eyes can compare it."""
    return " ".join(hexadecimal[start : start + size] for start in range(0, len(hexadecimal), size))
