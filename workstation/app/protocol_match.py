"""Which series plays which role, how well a protocol fits, and the panes that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workstation.app.protocol_data import (
    PaneKind,
    PanePlace,
    PaneSpec,
    Protocol,
    Role,
    Selector,
    Slab,
    Stage,
    StudyAge,
)
from workstation.app.protocol_series import (
    MIN_LABELED_LEVELS,
    HangContext,
    PictureKey,
    SeriesRecord,
    newest_longest,
    of_one_person,
)
from workstation.domain.spine import VertebralLevel
from workstation.imaging.volume import VolumeKey
from workstation.rendering.plane import PlaneName

REQUIRED_SCORE = 100.0
"""What a protocol scores for having everything it requires (reading conventions 4.3)."""

Source = VolumeKey | PictureKey

Cast = Mapping[str, SeriesRecord]
"""Who plays which role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanePlan:
    """What one pane is to show; ``source`` is None for a pane that stays empty.

    Parameters
    ----------
    kind : PaneKind
    source : VolumeKey, PictureKey or None
    plane : PlaneName or None
        None for what has no plane: a picture, a 3D view.
    native : bool
        Whether the plane is that of the images themselves.
    preset : str
        Name of a window; empty for the one the series starts with.
    fusion : VolumeKey or None
        Laid over in color.
    fusion_preset : str
    slab : Slab or None
    level : VertebralLevel or None
        The vertebra the pane begins at.
    endplate_parallel : bool
    field_mm : float or None
        Height shown, mm; None fits the whole volume.
    role : str
        The role it plays in the protocol.
    title : str
        As read on screen.
    prior : bool
        Whether it is of an earlier study.
    """

    kind: PaneKind = PaneKind.SLICE
    source: Source | None = None
    plane: PlaneName | None = None
    native: bool = False
    preset: str = ""
    fusion: VolumeKey | None = None
    fusion_preset: str = ""
    slab: Slab | None = None
    level: VertebralLevel | None = None
    endplate_parallel: bool = False
    field_mm: float | None = None
    role: str = ""
    title: str = ""
    prior: bool = False

    @property
    def volume(self) -> VolumeKey | None:
        """The volume shown, or None."""
        return self.source if isinstance(self.source, VolumeKey) else None

    @property
    def shows(self) -> tuple[object, ...]:
        """What makes two panes the same picture."""
        return (
            *(self.kind, self.source, self.plane, self.preset),
            *(self.fusion, self.slab, self.level, self.field_mm),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HangStage:
    """One layout, filled: ``panes`` row by row, as many as the grid has places."""

    name: str
    rows: int
    columns: int
    panes: tuple[PanePlan, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything it shows, each once, in the order of the panes."""
        shown = (item for pane in self.panes for item in (pane.source, pane.fusion))
        return tuple(dict.fromkeys(item for item in shown if item is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a protocol fits: its cast, its stages and the key by which the best fit comes last."""

    protocol: Protocol
    cast: Cast
    stages: tuple[HangStage, ...]
    score: float
    date: str
    slices: int

    @property
    def rank(self) -> tuple[float, str, int]:
        """The score; ties go to the newest, then to the most slices."""
        return (self.score, self.date, self.slices)


class Matcher:
    """Fits protocols to the series of one person.

    Parameters
    ----------
    records : iterable of SeriesRecord
        Everything that is open; only what belongs to the person of the current study is used.
    context : HangContext
    """

    def __init__(self, records: Iterable[SeriesRecord], context: HangContext) -> None:
        own = of_one_person(records, context.current_study_uid)
        full = [record for record in own if not record.is_minor]
        self._readable = bool(full)
        self.records = sorted(full or own, key=newest_longest, reverse=True)
        self.context = context
        self._current = self._current_study()

    def fit(self, protocol: Protocol) -> Fit | None:
        """Return how a protocol fits, or None where it does not.

        Scouts and single pictures alone fit nothing but a protocol that asks for nothing.
        """
        if not self._readable and not protocol.is_fallback:
            return None
        cast = self._cast(protocol)
        if not _meets(protocol, cast):
            return None
        stages = tuple(_finished(stage, protocol, cast) for stage in self._stages(protocol, cast))
        if not stages:
            return None
        used = {record.source: record for record in cast.values()}
        return Fit(
            protocol=protocol,
            cast=cast,
            stages=stages,
            score=_score(protocol, cast),
            date=max(item.identity.study_date for item in used.values()),
            slices=sum(item.slices for item in used.values()),
        )

    def missing(self, protocol: Protocol) -> str:
        """Return what a protocol lacks first: the title of a role, a numbered spine, or empty."""
        cast = self._cast(protocol)
        wanted = {rule.role for rule in protocol.rules if rule.required}
        for role in protocol.roles:
            if role.id in wanted and role.id not in cast:
                return role.title
        labels = any(pane.needs_labels for stage in protocol.stages for pane in stage.panes)
        return "numbered spine" if labels and self.fit(protocol) is None else ""

    def _current_study(self) -> str:
        wanted = self.context.current_study_uid
        if any(record.identity.study_uid == wanted for record in self.records):
            return wanted
        return self.records[0].identity.study_uid if self.records else ""

    def _cast(self, protocol: Protocol) -> Cast:
        cast: dict[str, SeriesRecord] = {}
        for role in protocol.roles:
            player = self._player(role, cast)
            if player is not None:
                cast[role.id] = player
        return cast

    def _player(self, role: Role, cast: Cast) -> SeriesRecord | None:
        taken = {cast[name].source for name in role.other_than if name in cast}
        free = [record for record in self.records if record.source not in taken]
        for choice in role.choices:
            for record in free:
                if self._suits(record, choice, cast):
                    return record
        return None

    def _suits(self, record: SeriesRecord, choice: Selector, cast: Cast) -> bool:
        return (
            record.is_picture == choice.picture
            and self._is_of_age(record, choice.study)
            and _is_of_kind(record, choice)
            and (choice.spine is None or self._is_spine(record) == choice.spine)
            and _stands_to_others(record, choice, cast)
        )

    def _is_of_age(self, record: SeriesRecord, age: StudyAge) -> bool:
        if age is StudyAge.ANY:
            return True
        if age is StudyAge.CURRENT:
            return record.identity.study_uid == self._current
        # A study that names no date is never held to be the earlier one.
        return "" < record.identity.study_date < self._current_date

    @property
    def _current_date(self) -> str:
        dates = (
            record.identity.study_date
            for record in self.records
            if record.identity.study_uid == self._current
        )
        return max(dates, default="")

    def _is_spine(self, record: SeriesRecord) -> bool:
        return record.spine or self.context.labeled.get(record.space, 0) >= MIN_LABELED_LEVELS

    def _stages(self, protocol: Protocol, cast: Cast) -> tuple[HangStage, ...]:
        for last_resort in (False, True):
            wanted = (item for item in protocol.stages if item.last_resort is last_resort)
            shown = tuple(filter(None, (self._stage(item, cast) for item in wanted)))
            if shown:
                return shown
        return ()

    def _stage(self, stage: Stage, cast: Cast) -> HangStage | None:
        panes: list[PanePlan] = []
        for spec in stage.panes:
            plans = self._plans(spec, cast, panes)
            if spec.required and not plans:
                return None
            panes.extend(plans)
        if len({pane.source for pane in panes}) < stage.min_series:
            return None
        rows, columns = _grid(len(panes), stage)
        panes = panes[: rows * columns]
        empty = [PanePlan()] * (rows * columns - len(panes))
        return HangStage(name=stage.name, rows=rows, columns=columns, panes=(*panes, *empty))

    def _plans(self, spec: PaneSpec, cast: Cast, before: list[PanePlan]) -> list[PanePlan]:
        """Return the panes a spec gives: usually one, none when nothing new can be shown."""
        shown = {plan.shows for plan in before}
        for option in (spec, *spec.instead):
            plans = [plan for plan in self._option_plans(option, cast) if plan.shows not in shown]
            if plans:
                return plans
        return []

    def _option_plans(self, spec: PaneSpec, cast: Cast) -> Iterator[PanePlan]:
        record = cast.get(spec.role)
        if record is None or not self._can_show(spec, record, cast):
            return
        if spec.place is PanePlace.EACH_MARKED_LEVEL:
            for level in self.context.marked_levels:
                yield self._plan(spec, record, cast, level)
        elif spec.place is PanePlace.ACTIVE_LEVEL:
            yield self._plan(spec, record, cast, self.context.active_level)
        else:
            yield self._plan(spec, record, cast, None)

    def _can_show(self, spec: PaneSpec, record: SeriesRecord, cast: Cast) -> bool:
        if spec.needs_labels and not self.context.labeled.get(record.space):
            return False
        if (spec.kind is PaneKind.PICTURE) != record.is_picture:
            return False
        if not spec.fusion:
            return True
        over = cast.get(spec.fusion)
        return over is not None and not over.is_picture and over.space == record.space

    def _plan(
        self, spec: PaneSpec, record: SeriesRecord, cast: Cast, level: VertebralLevel | None
    ) -> PanePlan:
        plane = spec.plane.name_of_plane or record.native_plane
        over = cast[spec.fusion].source if spec.fusion else None
        labeled = bool(self.context.labeled.get(record.space))
        return PanePlan(
            kind=spec.kind,
            source=record.source,
            plane=plane if spec.kind is PaneKind.SLICE else None,
            native=spec.kind is PaneKind.SLICE and plane is record.native_plane,
            preset=spec.preset,
            fusion=over if isinstance(over, VolumeKey) else None,
            fusion_preset=spec.fusion_preset,
            slab=spec.slab,
            level=level if labeled else None,
            endplate_parallel=spec.endplate_parallel and labeled,
            field_mm=spec.field_mm,
            role=spec.role,
            title=spec.title,
            prior=record.identity.study_uid != self._current,
        )


def _meets(protocol: Protocol, cast: Cast) -> bool:
    """Whether every required role is played and no forbidden one."""
    return all(not (rule.absent if rule.role in cast else rule.required) for rule in protocol.rules)


def _score(protocol: Protocol, cast: Cast) -> float:
    weights = sum(rule.weight for rule in protocol.rules if rule.role in cast)
    return weights + (0.0 if protocol.is_fallback else REQUIRED_SCORE)


def _finished(stage: HangStage, protocol: Protocol, cast: Cast) -> HangStage:
    """Return the stage with the titles of its roles and the ranges its tracers ask for."""
    titles = {role.id: role.title for role in protocol.roles}
    players = {record.source: record for record in cast.values()}
    panes = []
    for pane in stage.panes:
        title = pane.title or titles.get(pane.role, "")
        preset = _range_of(pane.preset, players, pane.source, protocol)
        over = _range_of(pane.fusion_preset, players, pane.fusion, protocol)
        panes.append(replace(pane, title=title, preset=preset, fusion_preset=over))
    return replace(stage, panes=tuple(panes))


def _range_of(
    preset: str,
    players: Mapping[Source, SeriesRecord],
    source: Source | None,
    protocol: Protocol,
) -> str:
    """Return the range of the tracer where the protocol knows one, else the preset of the pane."""
    tracer = players[source].kind.tracer.casefold() if source is not None else ""
    for item in protocol.tracer_presets:
        if any(word.casefold() in tracer for word in item.words):
            return item.preset
    return preset


def _is_of_kind(record: SeriesRecord, choice: Selector) -> bool:
    kind = record.kind
    if record.slices < choice.min_slices:
        return False
    among = (
        (choice.modality, record.identity.modality),
        (choice.plane, kind.plane),
        (choice.weighting, kind.weighting),
        (choice.dixon_part, kind.dixon_part),
        (choice.ct_kernel, kind.ct_kernel),
    )
    exactly = (
        (choice.fat_suppressed, kind.fat_suppressed),
        (choice.contrast, kind.contrast),
        (choice.myelography, kind.myelography),
        (choice.attenuation_corrected, kind.attenuation_corrected),
        (choice.derived, kind.derived),
    )
    return all(not words or value in words for words, value in among) and all(
        wanted is None or value is wanted for wanted, value in exactly
    )


def _stands_to_others(record: SeriesRecord, choice: Selector, cast: Cast) -> bool:
    if choice.same_space_as:
        other = cast.get(choice.same_space_as)
        if other is None or other.space != record.space or record.covers(other) < choice.covers:
            return False
    if choice.like:
        other = cast.get(choice.like)
        return other is not None and _likeness(other) == _likeness(record)
    return True


def _likeness(record: SeriesRecord) -> tuple[object, ...]:
    kind = record.kind
    return (
        record.identity.modality,
        kind.plane,
        kind.weighting,
        kind.fat_suppressed,
        # Contrast in the vessels changes little in a CT of bone; in MR it is another series.
        kind.contrast and record.identity.modality == "MR",
        kind.ct_kernel,
        kind.attenuation_corrected,
    )


def _grid(count: int, stage: Stage) -> tuple[int, int]:
    """Return rows and columns for the panes that are filled, never more than the limit."""
    if count >= stage.rows * stage.columns:
        columns = stage.columns
        rows = min(-(-count // columns), 4) if count > stage.rows * columns else stage.rows
        return rows, columns
    columns = min(stage.columns, count)
    return -(-count // columns), columns
