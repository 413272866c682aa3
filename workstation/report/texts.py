"""The prose of the evidence page: findings, clinical facts, technique, limits, methods."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.answers import Missing
from workstation.domain.case import Case, StudyReference
from workstation.domain.completeness import checks_of
from workstation.report.blocks import Paragraph, TextSection
from workstation.report.format import missing_words, moment, sentence_case
from workstation.report.reading import Reading
from workstation.report.revision import revision_sections

NOT_PROVIDED = "Not provided."
MEASURES = (
    "Lengths are taken in patient coordinates, in mm, at the native resolution of the images. "
    "SINS, ESCC and NOMS are assessed for each level and never added over levels. Unknown and not "
    "assessed items give a range; they never count as zero."
)


def text_sections(reading: Reading) -> tuple[TextSection, ...]:
    """Return the headed texts, each with words where nothing was provided."""
    case = reading.case
    return (
        *revision_sections(reading),
        TextSection(
            heading="Findings",
            paragraphs=tuple(
                Paragraph(text=item.text, images=reading.images_of(item))
                for item in reading.findings
            )
            or (Paragraph(text=NOT_PROVIDED),),
            serif=True,
        ),
        TextSection(heading="Indication and technique", paragraphs=tuple(_technique(case))),
        TextSection(heading="Limits and methods", paragraphs=tuple(_methods(reading))),
    )


def _technique(case: Case) -> Iterator[Paragraph]:
    yield Paragraph(lead="Indication.", text=case.text.indication or NOT_PROVIDED)
    yield Paragraph(lead="Technique.", text=case.text.technique or NOT_PROVIDED)
    if case.studies:
        yield Paragraph(
            lead="Studies read.", text=" ".join(_study_words(study) for study in case.studies)
        )
    conus = case.conus
    words = missing_words(conus) if isinstance(conus, Missing) else f"at {conus}"
    yield Paragraph(lead="Conus.", text=f"{sentence_case(words)}.")


def _study_words(study: StudyReference) -> str:
    parts = (
        study.description or "Study without description",
        "/".join(study.modalities),
        moment(study.date) if study.date else "date not stated",
        f"accession {study.accession}" if study.accession else "",
    )
    return f"{', '.join(part for part in parts if part)}."


def _methods(reading: Reading) -> Iterator[Paragraph]:
    yield Paragraph(lead="Limits.", text=reading.case.text.limits or NOT_PROVIDED)
    yield Paragraph(lead="Methods.", text=MEASURES)
    for words in _explained(reading.case):
        yield Paragraph(lead="Explained.", text=words)
    sources = _sources(reading)
    if sources:
        yield Paragraph(lead="Sources.", text=f"{'; '.join(sources)}.")


def _explained(case: Case) -> Iterator[str]:
    """Return each contradiction that the reader lets stand, with the reason (R-01)."""
    for check in checks_of(case):
        if check.explained:
            yield f"{check.text}: {check.explained}"


def _sources(reading: Reading) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for results in (reading.sins, reading.escc, reading.noms):
        for result in results.values():
            found.update(dict.fromkeys(result.sources))
    return tuple(found)
