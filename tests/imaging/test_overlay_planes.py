"""Drawn overlays: their place over the picture, several frames, old embedded ones, false ones."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.test_flat_image import write_picture
from tests.support.phantom import Phantom, save, slice_dataset, write_phantom
from workstation.imaging.catalog import load_image, load_volume, open_paths
from workstation.imaging.dicom_overlay import OVERLAYS
from workstation.imaging.header_index import HeaderIndex
from workstation.imaging.overlay_planes import overlay_planes

PIXELS = np.arange(30, dtype=np.uint16).reshape(5, 6)
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def overlay_tags(bits, group=0x6000, origin=(1, 1), **more):
    rows, columns = bits.shape[-2:]
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    return {
        (group, 0x0010): ("US", rows),
        (group, 0x0011): ("US", columns),
        (group, 0x0040): ("CS", more.get("kind", "G")),
        (group, 0x0050): ("SS", list(origin)),
        (group, 0x0100): ("US", more.get("allocated", 1)),
        (group, 0x0102): ("US", more.get("position", 0)),
        (group, 0x1500): ("LO", more.get("label", "")),
        **({} if "allocated" in more else {(group, 0x3000): ("OW", _even(packed))}),
        **more.get("tags", {}),
    }


def _even(raw):
    return raw + b"\0" * (len(raw) % 2)


def written(path, elements, syntax="1.2.840.10008.1.2.1", phantom=None, **tags):
    chosen = phantom or Phantom(size=(6, 5, 1))
    dataset = slice_dataset(chosen, 0)
    for (group, number), (vr, value) in elements.items():
        dataset.add_new((group, number), vr, value)
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    save(dataset, path, syntax)
    (entry,) = open_paths([path]).volumes
    return entry.source.frames[0]


def test_an_overlay_lies_at_its_origin(tmp_path):
    frame = written(tmp_path / "a", overlay_tags(CROSS, origin=(2, 3), label="marks"))
    (plane,) = overlay_planes(frame)
    expected = np.zeros((5, 6), bool)
    expected[1:4, 2:5] = CROSS
    assert (plane.bits == expected).all()
    assert (plane.group, plane.label, plane.region) == ("6000", "marks", False)
    assert not plane.bits.flags.writeable


@pytest.mark.parametrize(
    ("origin", "lit"),
    [((0, 0), [(0, 0), (0, 1), (1, 0)]), ((5, 6), []), ((-9, 1), [])],
)
def test_what_reaches_beyond_the_picture_is_cut(tmp_path, origin, lit):
    frame = written(tmp_path / "a", overlay_tags(CROSS, origin=origin))
    (plane,) = overlay_planes(frame)
    assert [tuple(int(n) for n in place) for place in np.argwhere(plane.bits)] == lit


def test_several_groups_and_regions(tmp_path):
    elements = {
        **overlay_tags(CROSS),
        **overlay_tags(np.ones((5, 6), np.uint8), group=0x6002, kind="R"),
    }
    first, second = overlay_planes(written(tmp_path / "a", elements))
    assert (first.region, second.region) == (False, True)
    assert second.bits.all()


def test_deflated_and_big_endian_files_keep_their_overlays(tmp_path):
    for name, syntax in (("z", "1.2.840.10008.1.2.1.99"), ("i", "1.2.840.10008.1.2")):
        frame = written(tmp_path / name, overlay_tags(CROSS), syntax=syntax)
        (plane,) = overlay_planes(frame)
        assert int(plane.bits.sum()) == 5


def test_bits_of_a_frame_that_is_not_there_are_left_out(tmp_path):
    tags = {(0x6000, 0x0015): ("IS", 2), (0x6000, 0x0051): ("US", 2)}
    frame = written(tmp_path / "a", overlay_tags(CROSS, tags=tags))
    assert overlay_planes(frame) == ()


def test_the_second_frame_of_an_overlay_starts_in_the_middle_of_a_byte(tmp_path):
    two = np.stack([np.zeros((3, 3), np.uint8), CROSS])
    tags = {(0x6000, 0x0015): ("IS", 2), (0x6000, 0x0051): ("US", 1)}
    frame = written(tmp_path / "a", overlay_tags(two, tags=tags))
    (plane,) = overlay_planes(replace(frame, index=1))
    assert (plane.bits[:3, :3] == CROSS).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {(0x6000, 0x0010): ("US", 0)},
        {(0x6000, 0x0010): ("US", 60000)},
        {(0x6000, 0x3000): ("OW", b"")},
    ],
    ids=["no rows", "more rows than bits", "no bits"],
)
def test_an_overlay_that_contradicts_itself_is_left_out(tmp_path, wrong):
    frame = written(tmp_path / "a", overlay_tags(CROSS, tags=wrong))
    assert overlay_planes(frame) == ()


def test_old_overlays_in_unused_pixel_bits(tmp_path):
    drawn = np.zeros((5, 6), np.uint16)
    drawn[2, 3] = 1
    phantom = Phantom(size=(6, 5, 1), bits_stored=12)
    stored = phantom.stored(0) | (drawn << 12)
    elements = overlay_tags(np.zeros((5, 6), np.uint8), allocated=16, position=12)
    frame = written(tmp_path / "a", elements, phantom=phantom, PixelData=stored.tobytes())
    (plane,) = overlay_planes(frame)
    assert (plane.bits == drawn.astype(bool)).all()
    volume = load_volume(open_paths([tmp_path / "a"]).volumes[0])
    assert (volume.array[0] == phantom.slice_values(0)).all()


def test_used_pixel_bits_are_no_overlay(tmp_path):
    elements = overlay_tags(np.zeros((5, 6), np.uint8), allocated=16, position=3)
    assert overlay_planes(written(tmp_path / "a", elements)) == ()


def test_a_picture_without_overlays_has_none(tmp_path):
    frame = written(tmp_path / "a", {})
    assert overlay_planes(frame) == ()
    assert OVERLAYS not in frame.tags


def test_single_pictures_carry_theirs(tmp_path):
    assert write_picture(tmp_path / "plain", PIXELS).overlays == ()


def test_a_volume_says_that_something_is_drawn_over_it(tmp_path):
    write_phantom(tmp_path / "ct", Phantom(size=(6, 5, 4)))
    dataset = slice_dataset(Phantom(size=(6, 5, 4)), 1)
    dataset.InstanceNumber = 2
    for (group, number), (vr, value) in overlay_tags(CROSS).items():
        dataset.add_new((group, number), vr, value)
    save(dataset, tmp_path / "ct" / "im0001")
    volume = load_volume(open_paths([tmp_path / "ct"]).volumes[0])
    assert volume.facts["overlays"] == "drawn over 1 of 4 images"


def test_overlays_are_found_again_through_the_index(tmp_path):
    written(tmp_path / "ct.dcm", overlay_tags(CROSS))
    index = HeaderIndex(tmp_path / "index" / "headers.sqlite")
    for _ in range(2):
        (entry,) = open_paths([tmp_path], index=index).volumes
        (plane,) = overlay_planes(entry.source.frames[0])
        assert int(plane.bits.sum()) == 5


def test_a_loose_image_shows_its_overlay(tmp_path):
    elements = overlay_tags(CROSS)
    phantom = Phantom(size=(6, 5, 1), tags={"ImagePositionPatient": None})
    dataset = slice_dataset(phantom, 0)
    for (group, number), (vr, value) in elements.items():
        dataset.add_new((group, number), vr, value)
    save(dataset, tmp_path / "a")
    (series,) = open_paths([tmp_path / "a"]).series
    image = load_image(series.images[0])
    assert [int(plane.bits.sum()) for plane in image.overlays] == [5]
