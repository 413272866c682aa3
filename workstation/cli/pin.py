"""``batson pin``: the PIN that opens a window which was left alone."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from workstation.app.idle_lock import PinLock
from workstation.base.paths import store_folder

_DONE = 0


def add_parser(subparsers: Any) -> None:
    """Add the command and its actions."""
    parser = subparsers.add_parser("pin", help="the PIN that opens a locked window")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("set", help="choose a PIN").set_defaults(run=_set)
    actions.add_parser("remove", help="do without one").set_defaults(run=_remove)


def _set(args: argparse.Namespace) -> int:
    lock = PinLock(store_folder(args.store))
    if lock.is_set:
        lock.check(_asked("PIN until now: "))
    lock.set_pin(_asked("New PIN: "))
    sys.stdout.write("The window locks when it is left alone.\n")
    return _DONE


def _remove(args: argparse.Namespace) -> int:
    lock = PinLock(store_folder(args.store))
    if lock.is_set:
        lock.check(_asked("PIN until now: "))
    lock.remove()
    sys.stdout.write("The window does not lock any more.\n")
    return _DONE


def _asked(words: str) -> str:
    """Return what is typed, unseen at a terminal; never from the command line, which others see."""
    if sys.stdin.isatty():
        return getpass.getpass(words)
    return sys.stdin.readline().strip()
