"""Headers to series and volumes: pure grouping, without touching a pixel.

Nothing is joined across patients, studies or modalities, whatever the Series UID says; what is
left out or kept apart is reported with a code and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workstation.imaging.dicom_header import NO_FILE_META, InstanceHeader
from workstation.imaging.grouping_rules import split_by_orientation, split_by_rules
from workstation.imaging.identity import identity_faults, patient_of, series_of, study_time
from workstation.imaging.image_frame import ImageFrame, PlacedFrame, frames_of
from workstation.imaging.object_kind import ObjectKind, object_kind
from workstation.imaging.stack_geometry import FrameStack, StackOnly, arrange, split_phases
from workstation.imaging.volume import Finding, RejectedFile, SeriesIdentity

FLAT_MODALITIES = frozenset(
    {"CR", "DX", "IO", "MG", "PX", "RG", "RF", "XA", "US", "ES", "XC", "GM", "SM", "OP", "DOC"}
)
"""Modalities whose pictures are 2D images and never slices of a volume."""

_NO_PLACE = Finding(
    code="missing-geometry",
    message="The images do not say where they lie in the patient; they are shown one by one and "
    "not measured in 3D.",
)
_BAD_AXES = Finding(
    code="bad-orientation",
    message="The image axes are missing, not of unit length or not at right angles; the images "
    "are shown one by one and not as a volume.",
)
_BAD_SPACING = Finding(
    code="missing-spacing",
    message="The distance between pixels is missing or absurd; lengths are given in pixels only.",
)
_LOCALIZER = Finding(
    code="localizer", message="A CT localizer is a projection and no slice; it is shown by itself."
)
_COLOR = Finding(code="color-image", message="Color images are shown one by one.")
_MANY_ORIENTATIONS = (
    "The images lie in {count} different orientations; each is a volume of its own."
)
_MANY_SLABS = "The series has {count} separate slabs; each is a volume of its own."
_MIN_IMAGES_FOR_FRAME_RULE = 4
_NO_FILE_META = Finding(
    code="no-file-meta",
    message="Files do not say how they are written; it was recognized from their first entry.",
)
_FRAME_PER_IMAGE = Finding(
    code="frame-of-reference-per-image",
    message="Each image carries a coordinate-system UID of its own; the images are taken "
    "as one scan.",
)
_ONE_POSITION = Finding(
    code="not-a-volume",
    message="All images lie at one position; they are shown one by one and not as a volume.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseImage:
    """A picture that is shown by itself, and why where it might have been a slice."""

    frame: ImageFrame
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesGroup:
    """What belongs to one series of one study of one patient.

    Parameters
    ----------
    identity : SeriesIdentity
    object_kind : ObjectKind
    headers : tuple of InstanceHeader
        Every file of the series that is used.
    stacks : tuple of FrameStack
        Its volumes, in a stable order.
    images : tuple of LooseImage
    findings : tuple of Finding
        What concerns the whole series.
    """

    identity: SeriesIdentity
    object_kind: ObjectKind
    headers: tuple[InstanceHeader, ...]
    stacks: tuple[FrameStack, ...] = ()
    images: tuple[LooseImage, ...] = ()
    findings: tuple[Finding, ...] = ()


def group_series(
    headers: Iterable[InstanceHeader],
) -> tuple[tuple[SeriesGroup, ...], tuple[RejectedFile, ...]]:
    """Return the series of these files, and the files that hold no picture though they should."""
    rejected: list[RejectedFile] = []
    groups: dict[tuple[str, ...], list[InstanceHeader]] = {}
    kinds: dict[tuple[str, ...], ObjectKind] = {}
    known_keys: dict[tuple[str, ...], tuple[str, ...]] = {}
    for header in headers:
        tags = header.tags
        kind = object_kind(
            tags.text("SOPClassUID"), tags.text("Modality"), has_pixels=header.pixels is not None
        )
        if kind is ObjectKind.DIRECTORY:
            continue
        if kind is ObjectKind.OTHER and _should_have_pixels(header):
            rejected.append(_without_pixels(header))
            continue
        named = (kind.value, *(tags.text(keyword) for keyword in _KEY_KEYWORDS))
        key = known_keys.get(named)
        if key is None:
            key = known_keys[named] = (kind.value, *_series_key(header))
            kinds[key] = kind
        groups.setdefault(key, []).append(header)
    mixed = _mixed_series(groups)
    series = [_series(group, kinds[key], mixed) for key, group in groups.items()]
    series.sort(key=_series_order)
    return tuple(series), tuple(rejected)


def _should_have_pixels(header: InstanceHeader) -> bool:
    return header.tags.text("Modality") in ("CT", "MR", "PT", "CR", "DX", "NM", "US", "MG", "XA")


def _without_pixels(header: InstanceHeader) -> RejectedFile:
    modality = header.tags.text("Modality")
    return RejectedFile(
        path=header.shown,
        code="no-pixels",
        reason=f"The file says it is a {modality} image but holds no picture.",
    )


_KEY_KEYWORDS = (
    "IssuerOfPatientID",
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesDescription",
    "FrameOfReferenceUID",
    "Modality",
)
"""Every header value that the key of a series is made from."""


def _series_key(header: InstanceHeader) -> tuple[str, ...]:
    tags = header.tags
    patient = patient_of(tags)
    series = series_of(tags)
    study = series.study_uid or "/".join((study_time(tags), series.study_description))
    person = (patient.issuer, patient.id, patient.name, patient.birth_date)
    return (*person, study, series.series_uid, series.modality)


_KEY_PARTS = {
    1: ("patients", slice(1, 5)),
    2: ("studies", slice(5, 6)),
    3: ("modalities", slice(7, 8)),
}


def _mixed_series(keys: Iterable[tuple[str, ...]]) -> dict[str, tuple[Finding, ...]]:
    """Return what is mixed in each Series UID that more than one group claims."""
    by_uid: dict[str, list[tuple[str, ...]]] = {}
    for key in keys:
        by_uid.setdefault(key[6], []).append(key)
    mixed = {}
    for uid, claims in by_uid.items():
        mixed[uid] = tuple(
            _mixed(what)
            for what, part in _KEY_PARTS.values()
            if len({claim[part] for claim in claims}) > 1
        )
    return mixed


def _mixed(what: str) -> Finding:
    message = f"The same series UID is used by different {what}; their images are kept apart."
    return Finding(code=f"mixed-{what}", message=message)


def _series_order(group: SeriesGroup) -> tuple[str, str, int, str]:
    identity = group.identity
    number = 10**9 if identity.series_number is None else identity.series_number
    return (identity.study_date, identity.study_uid, number, identity.series_uid)


def _series(
    headers: list[InstanceHeader], kind: ObjectKind, mixed: dict[str, tuple[Finding, ...]]
) -> SeriesGroup:
    tags = headers[0].tags
    identity = series_of(tags)
    findings = [Finding(code=code, message=text) for code, text in identity_faults(tags)]
    findings.extend(mixed[identity.series_uid])
    if any(NO_FILE_META in header.tags for header in headers):
        findings.append(_NO_FILE_META)
    group = SeriesGroup(
        identity=identity, object_kind=kind, headers=tuple(headers), findings=tuple(findings)
    )
    return _with_pictures(group) if kind is ObjectKind.IMAGE else group


def _with_pictures(group: SeriesGroup) -> SeriesGroup:
    frames = [frame for header in group.headers for frame in frames_of(header)]
    frames, findings = _without_copies(frames)
    frames = _with_common_frame_of_reference(frames, findings)
    placed, loose = _placed(frames, group.identity.modality)
    rule_groups, rule_findings = split_by_rules(placed)
    stacks: list[FrameStack] = []
    findings.extend(rule_findings)
    for rule_group in rule_groups:
        orientations = split_by_orientation(rule_group)
        if len(orientations) > 1:
            message = _MANY_ORIENTATIONS.format(count=len(orientations))
            findings.append(Finding(code="mixed-orientations", message=message))
        for oriented in orientations:
            _arrange_oriented(oriented, stacks, loose, findings)
    return replace(
        group,
        stacks=tuple(stacks),
        images=tuple(loose),
        findings=group.findings + tuple(dict.fromkeys(findings)),
    )


def _without_copies(
    frames: Sequence[ImageFrame],
) -> tuple[list[ImageFrame], list[Finding]]:
    """Return the frames without second copies of an instance at the same place."""
    kept: dict[tuple[object, ...], ImageFrame] = {}
    for number, frame in enumerate(frames):
        uid = frame.sop_instance_uid or f"#{number}"
        place = frame.tags.numbers("ImagePositionPatient", 3)
        kept.setdefault((uid, frame.index, place), frame)
    dropped = len(frames) - len(kept)
    if not dropped:
        return list(frames), []
    message = (
        "1 exact copy of an image was left out."
        if dropped == 1
        else f"{dropped} exact copies of images were left out."
    )
    return list(kept.values()), [Finding(code="duplicate-images", message=message)]


def _with_common_frame_of_reference(
    frames: list[ImageFrame], findings: list[Finding]
) -> list[ImageFrame]:
    """Return the frames in one frame of reference where the header names one per image.

    Some de-identification tools make a new UID for every image; the coordinates still belong to
    one scan. Two or three different UIDs, however, are different coordinate systems.
    """
    uids = [frame.tags.text("FrameOfReferenceUID") for frame in frames]
    if len(frames) < _MIN_IMAGES_FOR_FRAME_RULE or len(set(uids)) < len(frames):
        return frames
    findings.append(_FRAME_PER_IMAGE)
    common = {"FrameOfReferenceUID": min(uids)}
    return [replace(frame, tags=frame.tags.with_values(common)) for frame in frames]


def _placed(
    frames: Iterable[ImageFrame], modality: str
) -> tuple[list[PlacedFrame], list[LooseImage]]:
    placed, loose = [], []
    for frame in frames:
        place = frame.placement
        if modality in FLAT_MODALITIES:
            loose.append(LooseImage(frame=frame))
        elif modality == "CT" and "LOCALIZER" in frame.tags.texts("ImageType"):
            loose.append(LooseImage(frame=frame, finding=_LOCALIZER))
        elif frame.layout.samples != 1:
            loose.append(LooseImage(frame=frame, finding=_COLOR))
        elif place is None:
            loose.append(LooseImage(frame=frame, finding=_why_not_placed(frame)))
        else:
            placed.append(PlacedFrame(frame=frame, place=place))
    return placed, loose


def _why_not_placed(frame: ImageFrame) -> Finding:
    if "ImagePositionPatient" not in frame.tags and "ImageOrientationPatient" not in frame.tags:
        return _NO_PLACE
    if frame.position is None:
        return _NO_PLACE
    return _BAD_SPACING if frame.pixel_spacing is None else _BAD_AXES


def _arrange_oriented(
    oriented: list[PlacedFrame],
    stacks: list[FrameStack],
    loose: list[LooseImage],
    findings: list[Finding],
) -> None:
    phases = split_phases(oriented)
    if len(phases) > 1 and len(phases[0]) == 1:
        loose.extend(LooseImage(frame=item.frame, finding=_ONE_POSITION) for item in oriented)
        return
    if len(phases) > 1:
        message = f"Positions are imaged up to {len(phases)} times; each pass is a volume."
        findings.append(Finding(code="repeated-positions", message=message))
    for phase in phases:
        arranged = arrange(phase)
        if len(arranged) > 1:
            message = _MANY_SLABS.format(count=len(arranged))
            findings.append(Finding(code="several-slabs", message=message))
        for part in arranged:
            if isinstance(part, StackOnly):
                loose.extend(LooseImage(frame=item, finding=part.finding) for item in part.frames)
            else:
                stacks.append(part)
                loose.extend(_as_scanned(part))


def _as_scanned(stack: FrameStack) -> list[LooseImage]:
    """Return the pictures of a sheared stack, which stay viewable as they were scanned."""
    tilted = next((item for item in stack.findings if item.code == "tilted"), None)
    if tilted is None:
        return []
    return [LooseImage(frame=frame, finding=tilted) for frame in stack.frames]
