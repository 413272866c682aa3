"""``batson report --sign``: the PDF with a signature of the store's key or of a hospital's."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workstation.base.errors import UsageError
from workstation.base.paths import store_folder
from workstation.domain.case import Case, CaseStatus
from workstation.report.service import ReportFiles
from workstation.report.signing import sign_pdf
from workstation.report.signing_identity import (
    SigningIdentity,
    identity_from_file,
    local_identity,
)

PASSPHRASE = "BATSON_KEY_PASSPHRASE"
"""The environment variable that holds the passphrase of ``--key``: other users of a computer see
what stands on a command line."""


def add_options(parser: Any) -> None:
    """Add the options of the signature."""
    parser.add_argument(
        "--sign", action="store_true", help="sign the PDF with the key of the store"
    )
    parser.add_argument(
        "--key",
        metavar="FILE",
        help=f"sign with this PKCS#12 file; its passphrase in {PASSPHRASE}",
    )


def signed_files(files: ReportFiles, case: Case, args: Any, now: datetime) -> ReportFiles:
    """Return the report with its PDF signed where that was asked for.

    Raises
    ------
    UsageError
        When a draft is to be signed.
    ReportError
        When the key cannot be used.
    """
    if not (args.sign or args.key):
        return files
    if case.status is not CaseStatus.SIGNED or case.signature is None:
        raise UsageError("--sign: this case is a draft; sign it first.")
    return replace(files, pdf=sign_pdf(files.pdf, _identity(args, now), name=case.signature.name))


def _identity(args: Any, now: datetime) -> SigningIdentity:
    if args.key:
        return identity_from_file(Path(args.key), os.environ.get(PASSPHRASE, ""))
    return local_identity(store_folder(args.store), now)
