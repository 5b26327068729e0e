"""Snapshots of a meeting with several people, and moving pictures for their tiles, without an engine."""

from __future__ import annotations

import threading
import time

import numpy as np

from visio_desktop.meeting.frames import FrameSink, Picture, PictureTarget
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import (
    Capability,
    ChatMessage,
    Device,
    DeviceKind,
    MeetingLink,
    Participant,
    Publication,
    Quality,
    Source,
)

NAMES = (
    "Odile Owner",
    "Amina Diallo",
    "Bruno Lefèvre",
    "Chloé Martin",
    "Dmitri Ivanov",
    "Élodie de La Rochefoucauld-Montbazon",
    "Farid Ben Amor",
    "Giulia Rossi",
    "Hélène Petit",
)
COLOURS = ("hsl(140, 60%, 35%)", "hsl(190, 60%, 35%)", "hsl(25, 60%, 40%)", "hsl(265, 45%, 45%)", "#B03060")
EVERYTHING = Capability.PUBLISH | Capability.SUBSCRIBE | Capability.CHAT | Capability.HAND | Capability.SCREEN_SHARE
FRAME_S = 1 / 30
_SHADES = 8


def person(
    number: int,
    *,
    camera: bool = True,
    microphone: bool = True,
    speaking: bool = False,
    hand_at_ms: float | None = None,
) -> Participant:
    """The participant of this number; 0 is oneself."""
    sources = ((Source.CAMERA, camera), (Source.MICROPHONE, microphone))
    return Participant(
        id=f"p{number}",
        name=NAMES[number % len(NAMES)],
        is_me=number == 0,
        publications=tuple(
            Publication(f"p{number}:{source.value}", f"p{number}", source, muted=not on) for source, on in sources
        ),
        hand_raised_at_ms=hand_at_ms,
        speaking=speaking,
        quality=Quality.EXCELLENT,
        colour=COLOURS[number % len(COLOURS)],
    )


def meeting_of(*people: Participant) -> Meeting:
    """A meeting of these people, joined at epoch time 0, with microphone and camera on."""
    return Meeting(
        page=Page.ROOM,
        link=MeetingLink("livekit", "https://meet.example.org/abc-defg-hij", "meet.example.org", "abc-defg-hij"),
        name=people[0].name,
        title="abc-defg-hij",
        microphone_on=True,
        camera_on=True,
        devices=(
            Device(DeviceKind.CAMERA, "cam1", "Integrated Camera"),
            Device(DeviceKind.MICROPHONE, "mic1", "Headset microphone"),
            Device(DeviceKind.SPEAKER, "spk1", "Headset"),
        ),
        capabilities=EVERYTHING,
        participants=people,
        joined_at_ms=0.0,
    )


def crowd(count: int) -> Meeting:
    """A meeting of `count` people, the second of whom speaks and the fourth of whom is muted."""
    return meeting_of(*(person(i, microphone=i != 3, speaking=i == 1) for i in range(count)))


def chat_lines() -> tuple[ChatMessage, ...]:
    """A short exchange; the second line has a link, the last failed."""
    return (
        ChatMessage("1", "p1", NAMES[1], "Hello everybody", 0.0),
        ChatMessage("2", "p1", NAMES[1], "The minutes: https://docs.example.org/minutes?a=1&b=2", 1_000.0),
        ChatMessage("3", "p0", NAMES[0], "Thank you <b>Amina</b>", 60_000.0, is_mine=True),
        ChatMessage("4", "p0", NAMES[0], "Did this arrive?", 61_000.0, is_mine=True, failed=True),
    )


class FakePictures:
    """Where tiles attach their sinks; `start` puts moving pictures into them from a thread, 30 a second."""

    def __init__(self) -> None:
        self.sinks: dict[str, FrameSink] = {}
        self.put_count = 0
        self._made: dict[tuple[PictureTarget, int], list[Picture]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-pictures", daemon=True)

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        with self._lock:
            self.sinks[publication_id] = sink

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        with self._lock:
            if self.sinks.get(publication_id) is sink:
                del self.sinks[publication_id]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def put_all(self, number: int) -> None:
        """One picture into every sink that wants one."""
        with self._lock:
            sinks = list(self.sinks.values())
        for index, sink in enumerate(sinks):
            target = sink.target()
            if target is not None:
                sink.put(self._picture(target, index, number))
                self.put_count += 1

    def _picture(self, target: PictureTarget, index: int, number: int) -> Picture:
        key = (target, index)
        if key not in self._made:
            self._made[key] = [drawn(target.width_px, target.height_px, index, shade) for shade in range(_SHADES)]
        return self._made[key][number % _SHADES]

    def _run(self) -> None:
        due, number = time.monotonic(), 0
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            self.put_all(number)
            due, number = due + FRAME_S, number + 1


def drawn(width_px: int, height_px: int, seed: int, step: int = 0) -> Picture:
    """A head before a coloured wall, in exactly this size."""
    rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    wall = np.array([[150, 130, 50], [60, 110, 170], [140, 80, 100], [60, 130, 60], [90, 60, 150]])[seed % 5]
    image = np.empty((height_px, width_px, 4), np.uint8)
    image[:, :, :3] = (wall * (0.6 + 0.4 * (columns / width_px))[:, :, None]).astype(np.uint8)
    image[:, :, 3] = 255
    x_px, y_px = width_px * (0.5 + 0.004 * step), height_px * 0.45
    shoulders = ((columns - x_px) / height_px) ** 2 + ((rows - height_px) / (0.9 * height_px)) ** 2 < 0.1
    face = ((columns - x_px) / 0.7) ** 2 + (rows - y_px) ** 2 < (0.25 * height_px) ** 2
    image[shoulders] = (90, 60, 40, 255)
    image[face] = (150, 180, 225, 255)
    return Picture(image.tobytes(), width_px, height_px, width_px, height_px)
