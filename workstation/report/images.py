"""The key images: letter, caption, where each comes from, and why one may be absent."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.case import Case, KeyImage
from workstation.report.blocks import BackLink, ImageBlock, ImageSection
from workstation.report.format import number
from workstation.report.reading import Reading, image_letter

NO_IMAGE = "No key image was kept."
UNAVAILABLE = "The images this picture was taken from are not available here."


def file_of(position: int) -> str:
    """Return the file name of the picture at ``position`` (from 0), named by us alone."""
    return f"ki_{position + 1:02d}.png"


def image_section(reading: Reading) -> ImageSection:
    """Return every key image in the order it was kept."""
    images = reading.case.key_images
    # Beside lesions a note in their table says that there is none.
    unsaid = not images and bool(reading.case.lesions)
    return ImageSection(
        heading="" if unsaid else "Key images",
        images=tuple(_block(reading, position, image) for position, image in enumerate(images)),
        empty="" if images or unsaid else NO_IMAGE,
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
    back = tuple(_back_links(reading, image))
    if picture is None or not picture.png:
        reason = picture.missing if picture is not None and picture.missing else UNAVAILABLE
        return ImageBlock(
            letter=letter,
            title=title,
            caption=image.caption,
            footnote=_series_words(case, image),
            alt="",
            missing=f"No picture. {reason}",
            back=back,
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
        back=back,
    )


def _back_links(reading: Reading, image: KeyImage) -> Iterator[BackLink]:
    """Return where the report speaks of an image: its sentences, its lesion, what it proves."""
    letter = reading.letter(image.id)
    for place, sentence in enumerate(reading.impression, start=1):
        if letter in reading.images_of(sentence):
            yield BackLink(target=f"impression-{place}", words=f"Impression {place}")
    if any(lesion.number == image.lesion_number for lesion in reading.case.lesions):
        yield BackLink(
            target=f"lesion-{image.lesion_number}", words=f"Lesion {image.lesion_number}"
        )
    for scale in ("escc", "sins"):
        field = f"{scale}.{reading.index}"
        if any(item == field or item.startswith(f"{field}.") for item in image.proves):
            yield BackLink(target=scale, words=f"{scale.upper()} {reading.index}")


def _title(case: Case, image: KeyImage) -> str:
    series = next((item for item in case.series if item.series_uid == image.series_uid), None)
    words = f"{image.plane} {series.modality}".strip() if series else image.plane
    named = image.lesion_number is not None and f"Lesion {image.lesion_number}" in image.caption
    if image.lesion_number is None or named:
        return f"{words}."
    return f"{words}. Lesion {image.lesion_number}{_levels_of(case, image.lesion_number)}."


def _levels_of(case: Case, number: int) -> str:
    lesion = next((item for item in case.lesions if item.number == number), None)
    return f", {', '.join(lesion.levels)}" if lesion is not None and lesion.levels else ""


def _series_words(case: Case, image: KeyImage) -> str:
    series = next((item for item in case.series if item.series_uid == image.series_uid), None)
    if series is None:
        return f"Series {image.series_uid[-8:]}"
    named = f"Series {series.number}" if series.number is not None else "Series without number"
    return f"{named}, {series.description}" if series.description else named
