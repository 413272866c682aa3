"""Damaged files: seeded mutations of ten seeds; no crash, no hang, no traceback, little memory."""

import random
import resource
import time

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_image, load_volume, open_paths

SEEDS = (
    "malformed_pydicom/CT_small.dcm",
    "malformed_pydicom/MR_small_implicit.dcm",
    "malformed_pydicom/MR_small_bigendian.dcm",
    "malformed_pydicom/MR_small_RLE.dcm",
    "malformed_pydicom/MR_small_jp2klossless.dcm",
    "malformed_pydicom/MR_small_jpeg_ls_lossless.dcm",
    "malformed_pydicom/rtstruct.dcm",
    "multiframe/emri_small_RLE.dcm",
    "enhanced_mr_philips",
    "dicomdir_pydicom/DICOMDIR",
)
MUTATIONS_EACH = 50
LONGEST_S = 10.0
LARGEST_BYTES = 1 << 30


def seed_bytes(data, name):
    path = data / name
    if path.is_dir():
        path = sorted(path.iterdir())[0]
    return path.read_bytes()


def mutated(content, rng):
    """Return the bytes with one kind of damage."""
    changed = bytearray(content)
    kind = rng.randrange(6)
    if kind == 0:
        del changed[rng.randrange(len(changed)) :]
    elif kind == 1:
        for _ in range(rng.randrange(1, 40)):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        at = rng.randrange(len(changed))
        changed[at : at + rng.randrange(1, 200)] = rng.randbytes(rng.randrange(1, 200))
    elif kind == 3:
        at = rng.randrange(132, min(len(changed), 4000))
        changed[at : at + 4] = rng.choice([b"\xff\xff\xff\xff", b"\xfe\xff\xff\x7f", b"\0\0\0\0"])
    elif kind == 4:
        at = rng.randrange(len(changed))
        changed[at:at] = changed[at // 2 : at // 2 + rng.randrange(1, 500)]
    else:
        at = rng.randrange(132, min(len(changed), 4000))
        changed[at : at + 2] = b"\xff\x7f"
    return bytes(changed)


@pytest.mark.parametrize("name", SEEDS)
def test_mutations_are_opened_or_refused(tmp_path, data, name):
    content = seed_bytes(data, name)
    rng = random.Random(name)
    refused = 0
    for number in range(MUTATIONS_EACH):
        path = tmp_path / f"{number}"
        path.write_bytes(mutated(content, rng))
        start = time.monotonic()
        refused += _open_everything(path)
        assert time.monotonic() - start < LONGEST_S
        path.unlink()
    assert refused > 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak < 2 * LARGEST_BYTES


def _open_everything(path):
    """Open what a file holds and return how many refusals that gave."""
    catalog = open_paths([path])
    refused = len(catalog.rejected)
    for entry in catalog.volumes:
        try:
            refused += len(load_volume(entry).rejected)
        except InputRefusedError:
            refused += 1
    for series in catalog.series:
        for image in series.images[:3]:
            try:
                load_image(image)
            except InputRefusedError:
                refused += 1
    return refused


def test_a_damaged_file_leaves_the_rest_of_the_folder(tmp_path, data):
    content = seed_bytes(data, SEEDS[0])
    rng = random.Random(1)
    (tmp_path / "good").write_bytes(content)
    for number in range(30):
        (tmp_path / f"bad{number}").write_bytes(mutated(content, rng)[:400])
    catalog = open_paths([tmp_path])
    assert any(path.name == "good" for entry in catalog.volumes for path in entry.files)
