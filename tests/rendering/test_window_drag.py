import pytest

from workstation.base.errors import RenderError
from workstation.imaging.volume import WindowSetting
from workstation.rendering.window_drag import dragged_window

BONE = WindowSetting(center=400.0, width=2000.0)
PET = WindowSetting(center=2.5, width=5.0)


def test_no_way_no_change():
    assert dragged_window(BONE, 0.0, 0.0) == BONE


@pytest.mark.parametrize("start", [BONE, PET])
def test_250_pixels_to_the_right_double_the_width(start):
    dragged = dragged_window(start, 250.0, 0.0)
    assert dragged.width == pytest.approx(2.0 * start.width)
    assert dragged.center == start.center


@pytest.mark.parametrize("start", [BONE, PET])
def test_upward_raises_the_center_by_the_same_law(start):
    dragged = dragged_window(start, 0.0, -25.0)
    assert dragged.center == pytest.approx(start.center + 0.1 * start.width)
    assert dragged.width == start.width


def test_direction_is_a_preference():
    assert dragged_window(BONE, 0.0, -25.0, inverted=True).center == pytest.approx(200.0)
    assert dragged_window(BONE, 0.0, 25.0).center == pytest.approx(200.0)


def test_there_and_back_is_the_same():
    # The law looks at the start alone, so a path does not matter.
    assert dragged_window(BONE, 80.0 - 80.0, 33.0 - 33.0) == BONE


def test_width_never_reaches_zero():
    assert dragged_window(BONE, -250.0, 0.0).width == pytest.approx(2.0)
    assert dragged_window(PET, -9999.0, 0.0).width == pytest.approx(0.005)


def test_a_window_without_width_is_refused():
    with pytest.raises(RenderError):
        dragged_window(WindowSetting(center=0.0, width=0.0), 1.0, 1.0)
