"""Counts the lesions of a case by region of the spine.

The longest extent is the diameter of the sphere that the reader put around the lesion, mm. A
lesion without a level counts as "no level", never as another region.
"""

from __future__ import annotations

from typing import Any

REGIONS = {"C": "Cervical", "T": "Thoracic", "L": "Lumbar", "S": "Sacral"}
NO_LEVEL = "No level"


def region_of(lesion: dict[str, Any]) -> str:
    """Return the region of the uppermost level of a lesion."""
    levels = lesion.get("levels") or []
    return REGIONS.get(str(levels[0])[:1], NO_LEVEL) if levels else NO_LEVEL


def extent_mm(lesion: dict[str, Any]) -> float:
    """Return the diameter of the sphere around a lesion, mm."""
    return 2.0 * float(lesion["radius_mm"])


def section(document: dict[str, Any]) -> dict[str, Any]:
    """Return a section of the report: one row a region that has a lesion."""
    lesions = document["case"]["lesions"]
    rows = []
    for region in (*REGIONS.values(), NO_LEVEL):
        inside = [lesion for lesion in lesions if region_of(lesion) == region]
        if inside:
            longest = max(extent_mm(lesion) for lesion in inside)
            rows.append([region, f"{_count(len(inside))}, longest {longest:.1f} mm"])
    words = f"{_count(len(lesions))} marked." if lesions else "No lesion is marked."
    return {"heading": "Lesions by region", "paragraphs": [words], "rows": rows}


def measure(document: dict[str, Any]) -> dict[str, Any]:
    """Return the number of lesions, of levels with one, and the longest extent."""
    lesions = document["case"]["lesions"]
    levels = {level for lesion in lesions for level in lesion["levels"]}
    values: list[dict[str, Any]] = [
        {"label": "Lesions", "value": len(lesions), "unit": ""},
        {"label": "Levels with a lesion", "value": len(levels), "unit": ""},
    ]
    if lesions:
        longest = max(extent_mm(lesion) for lesion in lesions)
        values.append({"label": "Longest extent", "value": longest, "unit": "mm"})
    return {"values": values}


def _count(number: int) -> str:
    return "1 lesion" if number == 1 else f"{number} lesions"
