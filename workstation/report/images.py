"""The key images: letter, caption, where each comes from, and why one may be absent."""

from __future__ import annotations

from workstation.domain.case import Case, KeyImage
from workstation.report.blocks import ImageBlock, ImageSection
from workstation.report.format import number
from workstation.report.reading import Reading, image_letter

UNAVAILABLE = "The images this picture was taken from are not available here."


def file_of(position: int) -> str:
    """Return the file name of the picture at ``position`` (from 0), named by us alone."""
    return f"ki_{position + 1:02d}.png"


def image_section(reading: Reading) -> ImageSection:
    """Return every key image in the order it was kept."""
    return ImageSection(
        heading="Key images",
        images=tuple(
            _block(reading, position, image)
            for position, image in enumerate(reading.case.key_images)
        ),
        empty="" if reading.case.key_images else "No key image was kept.",
    )


def image_files(reading: Reading) -> tuple[tuple[str, bytes], ...]:
    """Return (file name, PNG bytes) of every picture that could be made."""
    found = []
    for position, image in enumerate(reading.case.key_images):
        picture = reading.pictures.get(image.id)
        if picture is not None and picture.png:
            found.append((file_of(position), picture.png))
    return tuple(found)


def _block(reading: Reading, position: int, image: KeyImage) -> ImageBlock:
    case = reading.case
    picture = reading.pictures.get(image.id)
    letter = image_letter(position)
    title = _title(case, image)
    if picture is None or not picture.png:
        reason = picture.missing if picture is not None and picture.missing else UNAVAILABLE
        return ImageBlock(
            letter=letter,
            title=title,
            caption=image.caption,
            footnote=_series_words(case, image),
            alt="",
            missing=f"No picture. {reason}",
        )
    where = picture.source or _series_words(case, image)
    size = f"{number(picture.width_mm)} × {number(picture.height_mm)} mm"
    return ImageBlock(
        letter=letter,
        title=title,
        caption=image.caption,
        footnote=" · ".join(part for part in (where, size, picture.letters) if part),
        alt=f"Key image {letter}: {title} {image.caption}".strip(),
        file=file_of(position),
        width_mm=picture.width_mm,
        height_mm=picture.height_mm,
    )


def _title(case: Case, image: KeyImage) -> str:
    series = next((item for item in case.series if item.series_uid == image.series_uid), None)
    words = f"{image.plane} {series.modality}".strip() if series else image.plane
    named = image.lesion_number is not None and f"Lesion {image.lesion_number}" in image.caption
    if image.lesion_number is None or named:
        return f"{words}."
    lesion = next((item for item in case.lesions if item.number == image.lesion_number), None)
    level = f", {', '.join(lesion.levels)}" if lesion is not None and lesion.levels else ""
    return f"{words}. Lesion {image.lesion_number}{level}."


def _series_words(case: Case, image: KeyImage) -> str:
    series = next((item for item in case.series if item.series_uid == image.series_uid), None)
    if series is None:
        return f"Series {image.series_uid[-8:]}"
    named = f"Series {series.number}" if series.number is not None else "Series without number"
    return f"{named}, {series.description}" if series.description else named
