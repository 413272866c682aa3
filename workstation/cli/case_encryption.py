"""``batson case encrypt`` and ``decrypt``: the store under a key in the system's keyring."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workstation.base.errors import StoreError
from workstation.base.paths import store_folder
from workstation.storage import encryption, file_seal
from workstation.storage.case_store import CaseStore
from workstation.storage.sqlite_file import FILE_NAME, LOCK_NAME
from workstation.storage.store_lock import StoreLock

_DONE = 0


def add_parser(actions: Any) -> None:
    """Add both actions and their options."""
    encrypt = actions.add_parser("encrypt", help="encrypt the store, its key in the keyring")
    encrypt.add_argument(
        "--recover", action="store_true", help="read the recovery phrase from standard input"
    )
    encrypt.set_defaults(run=run_encrypt)
    decrypt = actions.add_parser("decrypt", help="make an encrypted store a plain one")
    decrypt.set_defaults(run=run_decrypt)


def run_encrypt(args: argparse.Namespace) -> int:
    """Encrypt the store and show its recovery phrase once, or take the phrase back in."""
    home = store_folder(args.store)
    if args.recover:
        encryption.recover(home / FILE_NAME, sys.stdin.readline())
        sys.stdout.write("The key is in the keyring again.\n")
        return _DONE
    # Opened once, so that there is a store, up to date and with its log taken in.
    CaseStore.open(home).close()
    with _alone(home) as path:
        phrase = encryption.encrypt(path)
    sys.stdout.write(f"The case store is encrypted. Write this down, it is shown once:\n{phrase}\n")
    left = encryption.plain_copies(home)
    if left:
        sys.stdout.write(f"Not encrypted and to be removed by you: {', '.join(left)}\n")
    return _DONE


def run_decrypt(args: argparse.Namespace) -> int:
    """Make the store a plain one."""
    home = store_folder(args.store)
    with _alone(home) as path:
        encryption.decrypt(path)
    sys.stdout.write("The case store is not encrypted any more.\n")
    return _DONE


@contextmanager
def _alone(home: Path) -> Iterator[Path]:
    """Hold the closed store, so that nobody opens it while it changes."""
    lock = StoreLock(home / LOCK_NAME)
    holder = lock.acquire()
    if holder is not None:
        raise StoreError(f"These cases are open in {holder.words}. Close it first.", code="busy")
    try:
        path = home / FILE_NAME
        yield path
        file_seal.unseal(path)
    finally:
        lock.release()
