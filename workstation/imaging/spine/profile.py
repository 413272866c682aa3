"""Filters over sampled profiles and small pictures: smoothing, running means, robust scale."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SCALE_PERCENTILE = 95.0
"""A profile is divided by this percentile of itself so that different evidence adds up."""


def smoothed(values: NDArray[Any], sigma: float, axis: int = 0) -> Array:
    """Return values smoothed by a gaussian along one axis, edges continued.

    Parameters
    ----------
    values : ndarray
    sigma : float
        In samples; 0 returns the values.
    axis : int
    """
    array = np.moveaxis(np.asarray(values, dtype=np.float64), axis, 0)
    reach = min(int(3.0 * sigma + 0.5), max(len(array) - 1, 0))
    if reach == 0:
        return np.moveaxis(array, 0, axis)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    padded = np.concatenate([array[:1].repeat(reach, 0), array, array[-1:].repeat(reach, 0)])
    total = np.zeros_like(array)
    for offset, weight in enumerate(weights):
        total += weight * padded[offset : offset + len(array)]
    return np.moveaxis(total, 0, axis)


def window_sums(values: Array, low: NDArray[np.intp], high: NDArray[np.intp]) -> Array:
    """Return sums along the last axis from ``low`` to ``high`` (excluded), clamped to the array.

    Parameters
    ----------
    values : ndarray, shape (n, m), float64
    low, high : ndarray, shape (n, m) or broadcastable, int
    """
    count = values.shape[-1]
    sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=-1)], axis=-1)
    rows = np.arange(len(values))[:, None]
    total: Array = sums[rows, np.clip(high, 0, count)] - sums[rows, np.clip(low, 0, count)]
    return total


def running_median(values: Array, window: int) -> Array:
    """Return the median over a centered window, edges continued."""
    half = max(window // 2, 1)
    padded = np.pad(values, half, mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    medians: Array = np.median(views[: len(values)], axis=-1)
    return medians


def normalized(values: Array) -> Array:
    """Return a profile divided by its 95th percentile, clipped to 0 to 1."""
    scale = float(np.percentile(values, SCALE_PERCENTILE))
    if scale <= 0.0:
        return np.zeros_like(values)
    return np.clip(values / scale, 0.0, 1.0)


def bilinear(image: Array, row: Array, column: Array) -> Array:
    """Return bilinear values of a picture at fractional rows and columns, clamped to its edge."""
    rows, columns = image.shape
    r = np.clip(row, 0.0, rows - 1.001)
    c = np.clip(column, 0.0, columns - 1.001)
    r0, c0 = r.astype(np.intp), c.astype(np.intp)
    fr, fc = r - r0, c - c0
    flat = np.ascontiguousarray(image).ravel()
    at = r0 * columns + c0
    upper = flat[at] * (1.0 - fc) + flat[at + 1] * fc
    lower = flat[at + columns] * (1.0 - fc) + flat[at + columns + 1] * fc
    values: Array = upper * (1.0 - fr) + lower * fr
    return values
