"""The locks: pinned, hashed, naming no place, free of licenses that we may not use."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^\s\\]+)", re.MULTILINE)
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def _text(lock: str) -> str:
    return (CHECKOUT / lock).read_text("utf-8")


def _pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall(_text(lock)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~ ;\[]", name)[0]).lower()


def _declared(*extras: str) -> set[str]:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    optional = project["optional-dependencies"]
    names = [*project["dependencies"], *(name for extra in extras for name in optional[extra])]
    return {_normal(name) for name in names}


@pytest.mark.parametrize("lock", LOCKS)
def test_it_names_no_host_and_no_path(lock: str) -> None:
    code = "\n".join(line for line in _text(lock).splitlines() if not line.startswith("#"))
    assert "//" not in code
    assert not re.search(r"(^|\s)/\w", _text(lock))
    assert not re.search(r"^-", code, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", _text(lock))[1:]
    assert len(blocks) == len(_pins(lock))
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_program_lock_has_what_the_program_declares() -> None:
    assert _declared("build") <= set(_pins("requirements.lock"))


def test_the_development_lock_has_everything() -> None:
    assert _declared("build", "dev") <= set(_pins("requirements-dev.lock"))


def test_both_locks_agree() -> None:
    everything = _pins("requirements-dev.lock")
    assert {name: everything.get(name) for name in _pins("requirements.lock")} == (
        _pins("requirements.lock")
    )


@pytest.mark.parametrize("name", sorted(_pins("requirements-dev.lock")))
def test_its_license_is_one_that_we_may_use(name: str) -> None:
    metadata = importlib.metadata.distribution(name).metadata
    expression = metadata.get("License-Expression") or ""
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License")]
    # One permitted choice is enough where the authors offer several: PySide6 is LGPL-3 or GPL.
    choices = re.split(r"\bOR\b", expression) if expression else classifiers
    assert not choices or [choice for choice in choices if not COPYLEFT.search(choice)]


def test_the_forbidden_decoder_is_not_there() -> None:
    assert "pylibjpeg-libjpeg" not in _pins("requirements-dev.lock")
