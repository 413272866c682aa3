"""From opened files to a case: the patient's own one, a new one, or a question, never a mix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from workstation.app.library import Library
from workstation.app.messages import MessageAction, Messages
from workstation.app.references import patient_of, series_reference
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.base.log import hide
from workstation.domain.case import Case, CaseStatus, StudyReference
from workstation.domain.changes import same_person
from workstation.domain.commands import AddStudy
from workstation.imaging.catalog import Catalog, StudyEntry
from workstation.storage.stored_case import CaseSummary
from workstation.ui.hanger import first_study


def study_command(study: StudyEntry) -> AddStudy:
    """Return the command that takes a study into a case."""
    modalities = tuple(dict.fromkeys(item.identity.modality for item in study.series))
    first = study.series[0].identity
    return AddStudy(
        patient=patient_of(study.patient),
        study=StudyReference(
            study_uid=study.uid,
            date=study.date,
            description=study.description,
            accession=first.accession,
            modalities=modalities,
        ),
        # Images that name no study are listed under a UID of their own.
        series=tuple(
            replace(series_reference(item.identity), study_uid=study.uid) for item in study.series
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignStudy:
    """A study of another patient that was not added.

    Parameters
    ----------
    study : StudyEntry
    sentence : str
        What the reader is told.
    """

    study: StudyEntry
    sentence: str


class CaseOpener(QObject):
    """Gives every opened study its case.

    Parameters
    ----------
    library : Library
    session : CaseSession
    messages : Messages
    list_cases : callable
        Gives the kept cases, the one changed last first.

    Signals
    -------
    study_opened(StudyEntry)
        A study of the open case is to be hung.
    foreign_found(ForeignStudy)
        A study of another patient waits for an answer.
    """

    study_opened = Signal(object)
    foreign_found = Signal(object)

    def __init__(
        self,
        library: Library,
        session: CaseSession,
        messages: Messages,
        list_cases: Callable[[], Sequence[CaseSummary]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._session = session
        self._messages = messages
        self._list_cases = list_cases
        self._seen = 0
        self.case_maker: Callable[[StudyEntry], None] | None = None
        """Makes the case of the next study in its own way, as the demo does."""
        library.catalog_changed.connect(self._on_catalog_changed)
        library.open_failed.connect(self._on_open_failed)

    def open_as_new_case(self, study: StudyEntry) -> None:
        """Close the open case and read a study of another patient."""
        self._session.close()
        self._messages.resolve("two-patients")
        self._take(study)

    def kept_cases(self) -> Sequence[CaseSummary]:
        """Return the kept cases, the one changed last first."""
        return self._list_cases()

    def belongs(self, study: StudyEntry) -> bool:
        """Whether a study may stand beside the open case."""
        case = self._session.case
        if case is None or not case.studies:
            return True
        known = any(item.study_uid == study.uid for item in case.studies if study.uid)
        return known or same_person(case.patient, patient_of(study.patient))

    def _on_catalog_changed(self) -> None:
        catalogs = self._library.catalogs
        fresh, self._seen = catalogs[self._seen :], len(catalogs)
        for catalog in fresh:
            if isinstance(catalog, Catalog):
                self._open_catalog(catalog)

    def _open_catalog(self, catalog: Catalog) -> None:
        for patient in catalog.patients:
            for study in patient.studies:
                hide(study.patient.id, study.patient.name, study.patient.birth_date)
            if patient.conflict:
                self._messages.caution(patient.conflict, key="patient-conflict")
        first = first_study(catalog)
        if first is None:
            self._say_nothing_found(catalog)
            return
        rest = [study for study in catalog.studies if study is not first and _has_images(study)]
        if self._offer(first):
            self.study_opened.emit(first)
        for study in rest:
            self._offer(study)

    def _offer(self, study: StudyEntry) -> bool:
        """Take a study into the case when it belongs there, else ask; whether it was taken."""
        if self.belongs(study):
            self._take(study, hang=False)
            return True
        sentence = foreign_sentence(self._session.case, study)
        foreign = ForeignStudy(study=study, sentence=sentence)
        self._messages.caution(
            sentence,
            key="two-patients",
            action=MessageAction(label="Open as new case", handler=_Opener(self, study)),
        )
        self.foreign_found.emit(foreign)
        return False

    def _take(self, study: StudyEntry, *, hang: bool = True) -> None:
        if self._session.case is None and self.case_maker is not None:
            self.case_maker(study)
        if self._session.case is None:
            kept = self._kept_case(study)
            if kept is None or not self._session.open(kept):
                self._session.new()
        case = self._session.case
        if case is not None and self._is_news(case, study):
            self._session.dispatch(study_command(study))
        if hang:
            self.study_opened.emit(study)

    def _is_news(self, case: Case, study: StudyEntry) -> bool:
        if case.status is not CaseStatus.DRAFT:
            return False
        known = {item.series_uid for item in case.series}
        listed = any(item.study_uid == study.uid for item in case.studies)
        return not listed or any(s.identity.series_uid not in known for s in study.series)

    def _kept_case(self, study: StudyEntry) -> str | None:
        """Return the newest kept case of this very study, else of this very person."""
        patient = study.patient
        cases = [
            item
            for item in self._list_cases()
            if (item.patient_id, item.patient_name, item.birth_date)
            == (patient.id, patient.name, patient.birth_date)
        ]
        same_study = [item for item in cases if study.uid and study.uid in item.studies]
        if same_study:
            return same_study[0].case_id
        return cases[0].case_id if cases and patient.id else None

    def _say_nothing_found(self, catalog: Catalog) -> None:
        count = len(catalog.rejected)
        if count:
            files = "1 file was" if count == 1 else f"{count} files were"
            self._messages.caution(f"{files} not opened: {catalog.rejected[0].reason}", key="open")
        else:
            self._messages.caution("No images were found there.", key="open")

    def _on_open_failed(self, error: WorkstationError) -> None:
        self._messages.refused(error, key="open")


class _Opener:
    """Opens one study as a new case when the reader asks for it."""

    def __init__(self, opener: CaseOpener, study: StudyEntry) -> None:
        self.opener = opener
        self.study = study

    def __call__(self) -> None:
        """Open it."""
        self.opener.open_as_new_case(self.study)


def foreign_sentence(case: Case | None, study: StudyEntry) -> str:
    """Return why a study is not added: the ids that differ, or that one has none."""
    ours = case.patient.id if case is not None else ""
    theirs = study.patient.id
    if not ours or not theirs:
        return (
            "This study cannot be told to be of the same patient: an ID is missing. "
            "It was not added."
        )
    if ours == theirs:
        return "This study carries the same ID but another name or birth date. It was not added."
    return f"This study belongs to another patient: ID {theirs}, not {ours}. It was not added."


def _has_images(study: StudyEntry) -> bool:
    return any(series.volumes for series in study.series)
