"""The chat of a conversation: Nextcloud keeps it, the signalling server says when to look (Talk's `docs/chat.md`)."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from visio_desktop.meeting.events import ChatReceived
from visio_desktop.meeting.values import ChatMessage, Participant, Problem
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.talk.ocs import SPREED, Answer, Ocs, OcsError
from visio_desktop.servers.talk.roster import LONGEST_NAME, Actor
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

HISTORY = 50
_AT_ONCE, _MOST_PAGES = 100, 10
_MOST_REMEMBERED = 200
_PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_-]{1,100})\}")
_LONGEST_TEXT = 32_000
_log = get_logger(__name__)

type Who = Callable[[Actor], Participant | None]
"""Somebody in the call by who they are at Nextcloud."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line as Nextcloud keeps it; `reference` is what its writer calls it."""

    number: int
    actor: Actor
    name: str
    text: str
    at_ms: float
    reference: str


def parse_line(fields: Fields) -> Written | None:
    """A line somebody wrote, None for what else stands in a conversation."""
    number = fields.count("id")
    text = fields.text("message", longest=_LONGEST_TEXT)
    kind = fields.text("messageType", "comment")
    if number is None or not text or fields.text("systemMessage") or kind not in ("comment", "voice-message"):
        return None
    parameters = fields.object("messageParameters")
    filled = _PLACEHOLDER.sub(lambda found: parameters.object(found[1]).text("name", found[0]), text)
    return Written(
        number,
        (fields.text("actorType"), fields.text("actorId")),
        fields.text("actorDisplayName", longest=LONGEST_NAME),
        filled,
        (fields.number("timestamp") or 0.0) * 1000,
        fields.text("referenceId", longest=128),
    )


class Chat:
    """One conversation's. `me` is who we are there, by the server's word and by the meeting's."""

    def __init__(
        self,
        ocs: Ocs,
        token: str,
        *,
        longest: int,
        me: tuple[Actor, Callable[[], Participant]],
        who: Who,
        tell: Callable[[ChatReceived], None],
        tasks: Tasks,
    ) -> None:
        self._ocs = ocs
        self._path = f"{SPREED}/v1/chat/{token}"
        self._longest = longest
        self._actor, self._me = me
        self._who = who
        self._tell = tell
        self._tasks = tasks
        self._last = 0
        self._own: OrderedDict[str, str] = OrderedDict()
        self._changed = asyncio.Event()

    def begin(self) -> None:
        """Show what was written before, and then what is written."""
        self._tasks.start(self._follow(), name="chat")

    def refresh(self) -> None:
        """Something was written."""
        self._changed.set()

    async def send(self, message_id: str, text: str) -> None:
        """Write to everybody. Raises `RequestFailed`."""
        if len(text) > self._longest:
            raise RequestFailed("the line is too long")
        reference = hashlib.sha256(f"{self._actor} {message_id}".encode()).hexdigest()
        self._own[reference] = message_id
        while len(self._own) > _MOST_REMEMBERED:
            self._own.popitem(last=False)
        me = self._me()
        body = {"message": text, "referenceId": reference, "actorDisplayName": me.name}
        try:
            answer = await self._ocs.call("POST", self._path, body)
        except OcsError as error:
            raise refusal(error) from error
        written = parse_line(Fields(answer.data))
        at_ms = written.at_ms if written is not None else 0.0
        self._tell(ChatReceived(ChatMessage(message_id, me.id, me.name, text, at_ms, is_mine=True)))

    async def _follow(self) -> None:
        try:
            await self._history()
        except OcsError as error:
            _log.info("chat_not_read", error=str(error))
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._news()
            except OcsError as error:
                _log.info("chat_not_read", error=str(error))

    async def _history(self) -> None:
        answer = await self._ask(lookIntoFuture=0, limit=HISTORY)
        lines = [Fields(each) for each in answer.data[:HISTORY]] if isinstance(answer.data, list) else []
        self._last = max((each.count("id") or 0 for each in lines), default=0)
        for each in reversed(lines):
            self._show(each, is_old=True)

    async def _news(self) -> None:
        for _ in range(_MOST_PAGES):
            answer = await self._ask(lookIntoFuture=1, limit=_AT_ONCE, timeout=0, lastKnownMessageId=self._last)
            lines = [Fields(each) for each in answer.data[:_AT_ONCE]] if isinstance(answer.data, list) else []
            if not lines:
                return
            for each in lines:
                self._last = max(self._last, each.count("id") or 0)
                self._show(each, is_old=False)
            if len(lines) < _AT_ONCE:
                return

    async def _ask(self, **parameters: int) -> Answer:
        quiet = {"setReadMarker": "0", "noStatusUpdate": "1"}
        return await self._ocs.call(
            "GET", self._path, parameters={name: str(value) for name, value in parameters.items()} | quiet
        )

    def _show(self, fields: Fields, *, is_old: bool) -> None:
        line = parse_line(fields)
        if line is None or line.reference in self._own:
            return
        is_mine = line.actor == self._actor
        person = self._me() if is_mine else self._who(line.actor)
        sender_id, name = (person.id, person.name) if person is not None else ("/".join(line.actor), line.name)
        message = ChatMessage(
            f"talk-{line.number}", sender_id, name or line.name, line.text, line.at_ms, is_mine=is_mine
        )
        self._tell(ChatReceived(message, is_old=is_old))


def refusal(error: OcsError, problem: Problem | None = None) -> RequestFailed:
    """Nextcloud's no within a meeting."""
    return RequestFailed(str(error), problem)
