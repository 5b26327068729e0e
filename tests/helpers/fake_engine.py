"""An engine without servers and devices: real snapshots by `meeting.update`, intents kept, friendly answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from visio_desktop.diagnostics.streams import StreamStatistics
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.effects import Connect, Disconnect, Effect, OpenDevice, RecogniseLink
from visio_desktop.meeting.events import DeviceOpened, Event, Joined, Left, LinkRecognised, ScreensListed
from visio_desktop.meeting.frames import FrameSink, Picture
from visio_desktop.meeting.intents import Intent
from visio_desktop.meeting.state import DeviceState, Meeting
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import Capability, Device, DeviceKind, MeetingLink, Participant, Screen

DEVICES = (
    Device(DeviceKind.CAMERA, "cam0", "Integrated Webcam HD"),
    Device(DeviceKind.CAMERA, "cam1", "Logitech BRIO Ultra HD Pro Business Webcam"),
    Device(DeviceKind.MICROPHONE, "mic0", "Built-in Audio Analog Stereo"),
    Device(DeviceKind.SPEAKER, "spk0", "Built-in Audio Analog Stereo"),
)
SCREENS = (Screen("screen:1", 1, 1920, 1080), Screen("screen:2", 2, 1280, 1024))
WINDOWS = (
    Screen("window:0x1", 0, 1280, 720, "Rapport trimestriel 2026 - LibreOffice Writer", 40, 40),
    Screen("window:0x2", 0, 640, 480, "Terminal", 60, 60),
)
RECENTS = (
    MeetingLink("lasuite", "https://meet.example.org/abc-defg-hij", "meet.example.org", "abc-defg-hij"),
    MeetingLink("livekit", "livekit+wss://media.example.net?room=weekly", "media.example.net", "weekly"),
)


class FakeEngine:
    """Answers as a friendly server would; with `answers` off nothing comes back by itself."""

    def __init__(self, meeting: Meeting | None = None, *, answers: bool = True) -> None:
        self.meeting = meeting if meeting is not None else Meeting()
        self.intents: list[Intent] = []
        self.sinks: dict[str, list[FrameSink]] = {}
        self.listed = 0
        self.area: Area | None = None
        self.shareable: tuple[Screen, ...] = SCREENS
        self.warmed = 0
        self.inside: tuple[StreamStatistics, ...] = ()
        self.looked = 0
        self.cues: list[Cue] = []
        self.level_db = -20.0
        self._answers = answers
        self._listeners: list[Callable[[Meeting], None]] = []

    def post(self, intent: Intent) -> None:
        self.intents.append(intent)
        self.take_in(intent)

    def take_in(self, message: Intent | Event) -> None:
        self.meeting, effects = update(self.meeting, message)
        for listener in self._listeners:
            listener(self.meeting)
        for effect in effects if self._answers else ():
            for answer in _answers(effect):
                self.take_in(answer)

    def show(self, **changes: object) -> None:
        """Change the snapshot by hand."""
        self.meeting = replace(self.meeting, **changes)  # type: ignore[arg-type] # as replace checks at run time
        for listener in self._listeners:
            listener(self.meeting)

    def watch(self, listener: Callable[[Meeting], None]) -> None:
        self._listeners.append(listener)
        listener(self.meeting)

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        self.sinks.setdefault(publication_id, []).append(sink)

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        self.sinks[publication_id].remove(sink)

    def list_devices(self) -> None:
        self.listed += 1

    def shared_area(self) -> Area | None:
        return self.area

    def list_screens(self) -> None:
        self.take_in(ScreensListed(self.shareable))

    def warm_up(self) -> None:
        self.warmed += 1

    def play_cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def microphone_level_db(self) -> float:
        return self.level_db

    def streams(self) -> tuple[StreamStatistics, ...]:
        self.looked += 1
        return self.inside

    def capacity_bps(self) -> int | None:
        return 2_345_000

    def path(self) -> Mapping[str, str]:
        return {"protocol": "udp", "candidate": "srflx", "proxy": ""}

    def voice_level_db(self, participant_id: str) -> float:
        return -127.0

    def send_own_picture(self, colour: tuple[int, int, int] = (90, 160, 60)) -> int:
        """Put a picture of one colour (B, G, R) with a dark left edge into every sink of the own camera."""
        sent = 0
        for sink in self.sinks.get(OWN_CAMERA, []):
            target = sink.target()
            if target is not None:
                sink.put(_picture(target.width_px, target.height_px, colour))
                sent += 1
        return sent


def ready(**changes: object) -> Meeting:
    """A meeting somebody with a name and devices begins with."""
    begun = Meeting(name="Odile Owner", microphone_on=True, camera_on=True, devices=DEVICES, recents=RECENTS)
    return replace(begun, **changes)  # type: ignore[arg-type] # as replace checks at run time


def opened(name: str) -> DeviceState:
    return DeviceState("default", name)


def _picture(width_px: int, height_px: int, colour: tuple[int, int, int]) -> Picture:
    edge = width_px // 10
    row = bytes((20, 20, 20, 255)) * edge + bytes((*colour, 255)) * (width_px - edge)
    return Picture(row * height_px, width_px, height_px, width_px, height_px)


def _answers(effect: Effect) -> tuple[Event, ...]:
    match effect:
        case RecogniseLink(text):
            return (LinkRecognised(MeetingLink("practice", text, "meet.example.org", "abc-defg-hij")),)
        case OpenDevice(kind, _):
            return (DeviceOpened(kind, f"Test {kind.value}"),)
        case Connect(_, name):
            me = Participant("me", name, is_me=True)
            return (Joined(me, "Weekly", Capability.PUBLISH | Capability.CHAT, 0.0),)
        case Disconnect():
            return (Left(),)
        case _:
            return ()
