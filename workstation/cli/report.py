"""``batson report``: write the PDF of a case and the record attached to it."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workstation.base.errors import UsageError
from workstation.base.paths import store_folder
from workstation.cli.report_exports import EXPORT_KINDS, exported
from workstation.cli.report_filing import file_report
from workstation.cli.report_signing import add_options, signed_files
from workstation.domain.case import Case, CaseStatus
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.volume import Volume, VolumeKey
from workstation.report.blocks import Paper
from workstation.report.picture import KeyImagePicture
from workstation.report.service import ALL_KINDS as REPORT_KINDS
from workstation.report.service import KINDS, ReportFiles, make_report, settings_for
from workstation.storage.atomic_file import private_folder, write_atomically
from workstation.storage.case_codec import encode_case
from workstation.storage.case_store import CaseStore

ALL_KINDS = (*REPORT_KINDS, *EXPORT_KINDS)
FINAL_KINDS = (*KINDS, *EXPORT_KINDS)
"""What a signed case writes unless other kinds are asked for."""


RenderImages = Callable[[Case], Mapping[str, KeyImagePicture]]


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("report", help="write everything a case exports")
    parser.add_argument("case", metavar="CASE", help="id of a case in the store")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder to write into")
    parser.add_argument(
        "--only",
        metavar="KINDS",
        help=f"which files: {','.join(ALL_KINDS)}; by default pdf,json and of a signed "
        "case also the exports",
    )
    parser.add_argument(
        "--images", metavar="PATH", nargs="+", default=[], help="studies the key images come from"
    )
    add_options(parser)
    parser.add_argument("--paper", choices=[paper.value for paper in Paper], default="a4")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the report of a stored case; 0 when every wanted file is written."""
    chosen = None if args.only is None else wanted_kinds(args.only)
    store = CaseStore.open(store_folder(args.store))
    try:
        case = store.load(args.case).case
        previous = replaced_version(store, case)
    finally:
        store.close()
    now = datetime.now().astimezone()
    files = report_of(
        case,
        now=now,
        paper=Paper(args.paper),
        render_images=pictures_from(args.images),
        kinds=chosen or KINDS,
        previous=previous,
    )
    files = signed_files(files, case, args, now)
    kinds = chosen or (FINAL_KINDS if case.status is CaseStatus.SIGNED else KINDS)
    written = write_files(files, Path(args.out), kinds, exported(case, files, kinds))
    file_report(store_folder(args.store), case, written)
    _print(args, files, written, case)
    return 0


def replaced_version(store: CaseStore, case: Case) -> Case | None:
    """Return the signed version that this one replaces, or None for a first version."""
    if case.version == 1:
        return None
    wanted = case.version - 1
    found = (item for item in store.signed_versions(case.id) if item.version == wanted)
    return next((item.case for item in found), None)


def wanted_kinds(only: str) -> tuple[str, ...]:
    """Return the kinds named by ``--only``.

    Raises
    ------
    UsageError
        When a kind is not one that is made.
    """
    kinds = tuple(dict.fromkeys(word.strip() for word in only.split(",") if word.strip()))
    unknown = [kind for kind in kinds if kind not in ALL_KINDS]
    if unknown or not kinds:
        named = ", ".join(unknown) or "nothing"
        choice = ", ".join(ALL_KINDS)
        raise UsageError(f"--only: {named} cannot be written; choose from {choice}.")
    return kinds


def report_of(
    case: Case,
    *,
    now: datetime,
    paper: Paper = Paper.A4,
    render_images: RenderImages,
    kinds: Sequence[str] = KINDS,
    previous: Case | None = None,
) -> ReportFiles:
    """Return the report of ``case`` with its key images.

    Parameters
    ----------
    render_images : callable
        Makes the pictures of the case's key images; not asked where the case has none.
    kinds : sequence of str
        The sheet and the slides are made only where they are named.
    previous : Case, optional
        The signed version that this one replaces; the report says what changed.
    """
    return make_report(
        case,
        case_record=encode_case(case),
        images=render_images(case) if case.key_images else {},
        settings=settings_for(case, now, paper=paper),
        kinds=kinds,
        previous=previous,
    )


def pictures_from(paths: Sequence[str]) -> RenderImages:
    """Return a renderer that draws key images as the panes do, from the studies under ``paths``.

    Without paths, and for a series that is not there, the report says so in the picture's place.
    """

    def render(case: Case) -> Mapping[str, KeyImagePicture]:
        if not paths:
            return {}
        # Qt and VTK are slow to import and not needed for a case without pictures.
        application = importlib.import_module("workstation.ui.application")
        key_image = importlib.import_module("workstation.ui.key_image")
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        application.make_application()
        catalog = open_paths(paths)
        entries = {entry.key: entry for entry in catalog.volumes}

        def volume_of(key: VolumeKey) -> Volume | None:
            return load_volume(entries[key]) if key in entries else None

        pictures: Mapping[str, KeyImagePicture] = key_image.render_images(case, volume_of)
        return pictures

    return render


def write_files(
    files: ReportFiles,
    folder: Path,
    kinds: tuple[str, ...],
    more: Iterable[tuple[str, bytes]] = (),
) -> list[Path]:
    """Write the wanted files and ``more``, each whole or not at all, and return their paths."""
    private_folder(folder)
    written = []
    for name, content in (*files.named(kinds), *more):
        write_atomically(folder / name, content)
        written.append(folder / name)
    return written


def _print(args: argparse.Namespace, files: ReportFiles, written: list[Path], case: Case) -> None:
    if args.json:
        document = {
            "case": case.id,
            "status": case.status.value,
            "version": case.version,
            "record_sha256": files.record_sha256,
            "files": [str(path) for path in written],
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return
    for path in written:
        sys.stdout.write(f"{path}\n")
