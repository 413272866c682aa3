"""``batson lesion``: the outline from a point inside a lesion and a sphere that encloses it."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError, UsageError
from workstation.cli.probe import parse_point
from workstation.cli.straighten import read_labels
from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.mask import is_empty, points_of
from workstation.imaging.measure import SUV_UNITS, Region, suv_peak
from workstation.imaging.outline.pet import PetThreshold, pet_outline
from workstation.imaging.outline.sizes import LesionSizes, lesion_sizes
from workstation.imaging.outline.stroke import METHOD, outline_from_stroke, point_stroke
from workstation.imaging.spine.levels import LevelZones
from workstation.imaging.volume import Finding, Unit, Volume

EXIT_DONE = 0
MAX_RADIUS_MM = 150.0

_PET_UNITS = SUV_UNITS | {Unit.BQML, Unit.COUNTS}
_NEGATIVE_POINT = re.compile(r"^-[\d.]")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    region: Region
    method: str
    warnings: tuple[Finding, ...] = ()


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("lesion", help="outline a lesion and measure it")
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument("--seed", required=True, metavar="X,Y,Z", help="inside the lesion, LPS, mm")
    parser.add_argument("--radius", required=True, type=float, metavar="MM")
    parser.add_argument(
        "--center", metavar="X,Y,Z", help="middle of the sphere, the seed by default"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="T",
        help="PET: below 1 a share of the maximum, otherwise the value itself",
    )
    parser.add_argument("--labels", metavar="F.json", help="levels as batson label --json gives")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    # A point such as -10,20,30 starts like an option; argparse knows only plain negative numbers.
    parser._negative_number_matcher = _NEGATIVE_POINT
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Outline, measure and print.

    Raises
    ------
    UsageError
        When an option is malformed, or there is no such series or volume.
    InputRefusedError
        When the volume cannot be read or there is nothing to outline.
    """
    seed = parse_point(args.seed)
    center = parse_point(args.center) if args.center else seed
    _check_numbers(args)
    zones = LevelZones(read_labels(Path(args.labels))) if args.labels else None
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    found = _outlined(volume, seed, center, args)
    if is_empty(found.region):
        raise InputRefusedError("Nothing was found at that point.", code="nothing-found")
    sizes = lesion_sizes(volume, found.region)
    levels = zones.levels_of(points_of(found.region, volume.geometry)) if zones else ()
    document = lesion_document(sizes, levels) | {
        "method": found.method,
        "suv_peak": _peak(volume, center, args.radius),
        "warnings": [{"code": w.code, "message": w.message} for w in found.warnings],
    }
    if args.json:
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        sys.stdout.writelines(line + "\n" for line in _lines(document))
    return EXIT_DONE


def _check_numbers(args: argparse.Namespace) -> None:
    if not 0.0 < args.radius <= MAX_RADIUS_MM:
        raise UsageError(f"--radius is in mm, more than 0 and at most {MAX_RADIUS_MM:g}.")
    if args.threshold is not None and not 0.0 < args.threshold < math.inf:
        raise UsageError("--threshold must be positive.")


def lesion_document(sizes: LesionSizes, levels: tuple[VertebralLevel, ...]) -> dict[str, Any]:
    """Return the JSON document of an outline."""
    return {
        "volume_ml": round(sizes.volume_ml, 4),
        "max_diameter_mm": round(sizes.max_diameter_mm, 2),
        "axial_long_mm": round(sizes.axial_long_mm, 2),
        "axial_short_mm": round(sizes.axial_short_mm, 2),
        "axial_native": sizes.axial_native,
        "mean": sizes.values.mean,
        "sd": sizes.values.sd,
        "min": sizes.values.low,
        "max": sizes.values.high,
        "voxels": sizes.values.count,
        "unit": sizes.unit.value,
        "total_uptake": sizes.total_uptake,
        "centroid": [round(value, 2) for value in sizes.centroid_lps],
        "levels": [level.value for level in levels],
    }


def _outlined(volume: Volume, seed: PointLps, center: PointLps, args: argparse.Namespace) -> _Found:
    if volume.unit not in _PET_UNITS:
        if args.threshold is not None:
            raise UsageError("--threshold is for PET; other series are outlined by their edges.")
        outline = outline_from_stroke(volume, point_stroke(center, args.radius, seed))
        return _Found(region=outline.region, method=METHOD, warnings=outline.warnings)
    if args.threshold is not None and args.threshold >= 1.0 and volume.unit not in SUV_UNITS:
        raise InputRefusedError(
            "The values of this PET are no SUV; only a share of the maximum can be used.",
            code="no-suv",
        )
    if args.threshold is None:
        pet = pet_outline(volume, center, args.radius, PetThreshold.BACKGROUND_ADAPTED)
    else:
        method = PetThreshold.SHARE_OF_MAX if args.threshold < 1.0 else PetThreshold.FIXED
        pet = pet_outline(volume, center, args.radius, method, args.threshold)
    return _Found(region=pet.region, method=pet.method)


def _peak(volume: Volume, center: PointLps, radius_mm: float) -> float | None:
    return suv_peak(volume, center, radius_mm)[0] if volume.unit in SUV_UNITS else None


def _lines(document: dict[str, Any]) -> list[str]:
    unit = document["unit"]
    axial = "" if document["axial_native"] else ", reformatted"
    lines = [
        f"Proposed outline: {document['method']}",
        f"Volume {document['volume_ml']:.2f} mL, largest diameter "
        f"{document['max_diameter_mm']:.1f} mm, axial {document['axial_long_mm']:.1f} x "
        f"{document['axial_short_mm']:.1f} mm{axial}",
        f"Mean {document['mean']:.4g} {unit}, {document['min']:.4g} to {document['max']:.4g} "
        f"{unit}, {document['voxels']} voxels",
    ]
    if document["suv_peak"] is not None:
        lines.append(f"Peak {document['suv_peak']:.2f} {unit}")
    if document["levels"]:
        lines.append("At " + ", ".join(document["levels"]))
    return lines + [f"Note: {warning['message']}" for warning in document["warnings"]]
