"""Folders that the commands of several modules read."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of real samples."""
    return Path(__file__).parents[1] / "data"
