"""What is written: lines for everybody, for oneself alone, and what the server or those who lead have to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from visio_desktop.meeting.events import Captioned, ChatCleared, ChatReceived, ServerEvent
from visio_desktop.meeting.rooms import Caption
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.galene.problems import one_line
from visio_desktop.servers.galene.words import Said
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr

LONGEST_LINE = 16_000
_FOR_PEOPLE = {"error", "warning", "info"}


class Lines:
    """`is_mine` says which ids are, or once were, one's own."""

    def __init__(self, is_mine: Callable[[str], bool], epoch: Clock) -> None:
        self._is_mine = is_mine
        self._epoch = epoch
        self._number = 0

    def read(self, said: Said) -> list[ServerEvent]:
        """What a line of the chat, or of its history, says."""
        text = said.value
        if not text:
            return []
        if said.kind == "caption":
            if said.type != "chat":  # what was said long ago
                return []
            self._number += 1
            return [Captioned(Caption(f"{said.source}:{self._number}", said.source, said.username, text, final=True))]
        name = said.username or tr("galene.anonymous" if said.source else "galene.server")
        line = ChatMessage(
            self._id(said),
            said.source,
            tr("chat.private", name=name) if said.dest else name,
            f"{name} {text}" if said.kind == "me" else text,
            self._at_ms(said),
            is_mine=self._is_mine(said.source),
        )
        return [ChatReceived(line, is_old=said.type != "chat")]

    def read_notice(self, said: Said) -> list[ServerEvent]:
        """What a message says that is for people to read: only those count for which the server vouches."""
        if said.kind not in _FOR_PEOPLE or not said.privileged:
            return []
        return self.tell(one_line(said.value), said.username)

    def cleared(self, said: Said) -> list[ServerEvent]:
        """Lines were taken away: one, all of somebody, or all there are, of which those who are there are told."""
        about = said.fields.object("value")
        sender, line = about.text("userId"), about.text("id")
        if line and not sender:
            return []
        if sender:
            mine = not line or self._is_mine(sender)
            return [ChatCleared(sender, line if mine else f"{sender}:{line}")]
        return [ChatCleared(), *self.tell(tr("galene.cleared"))]

    def tell(self, text: str, name: str = "") -> list[ServerEvent]:
        """The server, or somebody who leads, says this."""
        self._number += 1
        line = ChatMessage(f":{self._number}", "", name or tr("galene.server"), text, self._epoch())
        return [ChatReceived(line)] if text else []

    def _id(self, said: Said) -> str:
        """Ids are given by whoever writes: two may choose the same."""
        if said.id and self._is_mine(said.source):
            return said.id
        self._number += 1
        return f"{said.source}:{said.id or self._number}"

    def _at_ms(self, said: Said) -> float:
        """A time as text (ISO 8601), or in milliseconds, as version 1 had it."""
        number = said.fields.number("time", largest=1e14)
        if number is not None:
            return number
        try:
            return datetime.fromisoformat(said.fields.text("time")).timestamp() * 1000
        except (ValueError, OverflowError, OSError):
            return self._epoch()
