"""``batson label``: the levels between a few named points, as a proposal."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import Any

from workstation.base.errors import CommandRefusedError, UsageError
from workstation.cli.probe import parse_point
from workstation.domain.spine import Variant, VertebralLevel
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.spine.labelling import Click, ClickPlace, LabelProposal, propose_levels

EXIT_DONE = 0

_DISC = re.compile(r"^(?P<upper>\w+)/(?P<lower>\w+)$")


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("label", help="propose the levels between named points")
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument(
        "--click",
        action="append",
        required=True,
        metavar="LEVEL=X,Y,Z",
        help="body center, or L4/L5=X,Y,Z for the disc between; at least two",
    )
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        choices=[variant.value for variant in Variant],
        help="declared variant; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Propose the levels and print them.

    Raises
    ------
    UsageError
        When a click is malformed, or there is no such series or volume.
    InputRefusedError
        When the volume cannot be read or the clicks contradict each other.
    """
    clicks = [parse_click(text) for text in args.click]
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    variants = frozenset(Variant(text) for text in args.variant)
    proposal = propose_levels(volume, clicks, variants)
    if args.json:
        sys.stdout.write(json.dumps(label_document(proposal), indent=1) + "\n")
    else:
        sys.stdout.writelines(line + "\n" for line in _lines(proposal))
    return EXIT_DONE


def parse_click(text: str) -> Click:
    """Return the click that "L5=X,Y,Z" or, for a disc, "L4/L5=X,Y,Z" names.

    Raises
    ------
    UsageError
        When the text is no such click.
    """
    name, separator, place = text.partition("=")
    if not separator:
        raise UsageError(f'"{text[:40]}" is no click; write LEVEL=X,Y,Z in mm.')
    disc = _DISC.match(name.strip())
    try:
        level = VertebralLevel.parse(disc["upper"] if disc else name)
        if disc:
            VertebralLevel.parse(disc["lower"])
    except CommandRefusedError as error:
        raise UsageError(error.message) from error
    return Click(
        level=level,
        point_lps=parse_point(place),
        place=ClickPlace.DISC_BELOW if disc else ClickPlace.BODY,
    )


def label_document(proposal: LabelProposal) -> dict[str, Any]:
    """Return the JSON document of a proposal."""
    return {
        "state": "proposed",
        "counted_from": proposal.counted_from,
        "evidence": proposal.evidence,
        "scale": round(proposal.scale, 3),
        "levels": [
            {
                "level": item.level.value,
                "centre": [round(value, 2) for value in item.center_lps],
                "confidence": item.confidence,
                "clicked": item.clicked,
                "disc_below": [round(value, 2) for value in item.disc_below_lps],
                "down": [round(value, 4) for value in item.frame.down],
            }
            for item in proposal.levels
        ],
        "count_checks": [
            {"upper": check.upper.value, "lower": check.lower.value, "best": check.best}
            for check in proposal.count_checks
        ],
        "warnings": [
            {"code": warning.code, "message": warning.message} for warning in proposal.warnings
        ],
    }


def _lines(proposal: LabelProposal) -> list[str]:
    lines = [f"Proposed, {proposal.counted_from}:"]
    for item in proposal.levels:
        at = ", ".join(f"{value:.1f}" for value in item.center_lps)
        how = "clicked" if item.clicked else f"confidence {item.confidence:.2f}"
        lines.append(f"{item.level.value:>4}  ({at}) mm  {how}")
    lines.extend(f"Note: {warning.message}" for warning in proposal.warnings)
    return lines
