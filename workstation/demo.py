"""``batson demo``: the main job on the shipped case, in the window or without a screen."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.base.errors import RenderError, UsageError
from workstation.base.paths import store_folder

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication

    from workstation.bootstrap import Workstation
    from workstation.domain.case import Case

WINDOW_SIZE = (1600, 900)
"""Logical pixels of the picture of the window."""

HANG_LIMIT_S = 60.0
SETTLE_MS = 1500
"""How long panes, thumbnails and the 3D surface get to settle after the images hang."""


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser("demo", help="the main job on the shipped demo case")
    parser.add_argument(
        "--headless", action="store_true", help="no window: write report, picture and case"
    )
    parser.add_argument("--out", metavar="DIR", help="where a headless demo writes its files")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the demo in a window, or write its report, a picture of the window and the case."""
    if args.headless != bool(args.out):
        raise UsageError("batson demo needs --headless and --out DIR together, or neither.")
    if not args.headless:
        return _in_window(args.store)
    # Qt reads the platform when the application is made.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    if args.store is not None:
        return _headless(store_folder(args.store), out)
    with tempfile.TemporaryDirectory(prefix="batson-demo-") as home:
        return _headless(store_folder(home), out)


def _in_window(store: str | None) -> int:
    from workstation.bootstrap import run_demo

    return run_demo(store)


def _headless(home: Path, out: Path) -> int:
    # Qt and VTK load only now, so that wrong usage answers at once.
    from workstation.bootstrap import build_workstation
    from workstation.ui.application import make_application

    application = make_application()
    made = build_workstation(home)
    try:
        made.window.resize(*WINDOW_SIZE)
        made.window.show()
        _open_demo(application, made)
        case = made.session.case
        if case is None:
            raise RenderError("The demo case did not open.")
        made.session.flush()
        made.window.grab().save(str(out / "window.png"))
        _write_report(made, case, out)
    finally:
        made.window.close()
        made.close()
    for name in ("report.pdf", "window.png", "case.json"):
        sys.stdout.write(f"{out / name}\n")
    return 0


def _open_demo(application: QCoreApplication, made: Workstation) -> None:
    """Open the demo and wait until its images hang and have settled."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop(application)
    made.hanger.hung.connect(loop.quit)
    QTimer.singleShot(int(HANG_LIMIT_S * 1000), loop.quit)
    made.window.parts.empty.demo_wanted.emit()
    loop.exec()
    if not made.hanger.layout_name:
        raise RenderError("The demo images did not open in time.")
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


def _write_report(made: Workstation, case: Case, out: Path) -> None:
    from workstation.report.service import make_report, settings_for
    from workstation.storage.case_codec import case_bytes, encode_case
    from workstation.ui.key_image import render_images

    files = make_report(
        case,
        case_record=encode_case(case),
        images=render_images(case, made.library.volume),
        settings=settings_for(case, datetime.now().astimezone()),
    )
    (out / "report.pdf").write_bytes(files.pdf)
    (out / "case.json").write_bytes(case_bytes(case))
