import os

import pytest

from workstation.imaging import memory
from workstation.imaging.memory import LARGEST_BYTES, largest_volume_bytes

GIB = 1024**3


@pytest.mark.parametrize(
    ("physical", "expected"),
    [(8 * GIB, int(0.7 * 8 * GIB)), (512 * GIB, LARGEST_BYTES), (None, LARGEST_BYTES)],
)
def test_limit_follows_the_machine(monkeypatch, physical, expected):
    monkeypatch.setattr(memory, "_physical_bytes", lambda: physical)
    assert largest_volume_bytes() == expected


def test_platform_that_does_not_tell(monkeypatch):
    def unknown(name):
        raise ValueError(name)

    monkeypatch.setattr(os, "sysconf", unknown)
    assert largest_volume_bytes() == LARGEST_BYTES
