"""How large a volume this machine can hold."""

from __future__ import annotations

import os

LARGEST_BYTES = 16 * 1024**3
"""Largest volume on any machine."""

SHARE_OF_MEMORY = 0.7
"""Part of the physical memory that one volume may take."""


def largest_volume_bytes() -> int:
    """Return the size above which a volume is refused before it is read."""
    physical = _physical_bytes()
    if physical is None:
        return LARGEST_BYTES
    return min(LARGEST_BYTES, int(SHARE_OF_MEMORY * physical))


def _physical_bytes() -> int | None:
    """Return the memory of this machine, or None where the platform does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
