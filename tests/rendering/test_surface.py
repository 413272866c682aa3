import numpy as np
import pytest

from workstation.base.errors import RenderError
from workstation.rendering import surface as module
from workstation.rendering.corridor import Grid
from workstation.rendering.surface import iso_surface, ray_hit, ray_maximum

CENTER = np.array([10.0, -5.0, 40.0])
RADIUS = 12.0


@pytest.fixture
def ball():
    """A ball of radius 12 mm; the value falls by 100 a millimeter, 200 at its surface."""
    origin = CENTER - 20.0
    z, y, x = np.meshgrid(*(np.arange(41.0),) * 3, indexing="ij")
    points = np.stack([x, y, z], axis=-1) + origin
    distance = np.linalg.norm(points - CENTER, axis=-1)
    values = (200.0 - 100.0 * (distance - RADIUS)).astype(np.float32)
    return Grid(values=values, spacing_mm=1.0, origin_lps=tuple(origin))


def test_points_lie_on_the_ball(ball):
    surface = iso_surface(ball, 200.0)
    distances = np.linalg.norm(surface.points_lps - CENTER, axis=1)
    assert np.abs(distances - RADIUS).max() < 0.1
    assert surface.triangle_count > 1000


def test_normals_are_there(ball):
    assert iso_surface(ball, 200.0).mesh.GetPointData().GetNormals() is not None


def test_too_many_triangles_are_thinned(ball, monkeypatch):
    whole = iso_surface(ball, 200.0)
    monkeypatch.setattr(module, "TRIANGLES_WANTED", 500)
    monkeypatch.setattr(module, "SMALLEST_BINS", 4)
    thin = iso_surface(ball, 200.0)
    assert thin.triangle_count < whole.triangle_count / 2
    distances = np.linalg.norm(thin.points_lps - CENTER, axis=1)
    assert np.abs(distances - RADIUS).max() < 2.0


def test_nothing_dense_is_said(ball):
    with pytest.raises(RenderError) as caught:
        iso_surface(ball, 99999.0)
    assert caught.value.code == "no-surface"


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((0.0, 1.0, 0.0), (0.0, -RADIUS, 0.0)),
        ((0.0, -1.0, 0.0), (0.0, RADIUS, 0.0)),
        ((1.0, 0.0, 0.0), (-RADIUS, 0.0, 0.0)),
        ((0.0, 0.6, -0.8), (0.0, -0.6 * RADIUS, 0.8 * RADIUS)),
    ],
)
@pytest.mark.parametrize("depth", [-100.0, 0.0, 300.0])
def test_ray_meets_the_near_side(ball, direction, expected, depth):
    # Where on the ray one starts does not matter.
    start = CENTER + depth * np.asarray(direction)
    hit = ray_hit(ball, 200.0, start, direction)
    assert hit == pytest.approx(tuple(np.add(CENTER, expected)), abs=0.1)


def test_ray_beside_the_ball_meets_nothing(ball):
    assert ray_hit(ball, 200.0, np.add(CENTER, (0.0, 0.0, 15.0)), (0.0, 1.0, 0.0)) is None


def test_ray_beside_the_grid_meets_nothing(ball):
    assert ray_hit(ball, 200.0, np.add(CENTER, (0.0, 0.0, 500.0)), (0.0, 1.0, 0.0)) is None


def test_a_body_cut_by_the_border_is_met_at_the_border():
    grid = Grid(
        values=np.full((10, 10, 10), 900, np.int16), spacing_mm=1.0, origin_lps=(0.0, 0.0, 0.0)
    )
    hit = ray_hit(grid, 200.0, (4.5, 4.5, 4.5), (0.0, 0.0, 1.0))
    assert hit is not None
    assert hit[2] == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("direction", [(0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.6, -0.8)])
def test_largest_value_on_a_ray_is_the_middle_of_the_ball(ball, direction):
    start = np.add(CENTER, -70.0 * np.asarray(direction))
    assert ray_maximum(ball, start, direction) == pytest.approx(tuple(CENTER), abs=0.6)


def test_of_equal_values_the_nearest_counts():
    grid = Grid(
        values=np.full((10, 10, 10), 5, np.int16), spacing_mm=1.0, origin_lps=(0.0, 0.0, 0.0)
    )
    found = ray_maximum(grid, (4.5, 4.5, 4.5), (0.0, 0.0, -1.0))
    assert found is not None
    assert found[2] == pytest.approx(9.0, abs=0.5)


def test_a_ray_that_misses_has_no_largest_value(ball):
    assert ray_maximum(ball, np.add(CENTER, (0.0, 0.0, 500.0)), (0.0, 1.0, 0.0)) is None
