import numpy as np
import pytest
from pydicom.pixels import apply_color_lut

from workstation.imaging.volume import WindowSetting
from workstation.rendering.color_map import (
    ColorMap,
    blend,
    color_rows,
    color_table,
    cover,
    is_light,
    opaque_pixels,
)


@pytest.mark.parametrize("color_map", list(ColorMap))
def test_tables_are_colors(color_map):
    table = color_table(color_map)
    assert table.shape == (256, 4)
    assert table.min() >= 0.0
    assert table.max() <= 1.0
    assert (table[:, 3] == 1.0).all()


def test_hot_iron_is_the_one_of_the_standard():
    indices = np.arange(256, dtype=np.uint8).reshape(1, 256)
    standard = apply_color_lut(indices, palette="1.2.840.10008.1.5.1")[0].astype(float)
    ours = color_table(ColorMap.HOT_IRON)[:, :3] * 255.0
    # The standard counts in steps of two; ours is the same curve without steps.
    assert np.abs(ours - standard).max() <= 3.0


@pytest.mark.parametrize("color_map", [ColorMap.GREY, ColorMap.HOT_IRON, ColorMap.VIRIDIS])
def test_brightness_rises_with_the_value(color_map):
    luminance = color_table(color_map)[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) > 0).all()


def test_inverted_grey_falls_and_is_light():
    table = color_table(ColorMap.INVERTED_GREY)
    assert np.allclose(table[::-1, :3], color_table(ColorMap.GREY)[:, :3])
    assert is_light(ColorMap.INVERTED_GREY)
    assert not is_light(ColorMap.GREY)
    assert not is_light(ColorMap.HOT_IRON)


def test_see_through_ramps_up_over_a_quarter():
    alpha = color_table(ColorMap.HOT_IRON, see_through=True)[:, 3]
    assert alpha[0] == 0.0
    assert alpha[32] == pytest.approx(32 / 255 / 0.25)
    assert (alpha[64:] == 1.0).all()


@pytest.mark.parametrize(
    ("value", "row"),
    [(-1e30, 0), (-135.0, 0), (-125.0, 0), (50.0, 128), (225.0, 255), (9999.0, 255)],
)
def test_soft_tissue_window(value, row):
    window = WindowSetting(center=50.0, width=350.0)
    assert color_rows(np.array([[value]], np.float32), window)[0, 0] == row


def test_rows_round_to_the_nearest():
    values = np.array([[0.0, 0.49, 0.51, 254.4, 254.6]], np.float32)
    rows = color_rows(values, WindowSetting(center=127.5, width=255.0))
    assert rows.tolist() == [[0, 0, 1, 254, 255]]


def test_rows_leave_the_values_alone():
    values = np.array([[100.0]], np.float32)
    color_rows(values, WindowSetting(center=0.0, width=10.0))
    assert values[0, 0] == 100.0


def test_opaque_pixels():
    pixels = opaque_pixels(np.array([[0, 255]], np.uint8), ColorMap.INVERTED_GREY)
    assert pixels.tolist() == [[[255, 255, 255, 255], [0, 0, 0, 255]]]


def test_cover_keeps_what_is_below_outside():
    below = np.full((1, 2, 4), 9, np.uint8)
    above = np.full((1, 2, 4), 7, np.uint8)
    covered = cover(below, above, np.array([[True, False]]))
    assert covered.tolist() == [[[7] * 4, [9] * 4]]


@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5, 1.0])
def test_blend_of_one_pixel(alpha):
    table = np.tile([1.0, 0.5, 0.0, alpha], (256, 1))
    below = np.full((1, 1, 4), 200, np.uint8)
    mixed = blend(below, np.zeros((1, 1), np.uint8), table, np.ones((1, 1), bool))
    expected = 200.0 * (1.0 - alpha) + np.array([255.0, 127.5, 0.0]) * alpha
    assert np.abs(mixed[0, 0, :3] - expected).max() <= 1.01
    assert below[0, 0, 0] == 200


def test_blend_never_wraps_around():
    table = np.ones((256, 4))
    below = np.full((1, 1, 4), 255, np.uint8)
    for alpha in np.linspace(0.0, 1.0, 101):
        table[:, 3] = alpha
        mixed = blend(below, np.zeros((1, 1), np.uint8), table, np.ones((1, 1), bool))
        assert mixed[0, 0, :3].min() >= 254


def test_blend_leaves_pixels_without_a_voxel():
    table = np.ones((256, 4))
    below = np.full((1, 1, 4), 17, np.uint8)
    mixed = blend(below, np.zeros((1, 1), np.uint8), table, np.zeros((1, 1), bool))
    assert mixed.tolist() == below.tolist()
