"""``batson straighten``: the straightened spine through labelled levels, as a PNG."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import CommandRefusedError, InputRefusedError, UsageError
from workstation.cli.snapshot import parse_window
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.spine.straighten import (
    StraightPicture,
    StraightPlane,
    StraightSpec,
    path_of,
    straighten,
)
from workstation.imaging.volume import Volume, WindowSetting
from workstation.imaging.window import starting_window

EXIT_DONE = 0
MAX_DOCUMENT_BYTES = 1_000_000
MAX_WIDTH_MM = 200.0
TICK_PIXELS = 8


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("straighten", help="write the straightened spine as a PNG")
    parser.add_argument("path", metavar="PATH", help="file or folder")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--volume", type=int, default=0, metavar="N")
    parser.add_argument(
        "--labels", required=True, metavar="F.json", help="levels as batson label --json gives them"
    )
    parser.add_argument("--out", required=True, metavar="F.png")
    parser.add_argument(
        "--plane", choices=[plane.value for plane in StraightPlane], default="sagittal"
    )
    parser.add_argument("--pixel", type=float, default=0.5, metavar="MM", help="side of a pixel")
    parser.add_argument("--width", type=float, default=80.0, metavar="MM", help="of the picture")
    parser.add_argument("--slab", type=float, default=0.0, metavar="MM", help="thickness averaged")
    parser.add_argument("--window", metavar="W,L", help="width and level in the volume's unit")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture.

    Raises
    ------
    UsageError
        When an option is malformed, or there is no such series or volume.
    InputRefusedError
        When the labels or the volume cannot be used, or the picture cannot be written.
    """
    window = parse_window(args.window)
    spec = _spec(args)
    marks = read_labels(Path(args.labels))
    volume = load_volume(open_paths([args.path]).find_volume(args.series, args.volume))
    picture = straighten(volume, path_of(marks), spec)
    places = picture.lps_to_pixel(np.array([mark.center_lps for mark in marks]))
    _write(Path(args.out), drawn(picture, volume, window, marks))
    document = picture_document(picture, marks, places)
    if args.json:
        sys.stdout.write(json.dumps({"out": args.out, **document}, indent=1) + "\n")
    else:
        rows, columns = picture.pixels.shape
        sys.stdout.write(f"{args.out}: {columns}x{rows} pixels of {spec.pixel_mm:g} mm\n")
    return EXIT_DONE


def read_labels(path: Path) -> tuple[Landmark, ...]:
    """Return the levels of a labels document, from the head.

    Raises
    ------
    InputRefusedError
        When the file cannot be read or is no such document.
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_DOCUMENT_BYTES))
        marks = tuple(_mark(item) for item in document["levels"])
    except OSError as error:
        reason = error.strerror or "read error"
        raise InputRefusedError(f"The labels cannot be read: {reason}.") from None
    except (ValueError, TypeError, KeyError, RecursionError, CommandRefusedError) as error:
        raise InputRefusedError(
            'The labels are no document of the form {"levels": [{"level": "T8", "centre": [x, y, '
            "z]}]}.",
            code="bad-document",
        ) from error
    if len({mark.level for mark in marks}) != len(marks):
        raise InputRefusedError("A level stands twice in the labels.", code="bad-document")
    return tuple(sorted(marks, key=lambda mark: mark.level.order))


def picture_document(
    picture: StraightPicture, marks: Sequence[Landmark], places: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the JSON document of a straightened picture."""
    rows, columns = picture.pixels.shape
    return {
        "plane": picture.spec.plane.value,
        "size": [columns, rows],
        "pixel_mm": picture.spec.pixel_mm,
        "slab_mm": picture.spec.slab_mm,
        "levels": [
            {"level": mark.level.value, "pixel": [round(float(c), 2), round(float(r), 2)]}
            for mark, (r, c, _) in zip(marks, places, strict=True)
        ],
    }


def drawn(
    picture: StraightPicture,
    volume: Volume,
    window: WindowSetting | None,
    marks: Sequence[Landmark],
) -> bytes:
    """Return the picture as PNG, with the levels on its left margin."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor, QImage, QPainter

    from workstation.ui.application import make_application
    from workstation.ui.frame_picture import png_bytes

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application()
    gray = _gray(picture.pixels, window or starting_window(volume))
    rows, columns = gray.shape
    image = QImage(gray.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8)
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    for mark, row in zip(marks, picture.path.center_arcs_mm / picture.spec.pixel_mm, strict=True):
        painter.drawLine(QPointF(0.0, row), QPointF(TICK_PIXELS, row))
        painter.drawText(QPointF(TICK_PIXELS + 2.0, row + 4.0), mark.level.value)
    painter.end()
    return png_bytes(image)


def _mark(item: Any) -> Landmark:
    x, y, z = (float(value) for value in item["centre"])
    if not np.isfinite([x, y, z]).all():
        raise ValueError
    return Landmark(level=VertebralLevel.parse(item["level"]), center_lps=(x, y, z))


def _spec(args: argparse.Namespace) -> StraightSpec:
    if not (0.1 <= args.pixel <= 5.0 and 0.0 <= args.slab <= 50.0):
        raise UsageError("--pixel is 0.1 to 5 mm and --slab 0 to 50 mm.")
    if not 2.0 * args.pixel <= args.width <= MAX_WIDTH_MM:
        raise UsageError(f"--width is at most {MAX_WIDTH_MM:g} mm and at least two pixels.")
    return StraightSpec(
        plane=StraightPlane(args.plane),
        pixel_mm=args.pixel,
        half_width_mm=args.width / 2.0,
        slab_mm=args.slab,
    )


def _gray(pixels: NDArray[np.float64], window: WindowSetting) -> NDArray[np.uint8]:
    low = window.center - window.width / 2.0
    share = np.nan_to_num((pixels - low) / window.width, nan=0.0)
    gray: NDArray[np.uint8] = np.rint(np.clip(share, 0.0, 1.0) * 255.0).astype(np.uint8)
    return gray


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        reason = error.strerror or "write error"
        raise InputRefusedError(f"The picture cannot be written: {reason}.") from None
