"""What we tell the room: lines, hands, reactions, a name. Encrypted where the room is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import in_path
from visio_desktop.servers.matrix.keys import Plain
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.timeline import (
    HAND_EVENT,
    LONGEST_LINE_BYTES,
    MESSAGE_EVENT,
    REACTION_EVENT,
    Timeline,
    print_hand,
    print_line,
    print_reaction,
)
from visio_desktop.servers.matrix.words import LONGEST_ID
from visio_desktop.servers.port import RequestFailed

_LONGEST_NAME = 200


class Sayings:
    """One session's. Every method raises `RequestFailed`, `ApiError`, `KeysError`."""

    def __init__(self, place: Place, timeline: Timeline, ids: Callable[[], str]) -> None:
        self._place = place
        self._timeline = timeline
        self._ids = ids
        self._path = f"/v3/rooms/{in_path(place.room.id)}"
        self._hand = ""

    async def line(self, message_id: str, text: str) -> None:
        """Write to everybody in the room."""
        _refuse_too_long(text)
        self._timeline.sent(await self._send(MESSAGE_EVENT, print_line(text)), message_id)

    async def edit(self, message_id: str, text: str) -> None:
        """Put another text in the place of a line of ours."""
        _refuse_too_long(text)
        event_id = self._timeline.event_of(message_id)
        if not event_id:
            raise RequestFailed("no such line")
        await self._send(MESSAGE_EVENT, print_line(text, event_id))

    async def raise_hand(self) -> None:
        """Raise one's hand; it is up once the room says so."""
        if not self._hand_event():
            self._hand = await self._send(HAND_EVENT, print_hand(self._standing()))

    async def lower_hand(self) -> None:
        """Take it down; without one nothing happens."""
        event_id, self._hand = self._hand_event(), ""
        if event_id:
            await self._redact(event_id)

    async def lower_other(self, identity: str) -> None:
        """Take somebody else's hand down, where one may take back what others say."""
        hand = self._timeline.hand_of(identity)
        if hand is None or not self._place.room.powers.may_redact(self._place.account.device.user_id):
            raise RequestFailed("no hand, or not ours to lower")
        await self._redact(hand.event_id)

    async def react(self, emoji: Emoji) -> None:
        """Show a reaction."""
        await self._send(REACTION_EVENT, print_reaction(emoji, self._standing()))

    async def rename(self, name: str) -> None:
        """Go by another name in this room; the account's stays."""
        user_id = self._place.account.device.user_id
        content = {"membership": "join", "displayname": name.strip()[:_LONGEST_NAME]}
        picture = Fields(self._place.room.entry(user_id)).text("avatar_url")
        if picture:
            content["avatar_url"] = picture
        await self._place.api.call("PUT", f"{self._path}/state/m.room.member/{in_path(user_id)}", content)

    async def put_out(self, identity: str) -> None:
        """Put somebody out of the room, and so out of its call, where one may; they may come back where all may."""
        me, user_id = self._place.account.device.user_id, self._place.room.person(identity)
        if not user_id or not self._place.room.powers.may_remove(me, user_id):
            raise RequestFailed("not there, or not ours to remove")
        await self._place.api.call("POST", f"{self._path}/kick", {"user_id": user_id})

    async def _redact(self, event_id: str) -> None:
        await self._place.api.call("PUT", f"{self._path}/redact/{in_path(event_id)}/{self._ids()}", {})

    def _hand_event(self) -> str:
        known = self._timeline.hand_of(self._place.account.device.identity)
        return known.event_id if known is not None else self._hand

    def _standing(self) -> str:
        event_id = self._place.standing.event_id
        if not event_id:
            raise RequestFailed("not in the call")
        return event_id

    async def _send(self, kind: str, content: Mapping[str, Any]) -> str:
        """The event's id."""
        keys, room = self._place.keys, self._place.room
        sent = Plain(kind, content)
        if room.is_encrypted:
            if keys is None:
                raise RequestFailed("this room is encrypted")
            sent = await keys.seal(sent, room.people)
        transaction = self._ids()
        self._timeline.sending(transaction)
        answer = await self._place.api.call(
            "PUT", f"{self._path}/send/{in_path(sent.type)}/{transaction}", sent.content
        )
        return Fields(answer).text("event_id", longest=LONGEST_ID)


def _refuse_too_long(text: str) -> None:
    if len(text.encode("utf-8", "replace")) > LONGEST_LINE_BYTES:
        raise RequestFailed("the text is too long")
