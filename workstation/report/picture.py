"""A key image as it came from the renderer: the picture and what must be said with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyImagePicture:
    """One rendered key image, made by the same pipeline as the panes.

    Parameters
    ----------
    png : bytes
        Empty where the image could not be made; ``missing`` then says why in one sentence.
    width_mm, height_mm : float
        Extent of the picture in the patient, mm.
    letters : str
        Orientation letters as words, such as "top H, right P".
    source : str
        Where the image comes from, such as "Series 7, image 41".
    """

    png: bytes = b""
    width_mm: float = 0.0
    height_mm: float = 0.0
    letters: str = ""
    source: str = ""
    missing: str = ""
