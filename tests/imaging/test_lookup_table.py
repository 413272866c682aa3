"""Tables of a header: what they give, which window they stand for, and which are not believed."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.imaging.test_flat_image import write_picture
from tests.support.phantom import Phantom
from workstation.imaging.catalog import load_image, load_volume, open_paths
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.lookup_table import lookup_table


def table(descriptor, data):
    return TagValues({"LUTDescriptor": descriptor, "LUTData": data})


def voi_item(first, entries):
    item = Dataset()
    item.LUTDescriptor = [len(entries), first % 65536, 16]
    item["LUTDescriptor"].VR = "US"
    item.LUTData = np.array(entries, "<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


def test_entries_below_and_above_are_those_of_the_ends():
    found = lookup_table(table([3, 10, 16], [5, 7, 9]), signed=False)
    assert found.applied(np.array([0, 10, 11, 12, 500])).tolist() == [5, 5, 7, 9, 9]


def test_a_value_between_two_inputs_takes_the_nearer():
    found = lookup_table(table([3, 10, 16], [5, 7, 9]), signed=False)
    assert found.applied(np.array([10.4, 10.6])).tolist() == [5, 7]


@pytest.mark.parametrize(("signed", "first"), [(True, -24), (False, 65512)])
def test_the_first_input_is_signed_where_pixels_are(signed, first):
    assert lookup_table(table([2, 65512, 16], [0, 1]), signed=signed).first == first


def test_a_count_of_zero_stands_for_all_of_sixteen_bits():
    found = lookup_table(table([0, 0, 16], list(range(65536))), signed=False)
    assert found.entries.size == 65536


def test_eight_bit_entries_packed_in_words_are_taken_apart():
    found = lookup_table(table([4, 0, 8], [0x1405, 0x281E]), signed=False)
    assert found.entries.tolist() == [5, 20, 30, 40]


@pytest.mark.parametrize(
    ("descriptor", "data"),
    [([3, 0, 16], [1, 2]), ([3, 0, 16], []), ([3, 0], [1, 2, 3]), (None, [1, 2, 3])],
    ids=["too short", "no entries", "half a descriptor", "no descriptor"],
)
def test_a_table_that_contradicts_itself_is_none(descriptor, data):
    values = {"LUTDescriptor": descriptor, "LUTData": data}
    kept = {key: value for key, value in values.items() if value is not None}
    assert lookup_table(TagValues(kept), signed=False) is None


def test_the_window_is_where_the_table_changes():
    flat_then_ramp = [0] * 11 + list(range(1, 21)) + [20] * 10
    window = lookup_table(table([41, 100, 16], flat_then_ramp), signed=False).window
    assert (window.center, window.width) == (120.0, 20.0)


def test_a_constant_table_is_no_window():
    assert lookup_table(table([4, 0, 16], [7, 7, 7, 7]), signed=False).window is None


def test_a_picture_starts_with_its_table_and_keeps_its_values(tmp_path):
    pixels = np.array([[0, 50], [100, 200]], np.uint16)
    image = write_picture(tmp_path / "a", pixels, VOILUTSequence=[voi_item(40, range(0, 610, 10))])
    assert image.array.tolist() == pixels.tolist()
    assert (image.window.center, image.window.width) == (70.0, 60.0)
    assert image.voi_table.applied(image.array).tolist() == [[0, 100], [600, 600]]


def test_a_window_of_its_own_comes_before_the_table(tmp_path):
    image = write_picture(
        tmp_path / "a",
        np.zeros((2, 2), np.uint16),
        VOILUTSequence=[voi_item(0, [0, 1])],
        WindowCenter=33,
        WindowWidth=44,
    )
    assert (image.window.center, image.window.width) == (33.0, 44.0)


def test_a_ct_volume_starts_with_the_table_in_hu(read):
    tags = {"VOILUTSequence": [voi_item(-160, range(401))]}
    volume = read(Phantom(tags=tags))
    assert (volume.header_window.center, volume.header_window.width) == (40.0, 400.0)
    assert float(volume.array.min()) == -1000.0


def test_a_real_picture_with_a_table(data):
    headers = open_paths([data / "multiframe" / "vlut_04.dcm"])
    (series,) = headers.series
    if series.images:
        image = load_image(series.images[0])
        window, table_found = image.window, image.voi_table
        assert table_found is not None
    else:
        window = load_volume(series.volumes[0]).header_window
    assert window is not None
    assert window.width > 1.0
