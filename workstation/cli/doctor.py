"""``batson doctor``: what this machine can render, decode and write."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from typing import Any

import workstation
from workstation.app.workstation_check import Check, CheckState, check_workstation
from workstation.base.paths import store_folder

_WORDS = {CheckState.GOOD: "ok", CheckState.CAUTION: "note", CheckState.BAD: "FAIL"}


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "doctor", help="check what this machine can render, decode and write"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the checks; 0 when everything needed works, 1 when something does not."""
    checks = check_workstation(store_folder(args.store))
    failed = any(check.state is CheckState.BAD for check in checks)
    sys.stdout.write((_as_json(checks) if args.json else _as_text(checks)) + "\n")
    return 1 if failed else 0


def _as_json(checks: tuple[Check, ...]) -> str:
    document = {
        "version": workstation.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "checks": [asdict(check) for check in checks],
    }
    return json.dumps(document, indent=2)


def _as_text(checks: tuple[Check, ...]) -> str:
    width = max(len(check.name) for check in checks)
    lines = [f"Batson {workstation.__version__}, Python {platform.python_version()}"]
    for check in checks:
        detail = f"  ({check.detail})" if check.detail else ""
        lines.append(f"{_WORDS[check.state]:<5} {check.name:<{width}}  {check.text}{detail}")
    return "\n".join(lines)
