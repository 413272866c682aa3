"""``batson snapshot``: what a pane would show, as a PNG."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from workstation.base.errors import InputRefusedError, UsageError
from workstation.cli.probe import parse_point
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.volume import Volume, WindowSetting
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.rendering.slice_view import fitted
from workstation.ui.application import make_application
from workstation.ui.frame_picture import draw_pane, png_bytes
from workstation.ui.hanging import grey_layer
from workstation.ui.key_image import letters_words
from workstation.ui.pane_state import PaneState
from workstation.ui.reading_context import ReadingContext

EXIT_DONE = 0
LARGEST_SIDE = 8192
DEFAULT_SIZE = (800, 600)

_NEGATIVE = re.compile(r"^-[\d.]")


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("snapshot", help="write what a pane would show as a PNG")
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument("--plane", required=True, choices=[name.value for name in PlaneName])
    parser.add_argument("--at", required=True, metavar="X,Y,Z", help="middle of the pane, LPS, mm")
    parser.add_argument("--out", required=True, metavar="F.png")
    parser.add_argument("--size", metavar="WxH", help="pixels, 800x600 by default")
    parser.add_argument("--window", metavar="W,L", help="width and level in the volume's unit")
    parser.add_argument("--field", type=float, metavar="MM", help="height shown, mm")
    parser.add_argument("--overlay", choices=["all", "none"], default="all")
    parser.add_argument("--rotate", type=float, default=0.0, metavar="DEG", help="clockwise")
    parser.add_argument("--flip", action="store_true", help="mirror left to right")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    # A point such as -10,20,30 starts like an option; argparse knows only plain negative numbers.
    parser._negative_number_matcher = _NEGATIVE
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture.

    Raises
    ------
    UsageError
        When an option is malformed, or there is no such series or volume.
    InputRefusedError
        When the volume cannot be read or the picture cannot be written.
    """
    point = parse_point(args.at)
    size = parse_size(args.size)
    window = parse_window(args.window)
    if args.field is not None and not 0.0 < args.field < 1e5:
        raise UsageError("--field is the height shown in mm and must be positive.")
    if not Path(args.path).exists():
        raise InputRefusedError(f"{Path(args.path).name} does not exist.", code="no-such-path")
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application()
    view = PlaneView.for_plane(PlaneName(args.plane), point, 1.0)
    field_mm = args.field or fitted(volume, view, size).field_mm
    view = replace(view, field_mm=field_mm).rotated(args.rotate)
    state = snapshot_state(volume, view.flip() if args.flip else view, window)
    context = ReadingContext() if args.overlay == "all" else None
    picture = png_bytes(draw_pane(state, context, size))
    _write(Path(args.out), picture)
    _print(args, state, size)
    return EXIT_DONE


def snapshot_state(volume: Volume, view: PlaneView, window: WindowSetting | None) -> PaneState:
    """Return a pane that shows a volume in a view; by default in the volume's starting window."""
    layer = grey_layer(volume)
    if window is not None:
        layer = replace(layer, window=window)
    return PaneState(layers=(layer,), view=view)


def parse_size(text: str | None) -> tuple[int, int]:
    """Return width and height of "WxH", px.

    Raises
    ------
    UsageError
        When the text is no such size.
    """
    if text is None:
        return DEFAULT_SIZE
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text.strip())
    if match is None:
        raise UsageError(f'"{text[:20]}" is no size; write WxH in pixels, such as 800x600.')
    width, height = int(match[1]), int(match[2])
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise UsageError(f"A picture has 1 to {LARGEST_SIDE} pixels a side.")
    return (width, height)


def parse_window(text: str | None) -> WindowSetting | None:
    """Return the window of "W,L", or None for none.

    Raises
    ------
    UsageError
        When the text is no window.
    """
    if text is None:
        return None
    try:
        width, level = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f'"{text[:20]}" is no window; write width,level.') from None
    if not (math.isfinite(width) and math.isfinite(level) and width > 0):
        raise UsageError("A window needs a positive width.")
    return WindowSetting(center=level, width=width)


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InputRefusedError(
            f"{path.name} cannot be written: {reason}.", code="cannot-write"
        ) from error


def _print(args: argparse.Namespace, state: PaneState, size: tuple[int, int]) -> None:
    view = state.view
    if not args.json:
        sys.stdout.write(f"{args.out}: {size[0]}x{size[1]}, {letters_words(state)}\n")
        return
    letters = view.letters()
    document = {
        "out": args.out,
        "size": list(size),
        "mm_per_pixel": view.mm_per_pixel(size),
        "center": list(view.center_lps),
        "right": list(view.right),
        "up": list(view.up),
        "window": {"width": state.window.width, "center": state.window.center},
        "unit": state.volume.unit.value,
        "letters": {
            "left": letters.left,
            "right": letters.right,
            "top": letters.top,
            "bottom": letters.bottom,
        },
    }
    sys.stdout.write(json.dumps(document, indent=1) + "\n")
