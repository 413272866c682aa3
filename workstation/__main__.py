"""``batson`` and ``python -m workstation``: commands by name, anything else opens the window.

Only the module of the command that runs is imported, so that ``batson grade`` starts without Qt,
VTK or pydicom.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import workstation
from workstation.base.errors import UsageError, WorkstationError

EXIT_DONE = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3

COMMANDS: dict[str, str] = {
    "inspect": "list patients, studies, series and refused files",
    "probe": "values at points in patient coordinates",
    "measure": "distances, angles and regions on native voxels",
    "snapshot": "write what a pane would show as a PNG",
    "label": "propose the levels between named points",
    "straighten": "write the straightened spine as a PNG",
    "lesion": "outline a lesion and measure it",
    "grade": "SINS, ESCC, NOMS and survival scores of an answer document",
    "case": "the case store: list, show, apply, export, import",
    "report": "write everything a case exports",
    "demo": "the main job on the shipped demo case",
    "deidentify": "copy DICOM files without identity",
    "plugins": "what plug-ins are there, where from, and whether they run",
    "pin": "set or remove the PIN that opens a locked window",
    "doctor": "check what this machine can render, decode and write",
}
"""Every command and what it does; ``workstation.cli`` has a module of each name but the demo's."""

ABOVE_THE_WINDOW = frozenset({"demo"})
"""Commands that build the whole window; their modules stand above ``bootstrap``."""

logger = logging.getLogger("workstation.cli")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``batson`` with these arguments and return the exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program name; by default those of the process.

    Returns
    -------
    int
        0 done, 1 internal error, 2 wrong usage, 3 input refused, 4 partly done.
    """
    # Whatever is written belongs to its owner alone.
    before = os.umask(0o077)
    try:
        return _run(store_first(sys.argv[1:] if argv is None else argv))
    except SystemExit as stop:
        # argparse leaves this way, after it has printed its own line.
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    except UsageError as error:
        return _fail(error.message, EXIT_USAGE)
    except WorkstationError as error:
        return _fail(error.message, EXIT_REFUSED)
    except BrokenPipeError:
        return _closed_pipe()
    except KeyboardInterrupt:
        return _fail("Interrupted.", EXIT_INTERNAL)
    except Exception as error:
        logger.exception("unexpected %s", type(error).__name__)
        return _fail(
            f"Batson stopped on a fault of its own ({type(error).__name__}); nothing was changed.",
            EXIT_INTERNAL,
        )
    finally:
        os.umask(before)


def _run(arguments: list[str]) -> int:
    _log_nothing_by_default()
    command = _command(arguments)
    parser = _parser(command)
    args = parser.parse_args(arguments)
    if command is None:
        return _open_window(args)
    code: int = args.run(args)
    return code


def store_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``--store DIR`` before the command, wherever it was written.

    Raises
    ------
    UsageError
        When no folder follows: the next word would be taken for one.
    """
    store: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--store":
            folder = next(words, None)
            if folder is None:
                raise UsageError("--store needs a folder.")
            store = [word, folder]
        elif word.startswith("--store="):
            store = [word]
        else:
            rest.append(word)
    return [*store, *rest]


def _log_nothing_by_default() -> None:
    """Keep the library loggers from writing tracebacks to stderr; the window sets up a log file."""
    logging.getLogger("workstation").addHandler(logging.NullHandler())


def _command(arguments: list[str]) -> str | None:
    """Return the command among the arguments: the first word that is no option of ``batson``."""
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--store":
            position += 2
            continue
        if not word.startswith("-"):
            return word if word in COMMANDS else None
        position += 1
    return None


def _parser(command: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="batson",
        description="A workstation for reading spinal metastasis. Not a medical device.",
        epilog="Commands: " + "; ".join(f"{name}: {what}" for name, what in COMMANDS.items()),
    )
    parser.add_argument("--version", action="version", version=f"batson {workstation.__version__}")
    parser.add_argument("--store", metavar="DIR", help="folder of cases, index and settings")
    if command is None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="studies to open")
        return parser
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _command_module(command).add_parser(subparsers)
    return parser


def _command_module(command: str) -> ModuleType:
    package = "workstation" if command in ABOVE_THE_WINDOW else "workstation.cli"
    try:
        return importlib.import_module(f"{package}.{command}")
    except ModuleNotFoundError as error:
        message = f"The command {command} is not part of this installation."
        raise UsageError(message, detail=str(error)) from error


def _open_window(args: argparse.Namespace) -> int:
    from workstation.bootstrap import run_window

    return run_window(args.store, args.paths)


def _fail(message: str, code: int) -> int:
    sys.stderr.write(message.splitlines()[0] + "\n")
    return code


def _closed_pipe() -> int:
    """End quietly when the reader of our output has gone, as ``batson ... | head`` does."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
