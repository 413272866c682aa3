"""Make resources/demo from unpacked copies of its two sources.

Usage: make_demo_data.py CT_FOLDER MR_FOLDER [--out resources/demo]

Only the encoding of the pixels changes, to JPEG-LS lossless with the precision that Bits Stored
names; every other element stays as it was, so the UIDs stay too (PS3.3 C.12.1.1.1 asks for a new
SOP Instance UID only after a lossy step). Each file is decoded again, by another decoder than the
one that wrote it, and compared. Needs pyjpegls beside the locked packages.
"""

import argparse
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.uid import JPEGLSLossless

LIMIT_BYTES = 25_000_000


def in_order(folder: Path) -> list[pydicom.Dataset]:
    """Slices of a folder along their normal."""
    slices = [pydicom.dcmread(path) for path in sorted(folder.rglob("*")) if path.is_file()]

    def depth(dataset: pydicom.Dataset) -> float:
        cosines = np.asarray(dataset.ImageOrientationPatient, dtype=float)
        normal = np.cross(cosines[:3], cosines[3:])
        return float(normal @ np.asarray(dataset.ImagePositionPatient, dtype=float))

    return sorted(slices, key=depth)


def compress(dataset: pydicom.Dataset, path: Path) -> None:
    """Write one slice losslessly and prove that its pixels came through."""
    original = dataset.pixel_array.copy()
    dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    dataset.save_as(path)
    written = pydicom.dcmread(path)
    (frame,) = generate_frames(written.PixelData, number_of_frames=1)
    if not np.array_equal(imagecodecs.jpegls_decode(frame), original):
        raise SystemExit(f"{path} does not decode to the pixels it was made from")


def main() -> int:
    """Write both series and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ct", type=Path)
    parser.add_argument("mr", type=Path)
    parser.add_argument("--out", type=Path, default=Path("resources/demo"))
    args = parser.parse_args()
    total = 0
    for source, name in ((args.ct, "ct-thoracic"), (args.mr, "mr-lumbar")):
        target = args.out / name
        target.mkdir(parents=True, exist_ok=True)
        for number, dataset in enumerate(in_order(source), start=1):
            path = target / f"{number:03}.dcm"
            compress(dataset, path)
            total += path.stat().st_size
        print(f"{name}: {number} slices")
    print(f"{total / 1e6:.1f} MB")
    return 0 if total <= LIMIT_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
