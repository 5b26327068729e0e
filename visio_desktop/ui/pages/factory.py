"""Makes pages when they are first needed: the window shows before anything of the room is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.state import Page
from visio_desktop.ui.bridge import EngineFace
from visio_desktop.ui.choices import NO_CHOICES, Choices
from visio_desktop.ui.pages.light import LightPage

if TYPE_CHECKING:
    from visio_desktop.ui.pages.room import RoomPage

type AnyPage = LightPage | RoomPage


class PageMaker:
    """Every page it makes emits its intents to `emit`."""

    def __init__(
        self,
        engine: EngineFace,
        on_first_picture: Callable[[], None],
        emit: Callable[[object], None],
        choices: Choices = NO_CHOICES,
    ) -> None:
        self._engine = engine
        self._on_first_picture = on_first_picture
        self._emit = emit
        self._choices = choices

    def make(self, page: Page) -> AnyPage:
        """A new page."""
        made = self._room() if page is Page.ROOM else self._light(page)
        made.intent.connect(self._emit)
        return made

    def _room(self) -> RoomPage:
        from visio_desktop.ui.pages.room import RoomPage  # noqa: PLC0415 - heavy, and needed late

        return RoomPage(self._engine, self._on_first_picture, self._choices, self._engine.play_cue)

    def _light(self, page: Page) -> LightPage:
        match page:
            case Page.PREJOIN:
                from visio_desktop.ui.pages.prejoin import PrejoinPage  # noqa: PLC0415 - brings the video tile

                prejoin = PrejoinPage(self._engine, self._engine.microphone_level_db)
                prejoin.devices_asked.connect(self._engine.list_devices)
                return prejoin
            case Page.JOINING:
                from visio_desktop.ui.pages.joining import JoiningPage  # noqa: PLC0415 - needed late

                return JoiningPage(self._engine)
            case Page.FAILED:
                from visio_desktop.ui.pages.failed import FailedPage  # noqa: PLC0415 - needed late

                return FailedPage()
            case Page.ENDED:
                from visio_desktop.ui.pages.ended import EndedPage  # noqa: PLC0415 - needed late

                return EndedPage(saves=self._choices.get("kiosk") is not True)
            case _ if self._choices.get("kiosk") is True and self._choices.get("kiosk_link"):
                from visio_desktop.ui.pages.kiosk import KioskPage  # noqa: PLC0415 - few computers have it

                return KioskPage(str(self._choices.get("kiosk_link")))
            case _:
                from visio_desktop.ui.pages.home import HomePage  # noqa: PLC0415 - not seen by who joins at once

                return HomePage(forgets=self._choices.get("kiosk") is True)
