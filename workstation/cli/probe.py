"""``batson probe``: values at points in patient coordinates."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from typing import Any

import numpy as np

from workstation.base.errors import UsageError
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.resample import nearest_index, sample_linear
from workstation.imaging.volume import Volume

EXIT_DONE = 0

Point = tuple[float, float, float]

_NEGATIVE_POINT = re.compile(r"^-[\d.]")


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("probe", help="values at points in patient coordinates")
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument(
        "--at", action="extend", nargs="+", required=True, metavar="X,Y,Z", help="LPS, mm"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    # A point such as -10,20,30 starts like an option; argparse knows only plain negative numbers.
    parser._negative_number_matcher = _NEGATIVE_POINT
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the values at the given points.

    Raises
    ------
    UsageError
        When a point is malformed, or there is no such series or volume.
    InputRefusedError
        When the volume cannot be read.
    """
    points = [parse_point(text) for text in args.at]
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    answers = [probe_point(volume, point) for point in points]
    if args.json:
        sys.stdout.write(json.dumps({"points": answers}, indent=1) + "\n")
    else:
        sys.stdout.writelines(_line(answer) + "\n" for answer in answers)
    return EXIT_DONE


def parse_point(text: str) -> Point:
    """Return the point that "X,Y,Z" names.

    Raises
    ------
    UsageError
        When the text is no such point.
    """
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f'"{text[:40]}" is no point; write X,Y,Z in mm.') from None
    if not all(math.isfinite(value) for value in (x, y, z)):
        raise UsageError(f'"{text[:40]}" is no point; write X,Y,Z in mm.')
    return (x, y, z)


def probe_point(volume: Volume, point: Point) -> dict[str, Any]:
    """Return the JSON document of one point; values are null where there are no data."""
    inside = volume.geometry.contains(point)
    answer: dict[str, Any] = {
        "at": list(point),
        "inside": inside,
        "index": None,
        "nearest": None,
        "linear": None,
        "unit": volume.unit.value,
        "raw": None,
        "raw_unit": volume.raw_unit.value if volume.raw_factor is not None else volume.unit.value,
    }
    if not inside:
        return answer
    i, j, k = (
        min(max(index, 0), size - 1)
        for index, size in zip(nearest_index(volume, point), volume.geometry.size_ijk, strict=True)
    )
    answer["index"] = [i, j, k]
    if k not in volume.missing_slices:
        nearest = float(volume.array[k, j, i])
        answer["nearest"] = nearest
        answer["raw"] = _raw(volume, nearest, k)
    if not _touches_gap(volume, point):
        answer["linear"] = float(sample_linear(volume, np.asarray(point)))
    return answer


def _raw(volume: Volume, value: float, k: int) -> float:
    return value if volume.raw_factor is None else value / float(volume.raw_factor[k])


def _touches_gap(volume: Volume, point: Point) -> bool:
    k = float(volume.geometry.lps_to_index(np.asarray(point))[2])
    return any(math.floor(k) <= gap <= math.ceil(k) for gap in volume.missing_slices)


def _line(answer: dict[str, Any]) -> str:
    at = ", ".join(f"{value:g}" for value in answer["at"])
    if not answer["inside"]:
        return f"({at}) mm: outside the volume"
    if answer["nearest"] is None:
        return f"({at}) mm: no data (missing slice)"
    linear = "-" if answer["linear"] is None else f"{answer['linear']:.4g}"
    return (
        f"({at}) mm: {linear} {answer['unit']}, nearest voxel {answer['index']} "
        f"{answer['nearest']:.4g} {answer['unit']}"
    )
