"""LiveKit's native SDK as a client: python -m bench.peers.native; commands come as `wire.serve` has them.

A picture counts as shown when Python holds it as I420, since this client shows nothing. It may join several times, each
time as another participant with a picture of its own: so it also plays the other people in the room.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from livekit import rtc

from bench.beat import BeatEar, beat
from bench.codes import read_whole, stamp_twice
from bench.peers.port import Camera
from bench.peers.wire import Command, serve
from bench.pictures import loop_of
from bench.timeline import RecentMean
from visio_desktop.system.clock import epoch_ms

_RATE_HZ, _BLOCK = 48_000, 480
_QUEUE_MS = 40
_ROWS = 16
_READER_PATIENCE_S = 4.0
_NAMES = ("concealedSamples", "totalSamplesReceived", "jitterBufferDelay", "jitterBufferEmittedCount")


class Native:
    """The process's state: rooms, tiles, ears."""

    def __init__(self) -> None:
        self._rooms: list[rtc.Room] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._numbers = count()
        self._tiles: dict[str, list[tuple[float, int | None, int]]] = defaultdict(list)
        self._heard_tracks: list[Any] = []
        self._ear = BeatEar()
        self._wanted = ""
        self._receives = False
        self._delay = RecentMean()

    async def join(self, url: str, token: str, camera: dict[str, Any] | None, tone_hz: float) -> None:
        """Join as one more participant; only the first receives."""
        room = rtc.Room()
        first = not self._rooms
        if first:
            room.on("track_subscribed", self._subscribed)
            room.on("track_published", self._published)
        takes_all = self._receives or (first and camera is None and not self._wanted)
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=takes_all))
        self._rooms.append(room)
        for participant in room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._published(publication, participant)
        if camera is not None:
            await self._publish_picture(room, Camera(**camera))
        if tone_hz:
            await self._publish_tone(room, tone_hz)

    async def told(self) -> dict[str, Any]:
        """See `Client.told`."""
        tiles = {key: list(rows) for key, rows in self._tiles.items()}
        for rows in self._tiles.values():
            rows.clear()
        return {"tiles": tiles, "heard": await self._heard()}

    async def leave(self) -> None:
        """Leave every room."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._tiles.clear()
        self._heard_tracks.clear()
        rooms, self._rooms = self._rooms, []
        await asyncio.gather(*(room.disconnect() for room in rooms), return_exceptions=True)

    async def _heard(self) -> dict[str, Any]:
        sums = dict.fromkeys(_NAMES, 0.0)
        for track in self._heard_tracks:
            for name, value in (await _inbound(track)).items():
                sums[name] += value
        concealed, total, delay_s, emitted = (sums[name] for name in _NAMES)
        delay_ms = self._delay.since(delay_s * 1000, emitted)
        silent_ms, onsets_ms = self._ear.asked()
        return {
            "played_ms": total * 1000 / _RATE_HZ,
            "concealed_ms": concealed * 1000 / _RATE_HZ,
            "silent_ms": silent_ms,
            "delay_ms": delay_ms,
            "onsets_ms": onsets_ms,
        }

    async def _publish_picture(self, room: rtc.Room, camera: Camera) -> None:
        feed = rtc.VideoSource(camera.width_px, camera.height_px)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA, simulcast=camera.simulcast, video_codec=rtc.VideoCodec.VP8
        )
        options.video_encoding.max_bitrate, options.video_encoding.max_framerate = camera.bitrate_bps, camera.fps
        pictures = await asyncio.to_thread(loop_of, camera.width_px, camera.height_px)
        track = rtc.LocalVideoTrack.create_video_track("camera", feed)
        await room.local_participant.publish_track(track, options)
        self._start(_film(feed, camera, pictures))

    async def only(self, prefix: str) -> None:
        """Receive nothing but what people send whose identity begins so."""
        self._wanted = prefix

    async def receive(self) -> None:
        """Receive everything although something is sent."""
        self._receives = True

    def _published(self, publication: Any, participant: Any) -> None:
        if self._wanted and participant.identity.startswith(self._wanted):
            publication.set_subscribed(True)

    async def beat(self) -> None:
        """Send a beat as the first who joined."""
        await self._publish_sound(self._rooms[0], rtc.AudioSource(_RATE_HZ, 1, queue_size_ms=0), _beat)

    async def _publish_tone(self, room: rtc.Room, hz: float) -> None:
        feed = rtc.AudioSource(_RATE_HZ, 1, queue_size_ms=_QUEUE_MS)
        await self._publish_sound(room, feed, lambda feed: _play(feed, hz))

    async def _publish_sound(self, room: rtc.Room, feed: rtc.AudioSource, play: Callable[[Any], Any]) -> None:
        track = rtc.LocalAudioTrack.create_audio_track("microphone", feed)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=True)
        await room.local_participant.publish_track(track, options)
        self._start(play(feed))

    def _subscribed(self, track: Any, _publication: Any, participant: Any) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._start(self._watch(track, participant.identity))
        else:
            self._heard_tracks = [track]  # the tone is one person's: a new track is that person's, come again
            self._start(self._listen(track))

    def _start(self, work: Any) -> None:
        key = str(next(self._numbers))
        self._tasks[key] = asyncio.get_running_loop().create_task(work)

    async def _watch(self, track: Any, key: str) -> None:
        """Note each picture. The SDK's reader now and then stays silent from the start: then another is tried."""
        while True:
            stream = rtc.VideoStream(track)
            try:
                event = await asyncio.wait_for(anext(stream), _READER_PATIENCE_S)
            except TimeoutError:
                await stream.aclose()
                continue
            except StopAsyncIteration:
                return
            self._note(key, event)
            async for event in stream:
                self._note(key, event)
            return

    async def _listen(self, track: Any) -> None:
        async for event in rtc.AudioStream(track, sample_rate=_RATE_HZ, num_channels=1):
            block = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / np.float32(32_768)
            self._ear.take(block, epoch_ms())

    def _note(self, key: str, event: Any) -> None:
        frame = event.frame
        if frame.type != rtc.VideoBufferType.I420:
            frame = frame.convert(rtc.VideoBufferType.I420)
        rows = min(_ROWS, frame.height)
        luma = np.frombuffer(frame.data, np.uint8)[: frame.width * rows].reshape(rows, frame.width)
        self._tiles[key].append((epoch_ms(), read_whole(luma), frame.height))


async def _inbound(track: Any) -> dict[str, float]:
    """The counts of a received track; the SDK nests them by the parts of the W3C dictionaries."""
    found: dict[str, float] = {}
    for statistic in await track.get_stats():
        if statistic.WhichOneof("stats") != "inbound_rtp":
            continue
        for part in (statistic.inbound_rtp.inbound, statistic.inbound_rtp.received):
            for descriptor, value in part.ListFields():
                name = descriptor.json_name
                if name in _NAMES:
                    found[name] = float(value)
    return found


async def _film(feed: rtc.VideoSource, camera: Camera, pictures: list[Any]) -> None:
    width, height = camera.width_px, camera.height_px
    began_s = time.monotonic()
    for number in count():
        i420 = pictures[number % len(pictures)].copy()
        stamp_twice(i420[: width * height].reshape(height, width), epoch_ms())
        feed.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, i420.tobytes()))
        await asyncio.sleep(max(0.0, began_s + (number + 1) / camera.fps - time.monotonic()))


async def _play(feed: rtc.AudioSource, hz: float) -> None:
    at_s = np.arange(_RATE_HZ) / _RATE_HZ
    second = (np.sin(2 * np.pi * hz * at_s) * 8_000).astype(np.int16)
    for number in count():
        block = second[number * _BLOCK % _RATE_HZ :][:_BLOCK]
        await feed.capture_frame(rtc.AudioFrame(block.tobytes(), _RATE_HZ, 1, _BLOCK))


async def _beat(feed: rtc.AudioSource) -> None:
    began_s = time.monotonic()
    for number in count(1):
        await asyncio.sleep(max(0.0, began_s + number / 100 - time.monotonic()))
        block = (beat(epoch_ms(), _BLOCK) * 32_767).astype(np.int16)
        await feed.capture_frame(rtc.AudioFrame(block.tobytes(), _RATE_HZ, 1, _BLOCK))


def main() -> None:
    """Serve until the input ends."""
    native = Native()
    commands: dict[str, Command] = {
        "join": native.join,
        "beat": native.beat,
        "only": native.only,
        "receive": native.receive,
        "told": native.told,
        "leave": native.leave,
    }
    asyncio.run(serve(commands))


if __name__ == "__main__":
    main()
