"""The signalling server's words, each given to its part; what only the server may say is believed only of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    MutedByServer,
    Reacted,
    RecordingChanged,
    SendingAllowed,
    ServerEvent,
)
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.talk.entrance import Entry
from visio_desktop.servers.talk.recordings import recording
from visio_desktop.servers.talk.rooms import IN_CALL, capabilities, role
from visio_desktop.servers.talk.sending import SCREEN
from visio_desktop.servers.talk.signs import emoji_of
from visio_desktop.servers.talk.words import Words
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.servers.talk.session import TalkSession

_CANDIDATE = "candidate:"
_log = get_logger(__name__)


class Hearing:
    """What a session hears. Until `begin` nobody counts as having come after us."""

    def __init__(self, session: TalkSession, entry: Entry, token: str, *, is_guest: bool) -> None:
        self._session = session
        self._entry = entry
        self._token = token
        self._is_guest = is_guest
        self._conversation = entry.conversation
        self._has_begun = False
        self._watching: asyncio.Task[None] | None = None
        self.listed = asyncio.Event()
        """Set once the server lists us as being in the call."""

    @property
    def leads(self) -> bool:
        """Whether we moderate now."""
        return self._conversation.leads

    @property
    def sources(self) -> frozenset[Source]:
        """What we may send now."""
        return self._conversation.sources

    def begin(self) -> None:
        """We are in."""
        self._has_begun = True
        self._session.arrived()
        self._watch_the_door()

    def heard(self, words: Words) -> None:
        """Anything the server says of itself."""
        if self._session.is_over:
            return
        match words.kind:
            case "event":
                self._event(words.body)
            case "message":
                self._message(words.body)
            case "control":
                self._control(words.body.object("data"))
            case "room" if not words.body.text("roomid"):
                self._session.drop(ProblemCode.ROOM_ENDED, may_retry=False)
            case "room":
                self._properties(words.body.object("properties"))
            case "bye":
                self._bye(words.body.text("reason"))
            case "error":
                self._refused(words)
            case _:
                pass

    # ---- events

    def _event(self, event: Fields) -> None:
        match event.text("target"), event.text("type"):
            case "participants", "update":
                self._participants(event.object("update"))
            case "room", "join":
                self._tell(self._session.roster.joined(event.objects("join")))
            case "room", "leave":
                for session in event.texts("leave") or ():
                    self._forget(session)
            case "room", "message":
                self._room_message(event.object("message").object("data"))
            case "roomlist", "disinvite" if event.object("disinvite").text("roomid") == self._token:
                is_gone = event.object("disinvite").text("reason") == "deleted"
                code = ProblemCode.ROOM_ENDED if is_gone else ProblemCode.REMOVED
                self._session.drop(code, may_retry=False)
            case "roomlist", "update" if event.object("update").text("roomid") == self._token:
                self._properties(event.object("update").object("properties"))
            case _:
                pass

    def _participants(self, update: Fields) -> None:
        if update.flag("all"):
            if not (update.count("incall") or 0) & IN_CALL and self._has_begun:
                self._session.drop(ProblemCode.ROOM_ENDED, may_retry=False)
            return
        changed, users = update.objects("changed"), update.objects("users")
        roster = self._session.roster
        before = set(roster.people)
        self._own(roster.own(changed) or roster.own(users if not changed or not self._has_begun else ()))
        if self._session.is_over:
            return
        self._tell(roster.listed(changed, arriving=self._has_begun))
        if not changed or not self._has_begun:
            self._tell(roster.listed(users, arriving=self._has_begun, changed=False))
        now = set(roster.people)
        for person in before - now:
            self._session.receiving.forget(person)
        if self._has_begun and now - before:
            for person in now - before:
                self._session.start(self._session.offer_screen(person), "offer screen")
        if self._has_begun:
            self._session.arrived(anew=bool(now - before))

    def _own(self, own: Fields) -> None:
        """How the server lists us: still in the call, with which rights."""
        if not own:
            return
        if not (own.count("inCall") or 0) & IN_CALL:
            if self._has_begun:
                self._session.drop(ProblemCode.ROOM_ENDED, may_retry=False)
            return
        self.listed.set()
        kind, permissions = own.count("participantType"), own.count("participantPermissions")
        before = self._conversation
        now = replace(before, kind=kind or before.kind, permissions=permissions or before.permissions)
        if now == before:
            return
        self._conversation = now
        if not self._has_begun:
            return
        me = self._session.me
        if role(now.kind) is not me.role:
            self._session.tell_me(replace(me, role=role(now.kind)))
        offered = capabilities(self._entry.abilities, now, is_guest=self._is_guest)
        self._tell((CapabilitiesChanged(offered),))
        if now.sources != before.sources:
            self._tell((SendingAllowed(now.sources),))
            self._session.may_send(now.sources)
        self._watch_the_door()

    def _room_message(self, data: Fields) -> None:
        match data.text("type"):
            case "chat":
                self._session.chat.refresh()
            case "recording":
                self._tell((RecordingChanged(recording(data.object("recording").count("status") or 0)),))
            case _:
                pass

    def _properties(self, properties: Fields) -> None:
        state = properties.count("lobby-state")
        if state is not None:
            self._conversation = replace(self._conversation, has_lobby=state == 1)

    def _watch_the_door(self) -> None:
        if self.leads and self._watching is None:
            watching = self._session.leading.watch(lambda: self._conversation.has_lobby and self.leads)
            self._watching = self._session.start(watching, "door")

    # ---- messages

    def _message(self, body: Fields) -> None:
        sender, data = body.object("sender"), body.object("data")
        session, kind, sort = sender.text("sessionid"), data.text("type"), data.text("roomType")
        # A participant may say anything to all: what is of the media server comes to one alone.
        is_ours = sender.text("type") == "session"
        match kind:
            case "offer" if is_ours:
                self._session.start(self._session.receiving.offer(session, sort, data), "offer")
            case "answer" if is_ours and session == self._session.roster.me:
                if (stream := self._session.sending.sort(sort)) is not None:
                    stream.hear(data)
            case "candidate" if is_ours:
                self._candidate(session, sort, data)
            case "unshareScreen":
                self._session.receiving.end(session, SCREEN)
            case "reaction":
                emoji = emoji_of(data.object("payload").text("reaction"))
                if emoji is not None and session in self._session.roster.people:
                    self._tell((Reacted(session, emoji),))
            case _ if session and session != self._session.roster.me:
                self._tell(self._session.roster.said(session, kind, data.object("payload")))
            case _:
                pass

    def _candidate(self, session: str, sort: str, data: Fields) -> None:
        found = data.object("payload").object("candidate")
        candidate, mid = found.text("candidate").removeprefix(_CANDIDATE), found.text("sdpMid")
        if not candidate:
            return
        if session == self._session.roster.me:
            if (stream := self._session.sending.sort(sort)) is not None:
                self._session.start(stream.hear_candidate(candidate, mid), "candidate")
        else:
            receiving, sid = self._session.receiving, data.text("sid")
            self._session.start(receiving.candidate(session, sort, candidate, mid, sid), "candidate")

    def _control(self, data: Fields) -> None:
        """Only moderators may say this: the signalling server sees to it."""
        if data.text("action") != "forceMute":
            return
        peer = data.text("peerId")
        if peer != self._session.roster.me:
            self._tell(self._session.roster.said(peer, "mute", Fields({"name": "audio"})))
        elif Source.MICROPHONE in self._session.sending.sent():
            self._tell((MutedByServer(Source.MICROPHONE),))
            self._session.silence()

    # ---- the rest

    def _bye(self, reason: str) -> None:
        if reason == "room_session_reconnected":
            self._session.drop(ProblemCode.DUPLICATE_IDENTITY, may_retry=False)
        else:
            self._session.drop(ProblemCode.CONNECTION_LOST, may_retry=True)

    def _refused(self, words: Words) -> None:
        code = words.body.text("code", longest=64)
        sending = self._session.sending
        if not (sending.video.refused(words.id, code) or sending.screen.refused(words.id, code)):
            _log.info("signalling_refused", code=code)

    def _forget(self, session: str) -> None:
        self._session.receiving.forget(session)
        self._tell(self._session.roster.left(session))

    def _tell(self, events: Iterable[ServerEvent]) -> None:
        self._session.showing.tell(events)
