"""The process behind `native_peer`: commands in, state out, as JSON lines. Ends with its input."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from livekit import rtc

from visio_desktop.media.frame_clock import read, stamp

_RATE_HZ = 48_000
_BLOCK = 480
_REPORT_S = 0.1
_CODEC_EVERY = 5
_READER_PATIENCE_S = 3.0
_RESUBSCRIBE_S = 0.3
_MOST_UNDER_WAY = 5
_SOURCES = {
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
    "screen_share": rtc.TrackSource.SOURCE_SCREENSHARE,
    "screen_share_audio": rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO,
}
_NAMES = {number: name for name, number in _SOURCES.items()}


@dataclass
class Received:
    """What came of one publication; `decoded` is as of the last look, and no less than the `frames` given out."""

    frames: int = 0
    decoded: int = 0
    codes: int = 0
    code: int = -1
    age_ms: int = -1
    width: int = 0
    height: int = 0
    hz: float = 0.0
    rms: float = 0.0
    tones: list[list[float]] = field(default_factory=list)
    codec: str = ""

    def told(self) -> dict[str, Any]:
        return dict(vars(self))


class Peer:
    def __init__(self) -> None:
        self.room = rtc.Room()
        self.received: dict[tuple[str, str], Received] = {}
        self.chat_lines: list[tuple[str, str]] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.sinks: dict[str, asyncio.Task[None]] = {}
        self.tracks: dict[str, tuple[str, Any]] = {}
        self.anew: set[str] = set()
        self.decoding: dict[tuple[str, str], tuple[Any, int]] = {}

    async def join(self, url: str, token: str, passphrase: str = "") -> None:
        self.room = rtc.Room()
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("track_unsubscribed", self._unsubscribed)
        self.room.register_text_stream_handler("lk.chat", self._chat_stream)
        await self.room.connect(url, token, rtc.RoomOptions(auto_subscribe=True, encryption=_encryption(passphrase)))

    async def publish_video(self, source: str, codec: str, width: int, height: int, fps: int, scalability: str) -> None:
        feed = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track(source, feed)
        options = rtc.TrackPublishOptions(
            source=_SOURCES[source], simulcast=False, video_codec=rtc.VideoCodec.Value(codec)
        )
        if scalability:
            options.scalability_mode = scalability
        publication = await self.room.local_participant.publish_track(track, options)
        self.tracks[source] = (publication.sid, track)
        self.tasks[source] = asyncio.create_task(_pictures(feed, width, height, fps))  # noqa: TID251 - own program

    async def publish_tone(self, hz: float, source: str = "microphone") -> None:
        feed = rtc.AudioSource(_RATE_HZ, 1)
        track = rtc.LocalAudioTrack.create_audio_track(source, feed)
        # A steady tone is background to Opus: with DTX little of it would be sent.
        options = rtc.TrackPublishOptions(source=_SOURCES[source], dtx=False)
        publication = await self.room.local_participant.publish_track(track, options)
        self.tracks[source] = (publication.sid, track)
        self.tasks[source] = asyncio.create_task(_tone(feed, hz))  # noqa: TID251 - own program

    async def unpublish(self, source: str) -> None:
        sid, _ = self.tracks.pop(source)
        self.tasks.pop(source).cancel()
        await self.room.local_participant.unpublish_track(sid)

    async def set_muted(self, source: str, muted: bool) -> None:
        _, track = self.tracks[source]
        (track.mute if muted else track.unmute)()

    async def set_quality(self, identity: str, source: str, quality: str) -> None:
        publications = self.room.remote_participants[identity].track_publications.values()
        for publication in publications:
            if _NAMES.get(publication.source) == source:
                publication.set_video_quality(rtc.VideoQuality.Value(f"VIDEO_QUALITY_{quality}"))

    async def set_subscribed(self, identity: str, source: str, subscribed: bool) -> None:
        publications = self.room.remote_participants[identity].track_publications.values()
        for publication in publications:
            if _NAMES.get(publication.source) == source:
                publication.set_subscribed(subscribed)

    async def chat(self, text: str) -> None:
        await self.room.local_participant.send_text(text, topic="lk.chat")

    async def data(self, payload: str, topic: str) -> None:
        await self.room.local_participant.publish_data(payload, topic=topic)

    async def look(self) -> None:
        for key, (track, before) in self.decoding.items():
            self.received[key].decoded = before + await _decoded(track)
        _tell(self.told())

    async def leave(self) -> None:
        for task in (*self.tasks.values(), *self.sinks.values()):
            task.cancel()
        self.tasks, self.sinks, self.tracks = {}, {}, {}
        self.decoding.clear()
        self.received.clear()
        await self.room.disconnect()

    def told(self) -> dict[str, Any]:
        people: dict[str, dict[str, Any]] = {}
        attributes: dict[str, dict[str, str]] = {}
        for participant in list(self.room.remote_participants.values()) if self.room.isconnected() else []:
            attributes[participant.identity] = dict(participant.attributes)
            seen = people[participant.identity] = {}
            for publication in list(participant.track_publications.values()):
                name = _NAMES.get(publication.source, "other")
                received = self.received.get((participant.identity, name), Received())
                seen[name] = {"sid": publication.sid, "muted": publication.muted, **received.told()}
        return {"people": people, "attributes": attributes, "chat": self.chat_lines}

    def _subscribed(self, track: Any, publication: Any, participant: Any) -> None:
        name = _NAMES.get(publication.source, "other")
        key = participant.identity, name
        if publication.sid not in self.anew or key not in self.received:
            self.received[key] = Received()
        self.anew.discard(publication.sid)
        received = self.received[key]
        is_video = track.kind == rtc.TrackKind.KIND_VIDEO
        if is_video:
            self.decoding[key] = track, received.decoded
        sink = _watch(track, self, publication, received) if is_video else _hear(track, received)
        self.sinks[publication.sid] = asyncio.create_task(sink)  # noqa: TID251 - own program

    def _unsubscribed(self, _track: Any, publication: Any, participant: Any) -> None:
        self.decoding.pop((participant.identity, _NAMES.get(publication.source, "other")), None)
        task = self.sinks.pop(publication.sid, None)
        if task is not None:
            task.cancel()

    def subscribe_anew(self, publication: Any) -> None:
        """Let go of a track and take it again; what has come of it counts on."""
        self.anew.add(publication.sid)

        async def again() -> None:
            publication.set_subscribed(False)
            await asyncio.sleep(_RESUBSCRIBE_S)
            publication.set_subscribed(True)

        self.tasks[f"again {publication.sid}"] = asyncio.create_task(again())  # noqa: TID251 - own program

    def _chat_stream(self, reader: Any, identity: str) -> None:
        async def read_all() -> None:
            self.chat_lines.append((identity, await reader.read_all()))

        self.sinks[reader.info.stream_id] = asyncio.create_task(read_all())  # noqa: TID251 - own program


def _encryption(passphrase: str) -> rtc.E2EEOptions | None:
    keys = rtc.KeyProviderOptions(shared_key=passphrase.encode())
    return rtc.E2EEOptions(key_provider_options=keys) if passphrase else None


async def _pictures(feed: rtc.VideoSource, width: int, height: int, fps: int) -> None:
    rows, columns = np.mgrid[0:height, 0:width]
    began = time.monotonic()
    number = 0
    while True:
        luma = (np.sin((columns + 7 * number) / 37) * 50 + np.cos(rows / 23) * 50 + 120).astype(np.uint8)
        stamp(luma, time.monotonic() * 1e3)
        chroma = np.full(width * height // 2, 128, np.uint8)
        i420 = luma.tobytes() + chroma.tobytes()
        feed.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, i420))
        number += 1
        await asyncio.sleep(max(0.0, began + number / fps - time.monotonic()))


async def _tone(feed: rtc.AudioSource, hz: float) -> None:
    number = 0
    while True:
        at = (np.arange(_BLOCK) + number * _BLOCK) / _RATE_HZ
        samples = (np.sin(2 * np.pi * hz * at) * 8_000).astype(np.int16)
        await feed.capture_frame(rtc.AudioFrame(samples.tobytes(), _RATE_HZ, 1, _BLOCK))
        number += 1


async def _received_pictures(track: Any, peer: Peer, publication: Any, received: Received) -> AsyncIterator[Any]:
    """The pictures of a track.

    The SDK now and then decodes a track without giving its pictures out, from the start or after the first, whoever
    reads them (seen without us too: `frames_decoded` grew, `frames_rendered` did not). Then it is subscribed to anew.
    """
    stream = rtc.VideoStream(track)
    # What comes late is decoded and given out no more: only what is decoded while nothing is given out tells.
    given, decoded_before, earlier = 0, 0, received.decoded
    while True:
        try:
            async with asyncio.timeout(_READER_PATIENCE_S):
                event = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            decoded = await _decoded(track)
            if (decoded_before or not given) and decoded > decoded_before + _MOST_UNDER_WAY:
                received.decoded = earlier + decoded
                peer.subscribe_anew(publication)
                return
            decoded_before = decoded
        else:
            given += 1
            decoded_before = 0
            yield event


async def _decoded(track: Any) -> int:
    """How many pictures the SDK has decoded."""
    entries = [entry.inbound_rtp.inbound for entry in await track.get_stats() if entry.HasField("inbound_rtp")]
    return sum(entry.frames_decoded for entry in entries)


async def _watch(track: Any, peer: Peer, publication: Any, received: Received) -> None:
    async for event in _received_pictures(track, peer, publication, received):
        frame = event.frame.convert(rtc.VideoBufferType.I420)
        received.frames += 1
        received.width, received.height = frame.width, frame.height
        if received.frames % _CODEC_EVERY == 1:
            received.codec = await _codec(track)
        luma = np.frombuffer(frame.data, np.uint8)[: frame.width * frame.height].reshape(frame.height, frame.width)
        code = read(luma)
        if code is not None and code != received.code:
            received.codes += 1
            received.code = code
            received.age_ms = (int(time.monotonic() * 1e3) - code) & 0xFFFF


async def _codec(track: Any) -> str:
    """The codec that arrives now, as `video/VP9`."""
    reports = {report.WhichOneof("stats"): report for report in await track.get_stats()}
    used = reports["inbound_rtp"].inbound_rtp.stream.codec_id if "inbound_rtp" in reports else ""
    codec = reports["codec"].codec if "codec" in reports else None
    return str(codec.codec.mime_type) if codec is not None and codec.rtc.id == used else ""


async def _hear(track: Any, received: Received) -> None:
    sides = np.zeros((0, 2), np.int16)
    async for event in rtc.AudioStream(track, sample_rate=_RATE_HZ, num_channels=2):
        received.frames += 1
        fresh = np.frombuffer(event.frame.data, np.int16).reshape(-1, 2)
        sides = np.concatenate((sides, fresh))[-_RATE_HZ // 4 :]
        if received.frames % 10 == 0 and len(sides) == _RATE_HZ // 4:
            received.tones = [_tones(side) for side in sides.T]
            heard = sides.mean(axis=1)
            spectrum = np.abs(np.fft.rfft(heard * np.hanning(heard.size)))
            received.hz = float(spectrum[1:].argmax() + 1) * _RATE_HZ / heard.size
            received.rms = float(np.sqrt((heard**2).mean()))


def _tones(side: np.ndarray[Any, np.dtype[np.int16]]) -> list[float]:
    """The tones of one side, in hertz, that are no more than 40 dB below its loudest."""
    spectrum = np.abs(np.fft.rfft(side * np.hanning(side.size)))
    middle = spectrum[1:-1]
    peaks = (middle > spectrum[:-2]) & (middle >= spectrum[2:]) & (middle > max(spectrum.max() / 100, 1e5))
    return [float(index + 1) * _RATE_HZ / side.size for index in np.flatnonzero(peaks)]


async def _commands(peer: Peer) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        arguments = json.loads(line)
        command = arguments.pop("do")
        try:
            await getattr(peer, command)(**arguments)
        except (rtc.ConnectError, RuntimeError, KeyError) as error:
            command = f"failed {command}: {error}"
        _tell({"done": command})


async def _report(peer: Peer) -> None:
    while True:
        await asyncio.sleep(_REPORT_S)
        _tell(peer.told())


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main() -> None:
    peer = Peer()
    report = asyncio.create_task(_report(peer))  # noqa: TID251 - own program
    await _commands(peer)
    report.cancel()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(peer.leave(), 2)


if __name__ == "__main__":
    asyncio.run(main())
