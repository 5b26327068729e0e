"""The practice meeting itself: words from the adapter in, words and media out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from itertools import count

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import Quality, Source
from visio_desktop.practice.cast import CHLOE, Role
from visio_desktop.practice.cues import (
    Applaud,
    Cue,
    Enter,
    Exit,
    GiveUp,
    Knock,
    Raise,
    Say,
    Share,
    Speak,
    Unmute,
    Write,
)
from visio_desktop.practice.script import Script
from visio_desktop.practice.stage import Stage
from visio_desktop.rtc import DataChannel, PeerConnection, PeerOptions, PeerState
from visio_desktop.rtc.frames import EncodedFrame, InboundStream
from visio_desktop.servers.practice import wire
from visio_desktop.servers.practice.asking import EVERYBODY
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.log import get_logger
from visio_desktop.system.memory import keep_giving_back
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import set_language, tr

HOST = "127.0.0.1"
PERSON = "you"
TICK_S = 0.02
END_S = 0.5
_EMOJI = frozenset(emoji.value for emoji in Emoji)
_log = get_logger(__name__)


class PracticeMeeting:
    """One person practises with the cast. Runs until `serve` returns."""

    def __init__(self, say: Callable[[wire.Message], None], *, clock: Clock = monotonic_ms) -> None:
        self._say = say
        self._clock = clock
        self._tasks = Tasks("practice meeting")
        options = PeerOptions(host_addresses=(HOST,), reuse_lines=True)
        self._down = PeerConnection(options, _Sends())
        self._up = PeerConnection(options, _Receives(self._receive))
        self._stage = Stage(self._down, say, self._start)
        self._script = Script()
        self._lines = count(1)
        self._offered = asyncio.Event()
        self._answer: asyncio.Future[str] | None = None
        self._began_ms = 0.0
        self._writing = False

    async def serve(self, messages: AsyncIterator[wire.Message]) -> None:
        """Play until the person leaves or the line ends."""
        try:
            async for message in messages:
                if isinstance(message, wire.Bye):
                    break
                await self._take_in(message)
        finally:
            pictures = self._stage.close()
            await self._tasks.close()
            await self._down.close()
            await self._up.close()
            # A thread that is within a codec when Python ends takes the process down with it.
            await asyncio.to_thread(lambda: [picture.join(END_S) for picture in pictures])

    async def _take_in(self, message: wire.Message) -> None:
        match message:
            case wire.Hello(_, language):
                set_language(language)
                self._say(wire.Welcome(PERSON, tr("practice.title")))
                self._begin()
            case wire.Offer(sdp):
                self._say(wire.Answer(await self._up.accept_offer(sdp)))
            case wire.Answer(sdp) if self._answer is not None and not self._answer.done():
                self._answer.set_result(sdp)
            case wire.Line(line_id, _, text, at_ms):
                self._say(wire.Line(line_id, PERSON, text, at_ms))
                self._script.written_to(text, self._now_ms())
            case wire.Hand(_, raised_at_ms):
                self._say(wire.Hand(PERSON, raised_at_ms))
            case _:
                self._show(message)

    def _show(self, message: wire.Message) -> None:
        """What the person does that everybody sees."""
        match message:
            case wire.Reaction(_, emoji) if emoji in _EMOJI:
                self._say(wire.Reaction(PERSON, emoji))
                self._script.reacted_to(Emoji(emoji), self._now_ms())
            case wire.Renamed(name):
                self._say(wire.Person(PERSON, name, "", arrived=False))
            case wire.Edited(line_id, text):
                self._say(wire.Line(line_id, PERSON, text, epoch_ms()))
            case wire.WriteDown():
                self._writing = True
            case _:
                self._lead(message)

    def _lead(self, message: wire.Message) -> None:
        """What the person does as who leads the meeting."""
        now_ms = self._now_ms()
        match message:
            case wire.Lowered(person):
                self._say(wire.Hand(person, 0.0))
            case wire.Silenced(person):
                for role in self._script.everybody():
                    if person in (EVERYBODY, role.id):
                        self._stage.mute(role, muted=True)
                        self._script.silenced(role, now_ms)
            case wire.PutOut(person):
                self._script.put_out(person, now_ms)
            case wire.Answered(person, allowed):
                self._script.answered(person, allowed, now_ms)
            case _:
                pass

    def _begin(self) -> None:
        self._began_ms = self._clock()
        self._play()
        self._tasks.start(self._negotiate(), name="negotiate")
        self._tasks.start(self._run(), name="run")
        self._tasks.start(keep_giving_back(), name="memory")

    def _start(self, work: Coroutine[object, object, None]) -> None:
        self._tasks.start(work, name="picture")

    def _now_ms(self) -> float:
        return self._clock() - self._began_ms

    async def _run(self) -> None:
        """20 ms at a time, catching up after a stall of up to 10 s."""
        next_ms = self._clock()
        while True:
            next_ms = max(next_ms + TICK_S * 1000, self._clock() - 10_000)
            await asyncio.sleep(max(0.0, (next_ms - self._clock()) / 1000))
            self._stage.tick(CHLOE, self._clock())
            self._play()

    def _play(self) -> None:
        for cue in self._script.due(self._now_ms()):
            self._perform(cue)

    def _perform(self, cue: Cue) -> None:  # noqa: C901 - a table of one line each
        match cue:
            case Enter(role, arrived):
                self._enter(role, arrived)
            case Exit(role, _):
                self._stage.leave(role)
                self._say(wire.PersonLeft(role.id))
                self._offered.set()
            case Share(role, on):
                self._stage.share(role, on=on)
                self._offered.set()
            case Raise(role, up):
                self._say(wire.Hand(role.id, epoch_ms() if up else 0.0))
            case Write(role, key, quote):
                self._write(role, tr(f"practice.{key}", quote=quote) if quote else tr(f"practice.{key}"))
            case Speak(role):
                self._stage.give_floor(role)
                self._say(wire.Speakers(role.id if self._stage.is_heard(role) else ""))
            case Say(role):
                self._write_down(cue)
            case Unmute(role):
                self._stage.mute(role, muted=False)
            case Applaud(role, emoji):
                self._say(wire.Reaction(role.id, emoji.value))
            case Knock(role):
                self._say(wire.Knocked(role.id, role.name, role.colour))
            case GiveUp(role):
                self._say(wire.WentAway(role.id))

    def _write_down(self, cue: Say) -> None:
        """What is said, at first as far as half of its words."""
        if not self._writing or not self._stage.is_heard(cue.role):
            return
        words = tr(f"practice.said_{cue.sentence}").split()
        text = " ".join(words if cue.final else words[: len(words) // 2])
        self._say(wire.Said(f"{cue.role.id}-{cue.turn}", cue.role.id, text, cue.final))

    def _enter(self, role: Role, arrived: bool) -> None:
        self._say(wire.Person(role.id, role.name, role.colour, arrived))
        self._stage.enter(role)
        self._say(wire.Connections(role.id, Quality.EXCELLENT.value))
        self._offered.set()

    def _write(self, role: Role, text: str) -> None:
        self._say(wire.Line(f"practice-{next(self._lines)}", role.id, text, epoch_ms()))

    async def _negotiate(self) -> None:
        """Offer what the stage sends whenever it changed, one offer at a time."""
        while True:
            await self._offered.wait()
            self._offered.clear()
            self._answer = asyncio.get_running_loop().create_future()
            self._say(wire.Offer(await self._down.create_offer()))
            await self._down.set_answer(await self._answer)

    def _receive(self, stream: InboundStream, track_id: str) -> None:
        if stream.is_video or track_id.endswith(Source.SCREEN_AUDIO.value):
            stream.on_frame(_count)
        else:
            stream.on_frame(lambda frame: self._stage.echo.hear(frame, self._clock()))


def _count(_: EncodedFrame) -> None:
    """Pictures, and the sound of a screen, are received and put together like anywhere, and looked at by nobody."""


class _Sends:
    """The way to the person: nothing comes in here."""

    def on_state(self, state: PeerState) -> None:
        _log.info("practice_transport", state=state.value)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        pass

    def on_stream_ended(self, stream: InboundStream) -> None:
        pass

    def on_channel(self, channel: DataChannel) -> None:
        pass

    def on_own_candidate(self, candidate: str) -> None:
        pass


class _Receives(_Sends):
    """The way from the person."""

    def __init__(self, receive: Callable[[InboundStream, str], None]) -> None:
        self._receive = receive

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:  # noqa: ARG002 - the interface's
        self._receive(stream, track_id)
