"""Every import contract holds for the package, and is seen to fail when it is broken."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).resolve().parents[2]
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
]

# For each contract: in which new module which import breaks it.
BREACHES = {
    "Layers": [
        ("domain/breach.py", "import workstation.app"),
        ("rendering/breach.py", "import workstation.report"),
        ("imaging/breach.py", "import workstation.ui"),
        ("drawer/__init__.py", ""),
    ],
    "The rules core is pure": [
        ("domain/breach.py", "import numpy"),
        ("base/breach.py", "import PySide6.QtCore"),
        ("domain/breach.py", "def late() -> None:\n    import pydicom"),
    ],
    "No Qt and no VTK below the window": [
        ("imaging/breach.py", "import PySide6.QtGui"),
        ("report/breach.py", "import vtkmodules.vtkCommonCore"),
        ("storage/breach.py", "from PySide6 import QtCore"),
    ],
    "Rendering knows neither Qt nor medicine": [
        ("rendering/breach.py", "import workstation.domain.spine"),
        ("rendering/breach.py", "import PySide6.QtGui"),
    ],
    "No VTK in the application and the window": [
        ("ui/breach.py", "import vtkmodules.vtkCommonCore"),
        ("app/breach.py", "from vtkmodules import vtkCommonCore"),
    ],
    "No cycles": [
        (
            "domain/breach.py",
            "import workstation.domain.breach_back",
            "domain/breach_back.py",
            "import workstation.domain.breach",
        )
    ],
}
CASES = [
    pytest.param(name, breach, id=f"{name} {number}")
    for name, breaches in BREACHES.items()
    for number, breach in enumerate(breaches, start=1)
]


def _copy(folder: Path) -> Path:
    """A copy of the package and of its contracts that may be broken."""
    shutil.copytree(
        CHECKOUT / "workstation",
        folder / "workstation",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


def _verdicts(folder: Path) -> dict[str, bool]:
    """Which contracts are kept, as import-linter prints it for this copy."""
    # The copy has to be found before the editable installation.
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from importlinter.cli import lint_imports_command\n"
        "lint_imports_command(['--no-cache'])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    verdicts = {
        name: word == "KEPT"
        for name, word in re.findall(r"^(.+?) (KEPT|BROKEN)\b", text, re.MULTILINE)
    }
    assert sorted(verdicts) == sorted(CONTRACTS), text
    assert (done.returncode == 0) == all(verdicts.values())
    return verdicts


def test_every_contract_has_a_breach() -> None:
    assert sorted(BREACHES) == sorted(CONTRACTS)


def test_the_package_keeps_every_contract(tmp_path: Path) -> None:
    assert _verdicts(_copy(tmp_path)) == dict.fromkeys(CONTRACTS, True)


@pytest.mark.parametrize(("name", "breach"), CASES)
def test_a_breach_is_seen(name: str, breach: tuple[str, ...], tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    for path, code in zip(breach[::2], breach[1::2], strict=True):
        target = copy / "workstation" / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(f'"""Breaks a contract on purpose."""\n{code}\n', "utf-8")
    assert not _verdicts(copy)[name]
