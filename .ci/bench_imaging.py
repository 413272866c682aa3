"""Speed and memory of the reading layer, against SimpleITK, pydicom and a plain read."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench import RUNS, row

SLICES, ROWS = 600, 512
KNOWN_FILES = 3000

_HEADER_TAGS = {"modality": "CT", "study": "1.2.826.0.1.3680043.10.2"}


def write_ct(folder: Path, slices: int, rows: int, series: str) -> None:
    """Write an axial CT series of noise with anatomy-like values, explicit little endian."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    folder.mkdir(parents=True)
    noise = np.random.default_rng(1).integers(0, 3000, (rows, rows)).astype(np.uint16)
    for k in range(slices):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"{series}.{k + 1}"
        data = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID = CTImageStorage
        data.SOPInstanceUID = f"{series}.{k + 1}"
        data.PatientID, data.PatientName = "BENCH", "Bench^Mark"
        data.StudyInstanceUID, data.SeriesInstanceUID = _HEADER_TAGS["study"], series
        data.FrameOfReferenceUID = f"{series}.0"
        data.StudyDate, data.StudyTime, data.Modality = "20260314", "120000", "CT"
        data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        data.SeriesNumber, data.InstanceNumber, data.SeriesDescription = 3, k + 1, "Bench"
        data.Manufacturer, data.ConvolutionKernel, data.KVP = "Batson", "B30f", 120
        data.ImagePositionPatient = [-180.0, -180.0, float(k)]
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.PixelSpacing, data.SliceThickness = [0.7, 0.7], 1.0
        data.Rows = data.Columns = rows
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated = data.BitsStored = 16
        data.HighBit, data.PixelRepresentation = 15, 0
        data.RescaleSlope, data.RescaleIntercept, data.RescaleType = 1, -1024, "HU"
        data.WindowCenter, data.WindowWidth = 40, 400
        data.PixelData = np.roll(noise, k).tobytes()
        data.save_as(folder / f"im{(k * 7919) % slices:05d}", enforce_file_format=True)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds a piece of work takes; its result is dropped after the clock stops."""
    start = time.perf_counter()
    result = work()
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def medians(*works: Callable[[], float], runs: int = RUNS) -> list[float]:
    """Return the median of each measurement, taken in turn after one warm-up round."""
    for work in works:
        work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, times in zip(works, taken, strict=True):
            times.append(work())
    return [statistics.median(times) for times in taken]


def plain_read(folder: Path) -> np.ndarray:
    """Return every byte of a folder, read as it is into memory of its own."""
    paths = sorted(folder.iterdir())
    sizes = [path.stat().st_size for path in paths]
    held = np.empty(sum(sizes), np.uint8)
    start = 0
    for path, size in zip(paths, sizes, strict=True):
        with path.open("rb", buffering=0) as file:
            file.readinto(held[start : start + size].data)
        start += size
    return held


def simpleitk_read(folder: Path) -> object:
    """Return the series as SimpleITK's own scan and reader give it."""
    import SimpleITK as sitk

    reader = sitk.ImageSeriesReader()
    (series,) = reader.GetGDCMSeriesIDs(str(folder))
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder), series))
    return reader.Execute()


def our_read(folder: Path) -> object:
    """Return the only volume of a folder."""
    from workstation.imaging.catalog import load_volume, open_paths

    (entry,) = open_paths([folder]).volumes
    return load_volume(entry)


def first_image_s(folder: Path) -> float:
    """Return the seconds until the first slice of a folder never seen is in memory."""
    from workstation.base.errors import CancelledError
    from workstation.base.task import CancelToken
    from workstation.imaging.catalog import begin_volume, open_paths

    start = time.perf_counter()
    (entry,) = open_paths([folder]).volumes
    token = CancelToken()
    seen: list[float] = []

    def progress(done: int, total: int) -> None:
        seen.append(time.perf_counter() - start)
        token.cancel()

    with contextlib.suppress(CancelledError):
        begin_volume(entry).read(progress=progress, cancel=token)
    return seen[0]


def pydicom_scan(folder: Path) -> int:
    """Read every header with pydicom and return how many there are."""
    import pydicom

    return sum(
        pydicom.dcmread(path, stop_before_pixels=True) is not None for path in folder.iterdir()
    )


def peak_mb(folder: Path) -> float:
    """Return the peak memory of a process that opens one CT, as the system counts it, MB."""
    script = (
        "import sys;"
        "from workstation.imaging.catalog import load_volume,open_paths;"
        "(e,)=open_paths([sys.argv[1]]).volumes;v=load_volume(e);"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
    )
    return int(done.stdout) * 1024 / 1e6


def reading_rows(folder: Path, index: object) -> list[dict[str, object]]:
    """Return the rows of opening a 600-slice CT."""
    from workstation.imaging.catalog import load_volume, open_paths

    open_paths([folder], index=index)
    (listed,) = open_paths([folder], index=index).volumes
    raw_s, itk_s, ours_s, known_s, first_s = medians(
        lambda: timed(lambda: plain_read(folder)),
        lambda: timed(lambda: simpleitk_read(folder)),
        lambda: timed(lambda: our_read(folder)),
        lambda: timed(lambda: load_volume(listed)),
        lambda: first_image_s(folder),
    )
    itk = {"baseline": "SimpleITK, own scan", "baseline_value": itk_s}
    raw = {"baseline": "plain read", "baseline_value": raw_s}
    return [
        row("CT 600 slices, folder unknown", ours_s, "s", limit=2.5, at_least=True, **itk),
        row("CT 600 slices, folder unknown, to disk", ours_s, "s", limit=5.0, **raw),
        row("CT 600 slices, from study list", known_s, "s", limit=1.2, **raw),
        row("first image, folder unknown", first_s, "s", limit=0.2, **itk),
    ]


def scan_row(folder: Path, index: object) -> dict[str, object]:
    """Return the row of scanning known files again."""
    from workstation.imaging.dicom_scan import scan

    theirs_s, ours_s = medians(
        lambda: timed(lambda: pydicom_scan(folder)),
        lambda: timed(lambda: scan([folder], index=index)),
    )
    baseline = {"baseline": "pydicom header loop", "baseline_value": theirs_s}
    name = f"second scan of {KNOWN_FILES} files"
    return row(name, ours_s, "s", limit=20.0, at_least=True, **baseline)


def memory_row(folder: Path) -> dict[str, object]:
    """Return the row of peak memory with one CT open."""
    voxels_mb = SLICES * ROWS * ROWS * 2 / 1e6
    return row("peak memory, one CT open", peak_mb(folder), "MB", limit=1.3 * voxels_mb + 600)


def rows() -> list[dict[str, object]]:
    """Return every entry of the reading layer."""
    from workstation.imaging.header_index import HeaderIndex

    with tempfile.TemporaryDirectory(prefix="batson-bench-") as scratch:
        folder, many = Path(scratch) / "ct", Path(scratch) / "many"
        write_ct(folder, SLICES, ROWS, "1.2.826.0.1.3680043.10.2.1")
        write_ct(many, KNOWN_FILES, 16, "1.2.826.0.1.3680043.10.2.2")
        index = HeaderIndex(Path(scratch) / "headers.sqlite")
        return [*reading_rows(folder, index), scan_row(many, index), memory_row(folder)]
