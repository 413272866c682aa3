"""What a hanging protocol looks at: one record for each volume or 2D image that can be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from workstation.domain.spine import VertebralLevel
from workstation.imaging.catalog import Catalog, PatientEntry, SeriesEntry, VolumeEntry
from workstation.imaging.dicom_series import FLAT_MODALITIES
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.grouping_rules import b_value
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.series_kind import SeriesKind, plane_of
from workstation.imaging.stack_geometry import FrameStack
from workstation.imaging.volume import SeriesIdentity, VolumeKey
from workstation.rendering.plane import PlaneName, as_vector, nearest_plane

MIN_SLICES = 5
"""Shorter series are scouts or single pictures (reading conventions 4.3): a last resort."""

MIN_LABELED_LEVELS = 6
"""More than five labelled vertebrae make a series one of the spine (reading conventions 4.3)."""

_SPINE_WORDS = re.compile(
    r"spin[ea]|spinal|wirbel|rachis|rachid|colonn[ae]|columna|coluna|vertebr|[ck]rzyż|kręgosł"
    r"|wervel|rygg|ryg|позвон|脊|척추|\b[ctl][- ]?sp|\b[hbl]ws\b|\b(cerv|lumb|thorac|dors)\w*"
    r"|\bkręg|\bsacr|whole[- ]?sp|gesamte ws|\bws\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureKey:
    """Names one 2D image: its series and its number within the series."""

    series_uid: str
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HangContext:
    """What a hang knows beside the images.

    Parameters
    ----------
    current_study_uid : str
        The study that is read; empty takes the newest.
    labeled : mapping of str to int
        Number of placed vertebrae by frame of reference.
    active_level : VertebralLevel or None
    marked_levels : tuple of VertebralLevel
        Levels with a lesion or a grade, from the head.
    """

    current_study_uid: str = ""
    labeled: Mapping[str, int] = field(default_factory=dict)
    active_level: VertebralLevel | None = None
    marked_levels: tuple[VertebralLevel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRecord:
    """One volume or 2D image as hanging sees it.

    Parameters
    ----------
    identity : SeriesIdentity
    kind : SeriesKind
        ``kind.plane`` is that of this volume, also where the series mixes planes.
    source : VolumeKey or PictureKey
    person : str
        Whom it is held to belong to; records of two persons never hang together.
    slices : int
    native_plane : PlaneName or None
        The anatomical plane nearest to the images.
    reach_mm : tuple of float, or None
        Lowest and highest z in LPS, mm.
    b_value : float
        Diffusion weighting in s/mm2; 0 where there is none.
    spine : bool
        Whether its texts speak of the spine.
    """

    identity: SeriesIdentity
    kind: SeriesKind
    source: VolumeKey | PictureKey
    person: str = ""
    slices: int = 1
    native_plane: PlaneName | None = None
    reach_mm: tuple[float, float] | None = None
    b_value: float = 0.0
    spine: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether it is a 2D image."""
        return isinstance(self.source, PictureKey)

    @property
    def is_minor(self) -> bool:
        """Whether it is a scout, a screenshot or too short to be read as a series."""
        if self.is_picture:
            return self.identity.modality not in FLAT_MODALITIES
        return self.kind.localizer or self.slices < MIN_SLICES

    @property
    def space(self) -> str:
        """Frame of reference; a volume that names none shares its space with nothing else."""
        return self.identity.frame_of_reference_uid or f"only-{self.identity.series_uid}"

    def covers(self, other: SeriesRecord) -> float:
        """Return which share of the other's extent from head to foot this one covers, 0 to 1."""
        if self.reach_mm is None or other.reach_mm is None:
            return 0.0
        low, high = other.reach_mm
        shared = min(high, self.reach_mm[1]) - max(low, self.reach_mm[0])
        return max(0.0, shared) / (high - low)


def records_of(catalog: Catalog) -> tuple[SeriesRecord, ...]:
    """Return a record for everything in the catalog that can be shown."""
    return tuple(
        record
        for patient in catalog.patients
        for series, person in _series_of(patient)
        if series.object_kind is ObjectKind.IMAGE
        for record in _series_records(series, person)
    )


def of_one_person(records: Iterable[SeriesRecord], current_study_uid: str) -> list[SeriesRecord]:
    """Return the records that may hang together: those of the person of the current study."""
    known = list(records)
    current = [item for item in known if item.identity.study_uid == current_study_uid]
    readable = [item for item in known if not item.is_minor]
    lead = max(current or readable or known, key=newest_longest, default=None)
    return [item for item in known if lead is not None and item.person == lead.person]


def newest_longest(record: SeriesRecord) -> tuple[object, ...]:
    """Return the sort key by which the newest, then the longest series comes last."""
    return (
        record.identity.study_date,
        record.slices,
        record.b_value,
        record.identity.series_number or 0,
        record.identity.series_uid,
        -record.source.index,
    )


def _series_of(patient: PatientEntry) -> Iterator[tuple[SeriesEntry, str]]:
    for study in patient.studies:
        # Until a reader says that they are one person, conflicting studies are kept apart.
        person = f"{patient.key} {study.uid}" if patient.conflict else patient.key
        for series in study.series:
            yield series, person


def _series_records(series: SeriesEntry, person: str) -> Iterator[SeriesRecord]:
    spine = _speaks_of_spine(series)
    for volume in series.volumes:
        yield _volume_record(series, volume, person, spine=spine)
    for index, _ in enumerate(series.images):
        yield SeriesRecord(
            identity=series.identity,
            kind=series.kind,
            source=PictureKey(series_uid=series.identity.series_uid, index=index),
            person=person,
            spine=spine,
        )


def _volume_record(
    series: SeriesEntry, volume: VolumeEntry, person: str, *, spine: bool
) -> SeriesRecord:
    normal = volume.geometry.direction[:, 2]
    weighting = 0.0
    if isinstance(volume.source, FrameStack):
        weighting = b_value(volume.source.frames[0]) or 0.0
    return SeriesRecord(
        identity=volume.identity,
        kind=replace(series.kind, plane=plane_of(normal)),
        source=volume.key,
        person=person,
        slices=volume.geometry.shape_kji[0],
        native_plane=nearest_plane(as_vector(normal)),
        reach_mm=_reach(volume.geometry),
        b_value=weighting,
        spine=spine,
    )


def _reach(geometry: VolumeGeometry) -> tuple[float, float]:
    heights = geometry.corners_lps()[:, 2]
    return (float(heights.min()), float(heights.max()))


def _speaks_of_spine(series: SeriesEntry) -> bool:
    texts = [series.identity.series_description, series.identity.study_description]
    for header in series.headers[:1]:
        texts += [header.tags.text("BodyPartExamined"), header.tags.text("ProtocolName")]
    return any(_SPINE_WORDS.search(text.replace("_", " ")) for text in texts)
