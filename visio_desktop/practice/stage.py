"""The simulated people's media: who is on stage, who speaks, who shows slides, all over one peer connection."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from visio_desktop.meeting.values import Source
from visio_desktop.practice.actor import SLIDES, Picture, Voice
from visio_desktop.practice.cast import Role
from visio_desktop.practice.echo import Echo
from visio_desktop.rtc import PeerConnection
from visio_desktop.rtc.frames import Codec, OutboundStream
from visio_desktop.servers.practice.wire import Message, Published, Unpublished


@dataclass(slots=True)
class _OnStage:
    """What one person sends."""

    voice: Voice
    streams: dict[Source, OutboundStream]
    pictures: dict[Source, Picture]
    muted: bool = False


class Stage:
    """Runs on the loop; `tick` is called every 20 ms."""

    def __init__(
        self,
        peer: PeerConnection,
        say: Callable[[Message], None],
        start: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._peer = peer
        self._say = say
        self._start = start
        self._people: dict[str, _OnStage] = {}
        self._speaker = ""
        self.echo = Echo()

    def enter(self, role: Role) -> None:
        """Somebody begins to send camera and microphone."""
        voice_stream = self._add(role, Source.MICROPHONE, (Codec.OPUS,))
        voice = Voice(role, voice_stream)
        self._people[role.id] = _OnStage(voice, {Source.MICROPHONE: voice_stream}, {})
        self._show(role, Source.CAMERA, role.look)

    def leave(self, role: Role) -> None:
        """Somebody sends nothing more."""
        person = self._people.pop(role.id, None)
        if person is None:
            return
        for picture in person.pictures.values():
            picture.stop()
        for stream in person.streams.values():
            self._peer.remove_sender(stream)

    def share(self, role: Role, *, on: bool) -> None:
        """Somebody shows slides, or stops."""
        person = self._people.get(role.id)
        if person is None:
            return
        if on:
            self._show(role, Source.SCREEN, SLIDES)
        elif Source.SCREEN in person.streams:
            person.pictures.pop(Source.SCREEN).stop()
            self._peer.remove_sender(person.streams.pop(Source.SCREEN))
            self._say(Unpublished(track_of(role, Source.SCREEN)))

    def mute(self, role: Role, *, muted: bool) -> None:
        """Close or open somebody's microphone."""
        person = self._people.get(role.id)
        if person is not None and person.muted != muted:
            person.muted = muted
            self._say(Published(track_of(role, Source.MICROPHONE), role.id, Source.MICROPHONE.value, muted, 0, 0))

    def is_heard(self, role: Role) -> bool:
        """Whether somebody is on stage, with an open microphone."""
        person = self._people.get(role.id)
        return person is not None and not person.muted

    def give_floor(self, role: Role) -> None:
        """Somebody speaks from now on."""
        self._speaker = role.id

    def tick(self, echo_role: Role, now_ms: float) -> None:
        """20 ms of everybody's sound."""
        again = self.echo.due(now_ms)
        for person_id, person in self._people.items():
            if person.muted:
                person.voice.pause()
            elif again is not None and person_id == echo_role.id:
                person.voice.say(again)
            elif person_id == self._speaker:
                person.voice.speak()
            else:
                person.voice.pause()

    def close(self) -> list[Picture]:
        """Stop every picture; answers them, for whoever wants to wait for their threads."""
        pictures = [picture for person in self._people.values() for picture in person.pictures.values()]
        for picture in pictures:
            picture.stop()
        self._people.clear()
        return pictures

    def _add(self, role: Role, source: Source, codecs: tuple[Codec, ...]) -> OutboundStream:
        track = track_of(role, source)
        width_px, height_px = {Source.CAMERA: (640, 360), Source.SCREEN: (1280, 720)}.get(source, (0, 0))
        self._say(Published(track, role.id, source.value, False, width_px, height_px))
        return self._peer.add_sender(codecs, stream_id=role.id, track_id=track)

    def _show(self, role: Role, source: Source, variant: str) -> None:
        person = self._people[role.id]
        stream = person.streams[source] = self._add(role, source, (Codec.VP8,))
        picture = person.pictures[source] = Picture(variant, stream, slides=source is Source.SCREEN)
        self._start(picture.start())


def track_of(role: Role, source: Source) -> str:
    """The msid track id of a person's publication."""
    return f"{role.id}-{source.value}"
