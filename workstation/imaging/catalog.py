"""What is there: patients, studies, series, volumes and images under some paths.

:func:`open_paths` reads headers only; :func:`load_volume` reads one volume. The window, the
command line and the tests all come through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workstation.base.errors import InputRefusedError, UsageError
from workstation.base.task import CancelToken, Progress, no_progress
from workstation.imaging.dicom_header import InstanceHeader
from workstation.imaging.dicom_read import ReadOptions, StackReader
from workstation.imaging.dicom_scan import rejected_file, scan
from workstation.imaging.dicom_series import LooseImage, SeriesGroup, group_series
from workstation.imaging.flat_image import FlatImage, load_flat_image
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.header_index import HeaderIndex
from workstation.imaging.nifti import VolumeFile, read_volume_file
from workstation.imaging.object_kind import ObjectKind
from workstation.imaging.series_kind import SeriesKind, series_kind
from workstation.imaging.shear import upright_geometry
from workstation.imaging.stack_geometry import FrameStack
from workstation.imaging.volume import (
    Finding,
    PatientIdentity,
    RejectedFile,
    SeriesIdentity,
    Volume,
    VolumeKey,
)
from workstation.imaging.volume_load import FileLoad, VolumeLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeEntry:
    """A volume that can be loaded.

    Parameters
    ----------
    identity : SeriesIdentity
    index : int
        Number within its series.
    geometry : VolumeGeometry
        Grid it will have, known from headers.
    source : FrameStack or VolumeFile
    findings : tuple of Finding
    """

    identity: SeriesIdentity
    index: int
    geometry: VolumeGeometry
    source: FrameStack | VolumeFile = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def key(self) -> VolumeKey:
        """What names this volume within everything that is open."""
        return VolumeKey(series_uid=self.identity.series_uid, index=self.index)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it is read from, each once."""
        if isinstance(self.source, VolumeFile):
            return (self.source.path,)
        return tuple(dict.fromkeys(frame.header.path for frame in self.source.frames))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEntry:
    """One series of a study.

    Parameters
    ----------
    identity : SeriesIdentity
    kind : SeriesKind
    object_kind : ObjectKind
        Whether it holds images or something that is only listed.
    volumes : tuple of VolumeEntry
    images : tuple of LooseImage
        Pictures that are shown one by one.
    headers : tuple of InstanceHeader
        Its DICOM files; empty for a volume file.
    findings : tuple of Finding
    """

    identity: SeriesIdentity
    kind: SeriesKind
    object_kind: ObjectKind
    volumes: tuple[VolumeEntry, ...] = ()
    images: tuple[LooseImage, ...] = ()
    headers: tuple[InstanceHeader, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEntry:
    """One study of one patient."""

    uid: str
    patient: PatientIdentity
    date: str
    description: str
    series: tuple[SeriesEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEntry:
    """Who is held to be one person.

    Parameters
    ----------
    key : str
        Issuer and exact id, or a made key for a patient without id.
    studies : tuple of StudyEntry
    conflict : str or None
        Why the studies under this key may be of two persons.
    """

    key: str
    studies: tuple[StudyEntry, ...]
    conflict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything found under the given paths."""

    patients: tuple[PatientEntry, ...]
    rejected: tuple[RejectedFile, ...] = ()

    @property
    def studies(self) -> tuple[StudyEntry, ...]:
        """All studies, in the order of their patients."""
        return tuple(study for patient in self.patients for study in patient.studies)

    @property
    def series(self) -> tuple[SeriesEntry, ...]:
        """All series, in the order of their studies."""
        return tuple(series for study in self.studies for series in study.series)

    @property
    def volumes(self) -> tuple[VolumeEntry, ...]:
        """All volumes, in the order of their series."""
        return tuple(volume for series in self.series for volume in series.volumes)

    def find_series(self, series_uid: str) -> SeriesEntry:
        """Return the series with this UID; an empty one names the series that carries none.

        Raises
        ------
        UsageError
            When there is none.
        InputRefusedError
            When several patients or studies use the same UID.
        """
        found = [entry for entry in self.series if _has_uid(entry, series_uid)]
        if not found:
            raise UsageError(f'There is no series with the UID "{series_uid}" here.')
        pictured = [entry for entry in found if entry.volumes or entry.images]
        if len(pictured) > 1:
            raise InputRefusedError(
                "This series UID is used by more than one patient, study or modality; "
                "open them one at a time.",
                code="ambiguous-series",
            )
        return pictured[0] if pictured else found[0]

    def find_volume(self, series_uid: str, index: int = 0) -> VolumeEntry:
        """Return one volume of a series.

        Raises
        ------
        UsageError
            When there is no such series or volume.
        InputRefusedError
            When the series has no volume, or its UID is ambiguous.
        """
        series = self.find_series(series_uid)
        if not series.volumes:
            raise InputRefusedError(_why_no_volume(series), code="no-volume")
        if not 0 <= index < len(series.volumes):
            raise UsageError(
                f"The series has {len(series.volumes)} volume(s), numbered from 0; "
                f"there is no volume {index}."
            )
        return series.volumes[index]


def open_paths(
    paths: Iterable[Path | str],
    *,
    index: HeaderIndex | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Catalog:
    """Return what is under ``paths``, from headers alone.

    With an ``index`` known files are not read again. What cannot be used is listed in
    ``rejected``; nothing that one file holds stops the rest.
    """
    given = [Path(path) for path in paths]
    found = scan(given, index=index, progress=progress, cancel=cancel)
    groups, without_picture = group_series(found.headers)
    rejected = [*found.rejected, *without_picture]
    series = [_series_entry(group) for group in groups]
    for source in found.volume_files:
        try:
            series.append(_file_entry(read_volume_file(source.path, keeper=source.keeper)))
        except InputRefusedError as refusal:
            rejected.append(rejected_file(source.shown, refusal))
    return Catalog(patients=_patients(_studies(series)), rejected=tuple(rejected))


def load_volume(
    entry: VolumeEntry,
    *,
    options: ReadOptions | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Volume:
    """Return the voxels of a volume.

    Raises
    ------
    InputRefusedError
        When a picture of it is damaged, missing or in a format that cannot be read.
    CancelledError
        When ``cancel`` was used.
    """
    return begin_volume(entry, options=options).read(progress=progress, cancel=cancel)


def begin_volume(entry: VolumeEntry, *, options: ReadOptions | None = None) -> VolumeLoad:
    """Return a volume that can be looked at while ``read`` fills it in a worker.

    Raises
    ------
    InputRefusedError
        When its headers show that it cannot be read; nothing was allocated then.
    """
    if isinstance(entry.source, VolumeFile):
        return FileLoad(entry.source, entry.index)
    return StackReader(
        entry.source,
        entry.identity,
        index=entry.index,
        findings=entry.findings,
        options=options,
    )


def load_image(image: LooseImage) -> FlatImage:
    """Return one 2D picture.

    Raises
    ------
    InputRefusedError
        When its pixels are damaged or in a format that cannot be shown.
    """
    return load_flat_image(image.frame)


def _series_entry(group: SeriesGroup) -> SeriesEntry:
    volumes = tuple(
        VolumeEntry(
            identity=_identity_of(stack, group),
            index=index,
            geometry=upright_geometry(stack),
            source=stack,
            findings=group.findings + stack.findings,
        )
        for index, stack in enumerate(group.stacks)
    )
    frames = [frame for stack in group.stacks for frame in stack.frames]
    frames = frames or [image.frame for image in group.images]
    return SeriesEntry(
        identity=group.identity,
        kind=series_kind(frames) if frames else SeriesKind(),
        object_kind=group.object_kind,
        volumes=volumes,
        images=group.images,
        headers=group.headers,
        findings=group.findings,
    )


def _identity_of(stack: FrameStack, group: SeriesGroup) -> SeriesIdentity:
    """Return the series identity with the stack's own frame of reference."""
    uid = stack.frames[0].tags.text("FrameOfReferenceUID")
    return replace(group.identity, frame_of_reference_uid=uid)


def _file_entry(source: VolumeFile) -> SeriesEntry:
    volumes = tuple(
        VolumeEntry(identity=source.identity, index=n, geometry=source.geometry, source=source)
        for n in range(source.volumes)
    )
    return SeriesEntry(
        identity=source.identity,
        kind=SeriesKind(),
        object_kind=ObjectKind.IMAGE,
        volumes=volumes,
    )


def _studies(series: Sequence[SeriesEntry]) -> list[StudyEntry]:
    groups: dict[tuple[str, ...], list[SeriesEntry]] = {}
    for entry in series:
        groups.setdefault(_study_key(entry), []).append(entry)
    return [
        StudyEntry(
            uid=entries[0].identity.study_uid,
            patient=entries[0].identity.patient,
            date=entries[0].identity.study_date,
            description=entries[0].identity.study_description,
            series=tuple(entries),
        )
        for entries in groups.values()
    ]


def _study_key(entry: SeriesEntry) -> tuple[str, ...]:
    identity = entry.identity
    patient = identity.patient
    person = (patient.issuer, patient.id, patient.name, patient.birth_date)
    if identity.study_uid:
        return (*person, identity.study_uid)
    if patient.id or patient.name:
        return (*person, identity.study_date, identity.study_description)
    return (*person, "", identity.series_uid)


def _patients(studies: Sequence[StudyEntry]) -> tuple[PatientEntry, ...]:
    groups: dict[str, list[StudyEntry]] = {}
    for number, study in enumerate(studies):
        groups.setdefault(patient_key(study.patient, number), []).append(study)
    return tuple(
        PatientEntry(key=key, studies=tuple(group), conflict=_conflict(group))
        for key, group in groups.items()
    )


def patient_key(patient: PatientIdentity, number: int = 0) -> str:
    """Return what two studies must share to be held to be of one person.

    Parameters
    ----------
    patient : PatientIdentity
    number : int
        Tells patients without id apart: they are never joined.
    """
    if not patient.id:
        return f"without id #{number + 1}"
    return f"{patient.issuer}|{patient.id}" if patient.issuer else patient.id


def _conflict(studies: Sequence[StudyEntry]) -> str | None:
    names = {_plain_name(study.patient.name) for study in studies} - {""}
    births = {study.patient.birth_date for study in studies} - {""}
    differing = [
        what for what, values in (("names", names), ("birth dates", births)) if len(values) > 1
    ]
    if not differing:
        return None
    return (
        f"The studies carry the same patient ID but different {' and '.join(differing)}; "
        "confirm that they are of one person."
    )


def _plain_name(name: str) -> str:
    return " ".join(name.replace("^", " ").upper().split())


def _has_uid(entry: SeriesEntry, series_uid: str) -> bool:
    if series_uid:
        return entry.identity.series_uid == series_uid
    return any(finding.code == "missing-series-uid" for finding in entry.findings)


def _why_no_volume(series: SeriesEntry) -> str:
    reasons = [image.finding.message for image in series.images if image.finding]
    if reasons:
        return f"The series has no volume. {reasons[0]}"
    if series.object_kind is not ObjectKind.IMAGE:
        return f"The series has no volume: it is a {series.object_kind.value}."
    return "The series has no volume: its images are 2D pictures."
