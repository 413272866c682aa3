"""Evidence both ways: keep what a pane shows, and bring the panes back to what was kept."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from workstation.app.library import Library
from workstation.app.messages import Messages
from workstation.app.session import CaseSession
from workstation.base.errors import WorkstationError
from workstation.domain.case import KeyImage
from workstation.domain.commands import AddKeyImage, RemoveKeyImage, ReplaceKeyImage
from workstation.imaging.volume import VolumeKey
from workstation.ui.key_image import key_image_of, render_key_image, state_of
from workstation.ui.pane import Pane
from workstation.ui.reading_desk import ReadingDesk


class EvidenceDesk:
    """Key images of the open case.

    Parameters
    ----------
    session : CaseSession
    library : Library
    desk : ReadingDesk
    messages : Messages
    """

    def __init__(
        self, session: CaseSession, library: Library, desk: ReadingDesk, messages: Messages
    ) -> None:
        self._session = session
        self._library = library
        self._desk = desk
        self._messages = messages
        self._pictures: dict[tuple[KeyImage, int, int], QImage] = {}

    def toggle(self) -> None:
        """Keep what the active pane shows, or take it away when it is kept already."""
        made = self._image(())
        if made is None:
            return
        kept = self._kept_like(made)
        if kept is not None:
            self._session.dispatch(RemoveKeyImage(id=kept.id))
        elif self._session.dispatch(AddKeyImage(image=made)):
            self._messages.info("Key image kept.", key="key-image")

    def attach(self, field: str = "") -> None:
        """Keep what the active pane shows as evidence for a form field.

        Parameters
        ----------
        field : str
            By default the field in focus.
        """
        wanted = field or self._session.view.focused_field
        if not wanted:
            self._messages.caution("No form field is in focus.", key="key-image")
            return
        made = self._image((wanted,))
        if made is None:
            return
        kept = self._kept_like(made)
        if kept is None:
            self._session.dispatch(AddKeyImage(image=made))
        elif wanted not in kept.proves:
            more = replace(kept, proves=(*kept.proves, wanted))
            self._session.dispatch(ReplaceKeyImage(image=more))

    def go_to(self, image_id: str) -> None:
        """Show a key image again, in the pane that is nearest to it in plane."""
        image = self._find(image_id)
        if image is None:
            return
        volume = self._library.request(_key(image))
        if volume is None:
            self._messages.info("These images are not open, or still loading.", key="key-image")
            return
        state = state_of(image, volume)
        pane = self._pane_for(state.view.plane_name.value)
        if pane is not None:
            self._desk.grid.set_active(pane)
            pane.show_state(state)
            self._desk.point_to(pane, image.center_lps)

    def picture(self, image: KeyImage, size: QSize) -> QImage | None:
        """Return a small picture of a key image, or None while its volume is not in memory."""
        case = self._session.case
        volume = self._library.volume(_key(image))
        if case is None or volume is None or size.isEmpty():
            return None
        key = (image, size.width(), size.height())
        if key not in self._pictures:
            try:
                pixels = render_key_image(image, volume, case, (size.width(), size.height()))
            except WorkstationError:
                return None
            self._pictures[key] = pixels
        return self._pictures[key]

    def _image(self, proves: tuple[str, ...]) -> KeyImage | None:
        pane, case = self._desk.active_slice_pane(), self._session.case
        if pane is None or pane.state is None or case is None:
            self._messages.caution("No images are shown here.", key="key-image")
            return None
        try:
            return key_image_of(
                pane.state,
                case,
                image_id=self._session.new_id(),
                created_at=self._session.now(),
                proves=proves,
            )
        except WorkstationError as error:
            self._messages.refused(error, key="key-image")
            return None

    def _kept_like(self, made: KeyImage) -> KeyImage | None:
        """Return the kept image of the same slice, zoom and window."""
        case = self._session.case
        for image in case.key_images if case is not None else ():
            same = replace(
                image,
                id=made.id,
                created_at=made.created_at,
                proves=made.proves,
                caption=made.caption,
                lesion_number=made.lesion_number,
            )
            if same == made:
                return image
        return None

    def _find(self, image_id: str) -> KeyImage | None:
        case = self._session.case
        images = case.key_images if case is not None else ()
        return next((image for image in images if image.id == image_id), None)

    def _pane_for(self, plane: str) -> Pane | None:
        panes = self._desk.slice_panes()
        same = [
            pane
            for pane in panes
            if pane.state is not None and pane.state.view.plane_name.value == plane
        ]
        return (same or list(panes) or [None])[0]  # type: ignore[list-item]


def _key(image: KeyImage) -> VolumeKey:
    return VolumeKey(series_uid=image.series_uid, index=image.volume_index)
