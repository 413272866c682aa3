"""The asymmetric object as one enhanced multi-frame file, frames in any order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import (
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
)

from tests.support.phantom import Phantom, common_dataset, put_pixels, save

ENHANCED = {
    "CT": EnhancedCTImageStorage,
    "MR": EnhancedMRImageStorage,
    "PT": EnhancedPETImageStorage,
}


def item(**values: object) -> Dataset:
    """Return a sequence item."""
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def write_multiframe(
    path: Path,
    phantom: Phantom,
    *,
    order: Sequence[int] | None = None,
    offsets: str = "basic",
    legacy: bool = False,
) -> Path:
    """Write the object as one file.

    ``order`` gives the slice of each frame (shuffled by default); ``offsets`` is ``basic``,
    ``extended`` or ``none`` for compressed frames; ``legacy`` writes a converted object.
    """
    count = phantom.size[2]
    chosen = list(order) if order is not None else list(np.random.default_rng(5).permutation(count))
    dataset = common_dataset(phantom)
    dataset.SOPClassUID = (
        LegacyConvertedEnhancedCTImageStorage if legacy else ENHANCED[phantom.modality]
    )
    dataset.SOPInstanceUID = f"{phantom.series_uid}.77"
    dataset.InstanceNumber = 1
    dataset.NumberOfFrames = len(chosen)
    row, column = phantom.axes
    dataset.SharedFunctionalGroupsSequence = [
        item(
            PlaneOrientationSequence=[
                item(ImageOrientationPatient=[round(float(v), 9) for v in (*row, *column)])
            ],
            PixelMeasuresSequence=[
                item(
                    PixelSpacing=[phantom.spacing[1], phantom.spacing[0]],
                    SliceThickness=phantom.spacing[2],
                )
            ],
        )
    ]
    dataset.PerFrameFunctionalGroupsSequence = [
        _frame_item(phantom, int(k), number) for number, k in enumerate(chosen)
    ]
    for keyword, value in phantom.tags.items():
        setattr(dataset, keyword, value)
    stored = np.stack([phantom.stored(int(k)) for k in chosen])
    put_pixels(dataset, phantom, stored)
    if phantom.encode is not None:
        _encapsulate(dataset, [phantom.encode(frame) for frame in stored], offsets)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(dataset, path, phantom.syntax)
    return path


def _frame_item(phantom: Phantom, k: int, number: int) -> Dataset:
    return item(
        PlanePositionSequence=[
            item(ImagePositionPatient=[round(float(v), 6) for v in phantom.origin(k)])
        ],
        FrameContentSequence=[
            item(StackID="1", InStackPositionNumber=k + 1, DimensionIndexValues=[1, number + 1])
        ],
        PixelValueTransformationSequence=[
            item(
                RescaleSlope=phantom.slope,
                RescaleIntercept=phantom.intercept,
                RescaleType="HU" if phantom.modality == "CT" else "US",
            )
        ],
    )


def _encapsulate(dataset: Dataset, frames: list[bytes], offsets: str) -> None:
    if offsets == "extended":
        pixels, starts, lengths = encapsulate_extended(frames)
        dataset.PixelData = pixels
        dataset.ExtendedOffsetTable = starts
        dataset.ExtendedOffsetTableLengths = lengths
    else:
        pieces = 3 if offsets == "none" else 2
        dataset.PixelData = encapsulate(
            frames, fragments_per_frame=pieces, has_bot=offsets == "basic"
        )
    dataset["PixelData"].VR = "OB"
