"""View state of one pane: plane, center, zoom, turn; LPS millimeters to pane pixels and back.

Everything follows from vectors in patient coordinates (DICOM LPS, PS3.3 C.7.6.2.1.1); the name of
a plane only chooses the starting vectors. Pixel (0, 0) is the center of the top left pixel, so a
pane of ``w`` x ``h`` pixels has its middle at ((w - 1) / 2, (h - 1) / 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.base.errors import RenderError

Vector = tuple[float, float, float]
"""A point or direction in LPS; points in mm."""
Size = tuple[int, int]
"""Width and height of a pane in pixels."""

LETTER_MINIMUM = math.sin(math.radians(5.0))
"""Smallest part of an axis that earns a letter: five degrees of obliquity."""
ALIGNED_MINIMUM = math.cos(math.radians(1.0))
"""Smallest cosine at which a plane still carries its plain name."""


class PlaneName(StrEnum):
    """The three anatomical planes."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"


class SlabMode(StrEnum):
    """How the values across a thick plane become one value."""

    MEAN = "mean"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"


class Interpolation(StrEnum):
    """How values between voxel centers are found."""

    LINEAR = "linear"
    NEAREST = "nearest"


PLANE_AXES: dict[PlaneName, tuple[Vector, Vector]] = {
    PlaneName.AXIAL: ((0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    PlaneName.SAGITTAL: ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    PlaneName.CORONAL: ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
"""View direction and up of each plane: axial from the feet, sagittal with anterior on the left of
the image, coronal from the front, so that the right of the patient is on the left of the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLetters:
    """Orientation letters at the four edges of a pane (PS3.3 C.7.6.1.1.1: L R A P H F)."""

    left: str
    right: str
    top: str
    bottom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneView:
    """What one pane looks at.

    Parameters
    ----------
    center_lps : tuple of float
        Point in the middle of the pane, mm.
    direction : tuple of float
        Unit vector from the eye into the image; scrolling moves along it.
    upright : tuple of float
        Unit vector that points up on the screen before any turn.
    field_mm : float
        Height shown, mm.
    rotation_deg : float
        Clockwise turn of the image, applied before the mirror.
    flipped : bool
        Whether the image is mirrored left to right on the screen.
    slab_thickness_mm : float
        Thickness of the slab, mm; 0 is a thin plane.
    slab_mode : SlabMode
    interpolation : Interpolation
    """

    center_lps: Vector
    direction: Vector
    upright: Vector
    field_mm: float
    rotation_deg: float = 0.0
    flipped: bool = False
    slab_thickness_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MEAN
    interpolation: Interpolation = Interpolation.LINEAR

    def __post_init__(self) -> None:
        if not (math.isfinite(self.field_mm) and self.field_mm > 0):
            raise RenderError("The height of a view must be positive.", code="bad-view")
        axes = np.array([self.direction, self.upright])
        if not np.allclose(axes @ axes.T, np.eye(2), atol=1e-6):
            raise RenderError(
                "The directions of a view are not at right angles.",
                detail=f"{self.direction} {self.upright}",
                code="bad-view",
            )

    @classmethod
    def for_plane(cls, name: PlaneName, center_lps: Vector, field_mm: float) -> PlaneView:
        """Return the plain view of an anatomical plane through a point."""
        direction, upright = PLANE_AXES[name]
        return cls(
            center_lps=as_vector(center_lps),
            direction=direction,
            upright=upright,
            field_mm=field_mm,
        )

    @classmethod
    def oblique(
        cls,
        center_lps: Vector,
        direction: ArrayLike,
        field_mm: float,
        plane: PlaneName | None = None,
    ) -> PlaneView:
        """Return a view along any direction, turned as upright as ``plane`` would be.

        Parameters
        ----------
        center_lps : tuple of float
            Point in the middle of the pane, mm.
        direction : array-like, shape (3,)
            Normal of the plane, any length, either sign: the caudal normal of an end-plate gives
            the same axial view, seen from the feet, as the cranial one.
        field_mm : float
            Height shown, mm.
        plane : PlaneName, optional
            Whose handedness and up are kept; by default the nearest plane.

        Raises
        ------
        RenderError
            When the direction has no length or lies within the named plane.
        """
        normal = _unit(np.asarray(direction, dtype=np.float64))
        named = plane or nearest_plane(as_vector(normal))
        view_axis, up_axis = (np.asarray(axis) for axis in PLANE_AXES[named])
        if normal @ view_axis < 0:
            normal = -normal
        upright = _unit(up_axis - (up_axis @ normal) * normal)
        return cls(
            center_lps=as_vector(center_lps),
            direction=as_vector(normal),
            upright=as_vector(upright),
            field_mm=field_mm,
        )

    @property
    def right(self) -> Vector:
        """Unit vector that points to the right on the screen, after turn and mirror."""
        plain, upright = self._plain_axes()
        angle = math.radians(self.rotation_deg)
        right = math.cos(angle) * plain + math.sin(angle) * upright
        return as_vector(-right if self.flipped else right)

    @property
    def up(self) -> Vector:
        """Unit vector that points up on the screen, after the turn."""
        plain, upright = self._plain_axes()
        angle = math.radians(self.rotation_deg)
        return as_vector(math.cos(angle) * upright - math.sin(angle) * plain)

    @property
    def mirrored(self) -> bool:
        """Whether the image is a mirror image of the patient; the pane must say so."""
        return self.flipped

    @property
    def plane_name(self) -> PlaneName:
        """The anatomical plane that comes nearest."""
        return nearest_plane(self.direction)

    @property
    def is_oblique(self) -> bool:
        """Whether the plane is more than a degree away from every anatomical plane."""
        return max(abs(part) for part in self.direction) < ALIGNED_MINIMUM

    def mm_per_pixel(self, size: Size) -> float:
        """Return millimeters per pixel in a pane of (width, height) pixels."""
        return self.field_mm / size[1]

    def lps_to_pixel(self, points_lps: ArrayLike, size: Size) -> NDArray[np.float64]:
        """Return pane pixels (..., 2) of LPS points (..., 3) in mm, projected onto the plane."""
        offset = np.asarray(points_lps, dtype=np.float64) - np.asarray(self.center_lps)
        scale = self.mm_per_pixel(size)
        x = (size[0] - 1) / 2 + offset @ np.asarray(self.right) / scale
        y = (size[1] - 1) / 2 - offset @ np.asarray(self.up) / scale
        return np.stack([x, y], axis=-1)

    def pixel_to_lps(self, pixels: ArrayLike, size: Size) -> NDArray[np.float64]:
        """Return LPS points (..., 3) in mm, on the plane, of pane pixels (..., 2)."""
        xy = np.asarray(pixels, dtype=np.float64)
        scale = self.mm_per_pixel(size)
        along_right = (xy[..., 0] - (size[0] - 1) / 2) * scale
        along_up = ((size[1] - 1) / 2 - xy[..., 1]) * scale
        points: NDArray[np.float64] = (
            np.asarray(self.center_lps)
            + along_right[..., np.newaxis] * np.asarray(self.right)
            + along_up[..., np.newaxis] * np.asarray(self.up)
        )
        return points

    def distance_mm(self, point_lps: ArrayLike) -> float:
        """Return how far a point lies behind the plane, mm; negative in front of it."""
        offset = np.asarray(point_lps, dtype=np.float64) - np.asarray(self.center_lps)
        return float(offset @ np.asarray(self.direction))

    def letters(self) -> EdgeLetters:
        """Return the letters at the edges, from the present axes of the screen."""
        right, up = np.asarray(self.right), np.asarray(self.up)
        return EdgeLetters(
            left=direction_letters(-right),
            right=direction_letters(right),
            top=direction_letters(up),
            bottom=direction_letters(-up),
        )

    def zoomed(self, factor: float, anchor_lps: ArrayLike | None = None) -> PlaneView:
        """Return the view magnified by ``factor``; the anchor keeps its pixel."""
        if anchor_lps is None:
            return replace(self, field_mm=self.field_mm / factor)
        anchor = np.asarray(anchor_lps, dtype=np.float64)
        anchor = anchor - self.distance_mm(anchor) * np.asarray(self.direction)
        center = anchor + (np.asarray(self.center_lps) - anchor) / factor
        return replace(self, field_mm=self.field_mm / factor, center_lps=as_vector(center))

    def panned(self, dx_px: float, dy_px: float, size: Size) -> PlaneView:
        """Return the view whose image has moved with the pointer by (dx, dy) pixels."""
        scale = self.mm_per_pixel(size)
        shift = dy_px * np.asarray(self.up) - dx_px * np.asarray(self.right)
        return replace(self, center_lps=as_vector(np.asarray(self.center_lps) + shift * scale))

    def scrolled(self, distance_mm: float) -> PlaneView:
        """Return the view moved along its direction, mm."""
        center = np.asarray(self.center_lps) + distance_mm * np.asarray(self.direction)
        return replace(self, center_lps=as_vector(center))

    def through(self, point_lps: ArrayLike) -> PlaneView:
        """Return the view scrolled until its plane contains the point; nothing else moves."""
        return self.scrolled(self.distance_mm(point_lps))

    def centered(self, point_lps: ArrayLike) -> PlaneView:
        """Return the view with the point in the middle of the pane."""
        return replace(self, center_lps=as_vector(np.asarray(point_lps, dtype=np.float64)))

    def rotated(self, clockwise_deg: float) -> PlaneView:
        """Return the view whose image is turned clockwise on the screen."""
        turn = -clockwise_deg if self.flipped else clockwise_deg
        return replace(self, rotation_deg=(self.rotation_deg + turn) % 360.0)

    def flip(self) -> PlaneView:
        """Return the view mirrored left to right on the screen."""
        return replace(self, flipped=not self.flipped)

    def tilted(self, axis: ArrayLike, angle_deg: float, about_lps: ArrayLike) -> PlaneView:
        """Return the plane turned about an axis in space, as a rotating cross-hair turns it.

        Parameters
        ----------
        axis : array-like, shape (3,)
            Direction of the axis in LPS, any length.
        angle_deg : float
            Right-handed angle about the axis.
        about_lps : array-like, shape (3,)
            Point on the axis, mm; it keeps its place in the plane.
        """
        turn = _rotation(_unit(np.asarray(axis, dtype=np.float64)), math.radians(angle_deg))
        pivot = np.asarray(about_lps, dtype=np.float64)
        direction = _unit(turn @ np.asarray(self.direction))
        upright = turn @ np.asarray(self.upright)
        upright = _unit(upright - (upright @ direction) * direction)
        return replace(
            self,
            center_lps=as_vector(pivot + turn @ (np.asarray(self.center_lps) - pivot)),
            direction=as_vector(direction),
            upright=as_vector(upright),
        )

    def _plain_axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        upright = np.asarray(self.upright)
        return np.cross(np.asarray(self.direction), upright), upright


def as_vector(values: ArrayLike) -> Vector:
    """Return three plain floats of an array-like of shape (3,)."""
    x, y, z = np.asarray(values, dtype=np.float64)
    # Adding zero turns a negative zero into a positive one, so equal views compare equal.
    return (float(x) + 0.0, float(y) + 0.0, float(z) + 0.0)


def nearest_plane(direction: Vector) -> PlaneName:
    """Return the anatomical plane whose normal comes nearest to a direction."""
    sizes = {name: abs(float(np.dot(axes[0], direction))) for name, axes in PLANE_AXES.items()}
    return max(sizes, key=lambda name: sizes[name])


def direction_letters(direction: ArrayLike) -> str:
    """Return the letters of a direction in LPS, largest part first: "L", "RA", at most three."""
    parts = np.asarray(direction, dtype=np.float64)
    pairs = (("L", "R"), ("P", "A"), ("H", "F"))
    order = sorted(range(3), key=lambda axis: -round(abs(float(parts[axis])), 9))
    return "".join(
        pairs[axis][0 if parts[axis] > 0 else 1]
        for axis in order
        if abs(parts[axis]) >= LETTER_MINIMUM
    )


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    if not math.isfinite(length) or length < 1e-9:
        raise RenderError("A view needs a direction.", code="bad-view")
    return vector / length


def _rotation(axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Return the rotation matrix, shape (3, 3), about a unit axis (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    result: NDArray[np.float64] = (
        np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross)
    )
    return result
