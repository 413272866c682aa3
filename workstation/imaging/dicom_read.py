"""The one gate: a stack of pictures becomes a Volume in patient coordinates, with its unit.

Nothing else in Batson turns DICOM pixels into numbers. Values are rescaled per slice, kept as
int16 where they are whole numbers that fit, and marked with everything the header leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.decode_pool import WORKERS as DECODERS
from workstation.imaging.image_frame import ImageFrame
from workstation.imaging.memory import largest_volume_bytes
from workstation.imaging.overlay_planes import has_overlays
from workstation.imaging.pet_scale import PetEntries
from workstation.imaging.pixel_codecs import damaged_pixels
from workstation.imaging.pixel_layout import check_pixels
from workstation.imaging.pixel_read import (
    read_in_place,
    read_stored,
    reads_in_place,
    stored_range,
)
from workstation.imaging.shear import shifted_slice, upright_geometry
from workstation.imaging.stack_geometry import FrameStack
from workstation.imaging.suv import SuvKind
from workstation.imaging.value_scale import (
    ValueScale,
    header_window,
    implausible_hu,
    padding_range,
    value_scale,
)
from workstation.imaging.volume import Finding, RejectedFile, SeriesIdentity, Unit, Volume

READERS = 2
"""Threads that read native slices; more only get in each other's way on a warm disk cache."""

PORTION = 16
"""Slices that a thread reads before it reports."""

MAX_VOLUME_BYTES = largest_volume_bytes()
"""Volumes larger than this are refused before anything is read."""

_INT16 = (-32768, 32767)
_BACKGROUND_HU = -1024.0
_PLAUSIBLE_SHARE = 64
"""At least this many slices are looked at when the range of CT values is judged."""

_PLAUSIBLE_ROWS = 4
"""Every so many rows of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a reader may choose when a series is read.

    Parameters
    ----------
    suv_kind : SuvKind
    pet_entries : PetEntries or None
        Weight, dose or height typed by a reader because the header lacks it.
    """

    suv_kind: SuvKind = SuvKind.BODY_WEIGHT
    pet_entries: PetEntries | None = None


class _TooWideError(Exception):
    """A stored value does not fit into int16 after rescale."""


class StackReader:
    """Reads the pictures of one stack into one preallocated volume.

    Parameters
    ----------
    stack : FrameStack
    identity : SeriesIdentity
    index : int
        Number of the volume within its series.
    findings : tuple of Finding
        What is already known about the series.
    options : ReadOptions

    Raises
    ------
    InputRefusedError
        When a picture cannot be read; decided from headers, before anything is allocated.
    """

    def __init__(
        self,
        stack: FrameStack,
        identity: SeriesIdentity,
        *,
        index: int = 0,
        findings: tuple[Finding, ...] = (),
        options: ReadOptions | None = None,
    ) -> None:
        chosen = options or ReadOptions()
        for frame in stack.frames:
            check_pixels(frame.layout, frame.header.size)
        self._stack = stack
        self._scale = value_scale(
            stack.frames,
            identity.modality,
            suv_kind=chosen.suv_kind,
            pet_entries=chosen.pet_entries,
        )
        self._identity = identity
        self._index = index
        self._findings = findings
        self._geometry = upright_geometry(stack)
        self._padding = padding_range(stack.frames, self._scale)
        self._whole = not stack.sheared and _is_whole(stack, self._scale)
        self._array = self._allocate()
        self._loaded = np.zeros(self._geometry.shape_kji[0], dtype=np.bool_)
        self._refused: dict[int, RejectedFile] = {}

    def _allocate(self) -> NDArray[Any]:
        dtype = np.dtype(np.int16 if self._whole else np.float32)
        size = int(np.prod(self._geometry.shape_kji, dtype=np.int64)) * dtype.itemsize
        if size > MAX_VOLUME_BYTES:
            raise InputRefusedError(
                f"This volume would need {size / 1024**3:.0f} GB of memory; Batson opens up to "
                f"{MAX_VOLUME_BYTES / 1024**3:.0f} GB.",
                code="too-large",
            )
        array = np.zeros(self._geometry.shape_kji, dtype=dtype)
        for k in self._stack.missing_slices:
            array[k] = self.background
        return array

    @property
    def background(self) -> float:
        """Value of voxels without data."""
        if self._padding is not None:
            low = self._padding[0]
            return low if _INT16[0] <= low <= _INT16[1] else 0.0
        return _BACKGROUND_HU if self._scale.unit is Unit.HU else 0.0

    @property
    def preview(self) -> Volume:
        """The volume as it is filled: the same voxels, seen read-only, before they are judged."""
        loaded = self._loaded
        pending = tuple(
            k for n, k in enumerate(self._stack.slices) if not loaded[k] and n not in self._refused
        )
        return self._volume(self._scale, pending)

    @property
    def loaded(self) -> NDArray[np.bool_]:
        """Which slices k hold their picture by now, shape (k,)."""
        return self._loaded.copy()

    def read(
        self, *, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> Volume:
        """Return the volume with every slice read, from the middle outward."""
        token = cancel or CancelToken()
        try:
            self._read_all(progress, token)
        except _TooWideError:
            self._whole = False
            self._array = self._allocate()
            self._loaded[:] = False
            self._read_all(progress, token)
        self._check_refused()
        return self._volume(self._judged())

    def _check_refused(self) -> None:
        """Refuse the volume when most of its pictures could not be read."""
        if len(self._refused) * 2 > len(self._stack.frames):
            first = self._refused[min(self._refused)]
            raise InputRefusedError(
                f"{len(self._refused)} of {len(self._stack.frames)} images cannot be read. "
                f"{first.reason}",
                code=first.code,
            )

    def _read_all(self, progress: Progress, cancel: CancelToken) -> None:
        count = len(self._stack.frames)
        readers = DECODERS if self._stack.frames[0].layout.encapsulated else READERS
        with ThreadPoolExecutor(readers, thread_name_prefix="slice") as pool:
            done = 0
            try:
                for read in pool.map(lambda few: self._read_few(few, cancel), _portions(count)):
                    for _ in range(read):
                        done += 1
                        progress(done, count)
                    cancel.check()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _read_few(self, few: Sequence[int], cancel: CancelToken) -> int:
        for n in few:
            self._read_one(n, cancel)
        return len(few)

    def _read_one(self, n: int, cancel: CancelToken) -> None:
        cancel.check()
        frame = self._stack.frames[n]
        k = self._stack.slices[n]
        target = self._array[k]
        try:
            if self._whole:
                self._read_whole(frame, n, target)
            else:
                self._read_float(frame, n, target)
            self._loaded[k] = True
        except InputRefusedError as refusal:
            target[...] = self.background
            path = frame.header.shown
            self._refused[n] = RejectedFile(path=path, code=refusal.code, reason=refusal.message)

    def _read_whole(self, frame: ImageFrame, n: int, target: NDArray[np.int16]) -> None:
        slope, intercept = int(self._scale.slopes[n]), int(self._scale.intercepts[n])
        if slope == 1 and abs(intercept) <= _INT16[1] and reads_in_place(frame):
            read_in_place(frame, target)
            if intercept:
                target += np.int16(intercept)
            self._check_not_wrapped(frame, target, intercept)
            return
        values = read_stored(frame).astype(np.int32) * slope + intercept
        if values.min() < _INT16[0] or values.max() > _INT16[1]:
            raise _TooWideError
        target[...] = values

    def _check_not_wrapped(
        self, frame: ImageFrame, target: NDArray[np.int16], intercept: int
    ) -> None:
        """Make sure that no value left int16; what wraps around lands beyond the possible range."""
        low, high = (value + intercept for value in stored_range(frame.layout))
        above = high > _INT16[1] and int(target.min()) < max(low, _INT16[0])
        below = low < _INT16[0] and int(target.max()) > min(high, _INT16[1])
        if above or below:
            raise _TooWideError

    def _read_float(self, frame: ImageFrame, n: int, target: NDArray[np.float32]) -> None:
        scale = self._scale
        with np.errstate(over="ignore", invalid="ignore"):
            values = read_stored(frame).astype(np.float64)
            values *= scale.slopes[n]
            values += scale.intercepts[n]
            values *= scale.factors[n]
        if not np.isfinite(values).all():
            raise damaged_pixels("it holds values that are not numbers")
        if self._stack.sheared:
            k = self._stack.slices[n]
            target[...] = shifted_slice(values, self._stack, k, self.background)
        else:
            target[...] = values

    def _volume(self, scale: ValueScale, pending: tuple[int, ...] = ()) -> Volume:
        array = self._array.view()
        array.setflags(write=False)
        stack = self._stack
        numbers = np.zeros(self._geometry.shape_kji[0], dtype=np.int64)
        factors = np.ones(self._geometry.shape_kji[0])
        unread = tuple(stack.slices[n] for n in self._refused)
        for n, frame in enumerate(stack.frames):
            numbers[stack.slices[n]] = frame.instance_number
            factors[stack.slices[n]] = scale.factors[n]
        return Volume(
            array=array,
            geometry=self._geometry,
            unit=scale.unit,
            identity=self._identity,
            volume_index=self._index,
            findings=tuple(dict.fromkeys(self._all_findings(scale))),
            raw_factor=factors if scale.converted else None,
            raw_unit=scale.raw_unit,
            header_window=header_window(stack.frames[0]),
            slice_numbers=tuple(int(number) for number in numbers),
            missing_slices=tuple(sorted((*stack.missing_slices, *unread, *pending))),
            pending_slices=pending,
            rejected=tuple(self._refused[n] for n in sorted(self._refused)),
            padding_range=self._padding,
            resampled="gantry tilt corrected" if stack.sheared else "",
            facts={**scale.facts, **_drawn_over(stack.frames)},
        )

    def _all_findings(self, scale: ValueScale) -> Iterator[Finding]:
        yield from (*self._findings, *self._stack.findings, *scale.findings)
        if self._refused:
            count = len(self._refused)
            what = "1 slice" if count == 1 else f"{count} slices"
            yield Finding(
                code="unreadable-slice",
                message=f"{what} could not be read; nothing is measured across the gap.",
            )

    def _judged(self) -> ValueScale:
        """Return the scale, without HU where the values contradict it."""
        if self._scale.unit is not Unit.HU:
            return self._scale
        sample = self._array[:: max(1, len(self._array) // _PLAUSIBLE_SHARE), ::_PLAUSIBLE_ROWS]
        kept = sample if self._padding is None else sample[~_within(sample, self._padding)]
        if kept.size == 0:
            return self._scale
        finding = implausible_hu(float(kept.min()), float(kept.max()))
        if finding is None:
            return self._scale
        return replace(
            self._scale,
            unit=Unit.ARBITRARY,
            raw_unit=Unit.ARBITRARY,
            findings=(*self._scale.findings, finding),
        )


def _drawn_over(frames: Sequence[ImageFrame]) -> dict[str, str]:
    """Return the fact that a device drew over the pictures, where one did."""
    count = sum(has_overlays(frame) for frame in frames)
    return {"overlays": f"drawn over {count} of {len(frames)} images"} if count else {}


def _within(values: NDArray[Any], limits: tuple[float, float]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (values >= limits[0]) & (values <= limits[1])
    return inside


def _is_whole(stack: FrameStack, scale: ValueScale) -> bool:
    """Whether every value is a whole number that may fit into int16."""
    if scale.converted or any(frame.layout.floating for frame in stack.frames):
        return False
    if any(frame.layout.bits_allocated > 16 for frame in stack.frames):
        return False
    return all(value.is_integer() for value in (*scale.slopes, *scale.intercepts))


def _portions(count: int) -> Iterator[list[int]]:
    """Yield slices from the middle outward, the first by itself, then a few at a time."""
    order = list(middle_out(count))
    yield order[:1]
    for start in range(1, count, PORTION):
        yield order[start : start + PORTION]


def middle_out(count: int) -> Iterator[int]:
    """Yield 0..count-1 from the middle outward, so that what is looked at first comes first."""
    middle = count // 2
    yield from sorted(range(count), key=lambda n: (abs(n - middle), n))
