"""Phantoms written once per way of writing, and the real samples of tests/data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.phantom import Phantom, variants, write_phantom
from workstation.imaging.catalog import Catalog, load_volume, open_paths
from workstation.imaging.volume import Volume

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def phantom_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a phantom by the name of its variant."""
    written: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in written:
            written[name] = tmp_path_factory.mktemp("phantom")
            write_phantom(written[name], variants()[name])
        return written[name]

    return folder


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[Phantom], Catalog]:
    """Return the catalog of a phantom that is written for this test alone."""

    def open_phantom(phantom: Phantom) -> Catalog:
        write_phantom(tmp_path / "series", phantom)
        return open_paths([tmp_path / "series"])

    return open_phantom


@pytest.fixture
def read(opened: Callable[[Phantom], Catalog]) -> Callable[[Phantom], Volume]:
    """Return the only volume of a phantom that is written for this test alone."""

    def read_phantom(phantom: Phantom) -> Volume:
        (entry,) = opened(phantom).volumes
        return load_volume(entry)

    return read_phantom


@pytest.fixture
def axial(phantom_folder: Callable[[str], Path]) -> Volume:
    """Return the axial CT phantom, 2 x 2 x 3 mm."""
    (entry,) = open_paths([phantom_folder("axial")]).volumes
    return load_volume(entry)


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of real samples."""
    return DATA
