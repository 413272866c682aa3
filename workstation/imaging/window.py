"""Window presets per modality and the window a series starts with.

CT presets: clinical reference, section 8.4. Magnetic resonance has no absolute window: it starts
with robust percentiles. PET ranges: clinical reference, section 8.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.volume import Unit, Volume, WindowSetting

PERCENTILES = (1.0, 99.5)
"""Share of voxels above air below the lower and the upper end of a starting window, percent."""

_SAMPLES = 200_000
_ADC_UPPER = 2.5
_SUV_UNITS = frozenset({Unit.SUVBW, Unit.SUVLBM, Unit.SUVIBW})


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPreset:
    """A named window.

    Parameters
    ----------
    name : str
    setting : WindowSetting
    """

    name: str
    setting: WindowSetting

    @classmethod
    def of(cls, name: str, width: float, level: float) -> WindowPreset:
        """Return a preset from width and level, the order in which readers say them."""
        return cls(name=name, setting=WindowSetting(center=level, width=width))


CT_PRESETS = (
    WindowPreset.of("Soft tissue", 350, 50),
    WindowPreset.of("Bone", 2000, 500),
    WindowPreset.of("Epidural", 300, 60),
    WindowPreset.of("Myelogram", 1500, 400),
    WindowPreset.of("Lung", 1500, -600),
    WindowPreset.of("Spine bone", 1800, 400),
    WindowPreset.of("Spine soft tissue", 250, 50),
    WindowPreset.of("Myelogram, canal", 600, 200),
)
"""In the order of the digit keys."""

PET_PRESETS = tuple(
    WindowPreset.of(f"SUV 0–{upper}", upper, upper / 2) for upper in (5, 7, 10, 15, 20)
)


def presets_for(volume: Volume) -> tuple[WindowPreset, ...]:
    """Return the named windows that make sense for a volume."""
    if volume.unit is Unit.HU:
        return CT_PRESETS
    if volume.unit in _SUV_UNITS:
        return PET_PRESETS
    start = starting_window(volume)
    return (
        WindowPreset(name="Auto", setting=start),
        WindowPreset.of("Narrow", start.width * 0.8, start.center),
        WindowPreset.of("Wide", start.width * 1.2, start.center),
    )


def starting_window(volume: Volume) -> WindowSetting:
    """Return the window a volume is shown with at first.

    CT in HU starts with the header's window when it is sane, PET in SUV with 0 to 5, everything
    else with robust percentiles: header windows of single slices mislead there.
    """
    if volume.unit is Unit.HU:
        return volume.header_window or CT_PRESETS[0].setting
    if volume.unit in _SUV_UNITS:
        return PET_PRESETS[0].setting
    if volume.unit is Unit.ADC:
        return WindowSetting(center=_ADC_UPPER / 2, width=_ADC_UPPER)
    return percentile_window(volume.array)


def percentile_window(array: NDArray[Any]) -> WindowSetting:
    """Return the window from robust percentiles of the voxels above air.

    Parameters
    ----------
    array : ndarray, any shape
        Values; a regular sample of them is looked at.
    """
    flat = array.reshape(-1)
    sample = flat[:: max(1, flat.size // _SAMPLES)].astype(np.float64)
    low_end, high_end = float(sample.min()), float(np.percentile(sample, PERCENTILES[1]))
    air = low_end + 0.02 * (high_end - low_end)
    tissue = sample[sample > air]
    if tissue.size == 0:
        return WindowSetting(center=low_end, width=1.0)
    low, high = (float(value) for value in np.percentile(tissue, PERCENTILES))
    width = max(high - low, 1e-3)
    return WindowSetting(center=low + width / 2.0, width=width)
