"""The sound server's devices (PulseAudio, or PipeWire in its place): which there are, and streams to and from them.

PortAudio makes its list once, and shows the server as one device; here every device has the name a person knows and a
key that stays the same (the server's own name for it), and what is plugged in or out is told at once.

One connection for the process, on one thread: whoever else wants something hands it over (`decisions/0019`).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from threading import Event, Lock, Thread
from typing import Any, Final

from visio_desktop.media import pulse_library as pulse
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.portaudio import failed, missing
from visio_desktop.media.pulse_streams import (
    Handle,
    PulseMicrophone,
    PulseSpeaker,
    PulseStream,
    playing,
    recording,
)
from visio_desktop.media.samples import RATE_HZ
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Device, DeviceKind
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

PREFIX: Final = "Sound/"
_CONNECTED_MS: Final = 2_000.0
_ANSWER_S: Final = 3.0
_STEP_US: Final = 10_000
_LONGEST_STEP_US: Final = 1_000_000
_GROUPS: Final = (b"device.serial", b"device.bus_path", b"api.bluez5.address", b"alsa.card")
_MOST_DEVICES: Final = 200


class PulseServer:
    """A connection; every public method may be called from any thread. After `is_gone` it is of no use."""

    def __init__(self, clock: Clock) -> None:
        """Connect. Raises `DeviceError`; takes two seconds at most."""
        loaded = pulse.load()
        if loaded is None:
            raise missing(DeviceKind.SPEAKER, detail="no libpulse")
        self._ffi, self._library = loaded
        self._clock = clock
        self.is_gone = False
        self._stopping = False
        self._loop_lock = Lock()
        self._has_loop = True
        self._tasks: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._streams: list[PulseStream] = []
        self._listeners: list[Callable[[], None]] = []
        self._listing = _Listing(self._ffi, self._library, self._listed)
        self._devices: tuple[Device, ...] = ()
        self._has_listed = Event()
        self._loop = self._library.pa_mainloop_new()
        self._context = self._library.pa_context_new(self._library.pa_mainloop_get_api(self._loop), b"visio-desktop")
        self._changed = self._ffi.callback("pa_context_subscribe_cb_t", self._take_change)
        try:
            self._connect()
        except DeviceError:
            self._leave()
            self._listing.end()
            del self._listing, self._changed  # they refer to us; where no server is, we are made again and again
            raise
        self._thread = Thread(target=self._run, name="sound server", daemon=True)
        self._thread.start()

    # ---- from any thread ---------------------------------------------------------------------------------------------

    def devices(self) -> tuple[Device, ...]:
        """Microphones and loudspeakers as they are now."""
        self._has_listed.wait(_ANSWER_S)
        return self._devices

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call, on the server's thread, when devices came or went, another is the default, or the server is gone."""
        self._listeners.append(listener)

    def microphone(self, spec: Spec, *, stereo: bool = False) -> PulseMicrophone:
        """Open a microphone. Raises `DeviceError`."""
        device, channels = self._find(spec, DeviceKind.MICROPHONE), 2 if stereo else 1

        def make(handle: Handle) -> PulseMicrophone | None:
            if not recording(handle, device.key.removeprefix(PREFIX), channels):
                return None
            made = PulseMicrophone(handle, device.name, self, self._clock, channels)
            made.is_muted = partial(self.is_muted, device.key)
            return made

        return self._open(device, channels, make)

    def speaker(self, spec: Spec, tick: Callable[[], None]) -> PulseSpeaker:
        """Open a loudspeaker. Raises `DeviceError`."""
        device = self._find(spec, DeviceKind.SPEAKER)

        def make(handle: Handle) -> PulseSpeaker | None:
            if not playing(handle, device.key.removeprefix(PREFIX)):
                return None
            return PulseSpeaker(handle, device.name, self, tick)

        return self._open(device, 1, make)

    def release(self, stream: PulseStream) -> None:
        """Give a stream up; one that is gone already is passed over."""
        if not self.is_gone:
            self._ask(lambda: self._drop(stream))

    def is_muted(self, key: str) -> bool:
        """Whether the system keeps this microphone silent."""
        return key in self._listing.muted

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    def close(self) -> None:
        """Leave the server."""
        self._stopping = True
        self._wake()
        self._thread.join(_ANSWER_S)

    def _find(self, spec: Spec, kind: DeviceKind) -> Device:
        found = self._known(spec, kind)
        if found is None:
            # What has just been plugged in may not be in the list yet.
            self._ask(self._listing.renew).wait(_ANSWER_S)
            found = self._known(spec, kind)
        if found is None:
            raise missing(kind, spec.value)
        return found

    def _known(self, spec: Spec, kind: DeviceKind) -> Device | None:
        here = [device for device in self.devices() if device.kind is kind]
        if spec.kind is SpecKind.DEFAULT:
            return next((device for device in here if device.is_default), None) or next(iter(here), None)
        return next((device for device in here if spec.value in (device.key, device.name)), None)

    def _open[T: PulseStream](self, device: Device, channels: int, make: Callable[[Handle], T | None]) -> T:
        opened = self._ask(lambda: self._begin(channels, make))
        if opened is None:
            raise failed(device.kind, device.name, "not connected")
        opened.settled.wait(_ANSWER_S)
        if not opened.is_ready:
            self.release(opened)
            raise failed(device.kind, device.name, "refused by the sound server")
        return opened

    def _ask[T](self, task: Callable[[], T]) -> T:
        """Let the server's thread do it. Raises `DeviceError` where that is gone."""
        answer: Future[T] = Future()
        self._tasks.append((task, answer))
        if self.is_gone:
            raise missing(DeviceKind.SPEAKER, detail="the sound server is gone")
        self._wake()
        try:
            return answer.result(_ANSWER_S)
        except TimeoutError as error:
            if not answer.cancel():
                return answer.result(_ANSWER_S)  # just now it is being done
            raise missing(DeviceKind.SPEAKER, detail="the sound server does not answer") from error

    def _wake(self) -> None:
        with self._loop_lock:
            if self._has_loop:
                self._library.pa_mainloop_wakeup(self._loop)

    # ---- on the server's thread --------------------------------------------------------------------------------------

    def _connect(self) -> None:
        nobody = self._ffi.NULL
        if self._library.pa_context_connect(self._context, nobody, pulse.NO_AUTOSPAWN, nobody) < 0:
            raise missing(DeviceKind.SPEAKER, detail="no sound server")
        until_ms = self._clock() + _CONNECTED_MS
        while (state := self._library.pa_context_get_state(self._context)) != pulse.READY:
            if state in pulse.FAILED or self._clock() > until_ms:
                raise missing(DeviceKind.SPEAKER, detail="no sound server")
            self._step(_STEP_US)
        self._library.pa_context_set_subscribe_callback(self._context, self._changed, nobody)
        done(self._ffi, self._library, self._library.pa_context_subscribe(self._context, pulse.DEVICES, nobody, nobody))

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            self._end()

    def _serve(self) -> None:
        while not self._stopping and self._library.pa_context_get_state(self._context) == pulse.READY:
            self._listing.go_on(self._context)
            while self._tasks:
                task, answer = self._tasks.popleft()
                if answer.set_running_or_notify_cancel():
                    answer.set_result(task())
            self._step(_LONGEST_STEP_US)
            for stream in [each for each in self._streams if not each.serve()]:
                self._drop(stream)

    def _step(self, longest_us: int) -> None:
        library, loop = self._library, self._loop
        if library.pa_mainloop_prepare(loop, longest_us) >= 0 and library.pa_mainloop_poll(loop) >= 0:
            library.pa_mainloop_dispatch(loop)

    def _end(self) -> None:
        self.is_gone = True
        for stream in tuple(self._streams):
            stream.settled.set()
            self._drop(stream)
        while self._tasks:
            _, answer = self._tasks.popleft()
            answer.set_exception(missing(DeviceKind.SPEAKER, detail="the sound server is gone"))
        self._has_listed.set()
        self._listing.give_up()
        self._leave()
        if not self._stopping:
            _log.warning("sound_server_gone")
            self._tell()

    def _leave(self) -> None:
        self._library.pa_context_disconnect(self._context)
        self._library.pa_context_unref(self._context)
        with self._loop_lock:
            self._has_loop = False
            self._library.pa_mainloop_free(self._loop)

    def _begin[T: PulseStream](self, channels: int, make: Callable[[Handle], T | None]) -> T | None:
        spec = self._ffi.new("pa_sample_spec *", (pulse.SAMPLES_S16LE, RATE_HZ, channels))
        stream = self._library.pa_stream_new(self._context, b"meeting", spec, self._ffi.NULL)
        if stream == self._ffi.NULL:
            return None
        made = make(Handle(self._ffi, self._library, stream))
        if made is None:
            self._library.pa_stream_unref(stream)
            return None
        self._streams.append(made)
        return made

    def _drop(self, stream: PulseStream) -> None:
        if stream in self._streams:
            self._streams.remove(stream)
            self._library.pa_stream_disconnect(stream.handle.stream)
            self._library.pa_stream_unref(stream.handle.stream)

    def _take_change(self, _context: Any, _kind: int, _index: int, _data: Any) -> None:
        self._listing.is_stale = True

    def _listed(self, devices: tuple[Device, ...]) -> None:
        before, self._devices = self._devices, devices
        is_first = not self._has_listed.is_set()
        self._has_listed.set()
        if devices != before and not is_first:
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


class _Listing:
    """Asks for all devices anew whenever the last list is stale; one question at a time, three answers each."""

    def __init__(self, ffi: Any, library: Any, listed: Callable[[tuple[Device, ...]], None]) -> None:
        self.is_stale = True
        self._ffi, self._library = ffi, library
        self._listed = listed
        self._waiting = 0
        self.muted: frozenset[str] = frozenset()
        self._found_muted: set[str] = set()
        self._found: list[Device] = []
        self._awaited: list[Event] = []
        self._defaults: dict[DeviceKind, str] = {}
        self._server = ffi.callback("pa_server_info_cb_t", self._take_server)
        self._sink = self._listener(DeviceKind.SPEAKER)
        self._source = self._listener(DeviceKind.MICROPHONE)

    def _listener(self, kind: DeviceKind) -> Any:
        return self._ffi.callback("pa_device_info_cb_t", lambda _c, info, end, _d: self._take(kind, info, end))

    def end(self) -> None:
        """Ask no more: what would be answered refers to us."""
        del self._server, self._sink, self._source

    def renew(self) -> Event:
        """Ask anew; set once a list has come that was asked for after this."""
        self.is_stale = True
        self._awaited.append(Event())
        return self._awaited[-1]

    def give_up(self) -> None:
        """No list will come any more."""
        while self._awaited:
            self._awaited.pop().set()

    def go_on(self, context: Any) -> None:
        """Ask if there is need."""
        if not self.is_stale or self._waiting:
            return
        self.is_stale = False
        self._found, self._found_muted, self._waiting = [], set(), 3
        nobody, library = self._ffi.NULL, self._library
        done(self._ffi, library, library.pa_context_get_server_info(context, self._server, nobody))
        done(self._ffi, library, library.pa_context_get_sink_info_list(context, self._sink, nobody))
        done(self._ffi, library, library.pa_context_get_source_info_list(context, self._source, nobody))

    def _take_server(self, _context: Any, info: Any, _data: Any) -> None:
        self._defaults.clear()
        if info != self._ffi.NULL:
            self._defaults[DeviceKind.SPEAKER] = self._text(info.default_sink_name)
            self._defaults[DeviceKind.MICROPHONE] = self._text(info.default_source_name)
        self._answered()

    def _take(self, kind: DeviceKind, info: Any, end: int) -> None:
        if end:
            self._answered()
            return
        is_echo_of_output = kind is DeviceKind.MICROPHONE and info.monitor != pulse.NO_DEVICE
        if not is_echo_of_output and len(self._found) < _MOST_DEVICES:
            key = PREFIX + self._text(info.name)
            name = self._text(info.description) or key
            self._found.append(Device(kind, key, name, group=self._group(info.proplist)))
            if info.mute and kind is DeviceKind.MICROPHONE:
                self._found_muted.add(key)

    def _answered(self) -> None:
        self._waiting -= 1
        if self._waiting == 0 and not self.is_stale:
            self.muted = frozenset(self._found_muted)
            self._listed(tuple(self._distinct()))
            self.give_up()

    def _distinct(self) -> Iterator[Device]:
        """What was found, the defaults marked; of those with the same name the later ones are counted."""
        seen: Counter[tuple[DeviceKind, str]] = Counter()
        for found in self._found:
            seen[found.kind, found.name] += 1
            count = seen[found.kind, found.name]
            name = found.name if count == 1 else f"{found.name} ({count})"
            is_default = found.key == PREFIX + self._defaults.get(found.kind, "")
            yield Device(found.kind, found.key, name, is_default, found.group)

    def _group(self, properties: Any) -> str:
        for wanted in _GROUPS:
            told = self._library.pa_proplist_gets(properties, wanted)
            if told != self._ffi.NULL:
                return f"{wanted.decode()}={self._text(told)}"
        return ""

    def _text(self, told: Any) -> str:
        """What the server says, which may be any bytes; on one line."""
        if told == self._ffi.NULL:
            return ""
        said: bytes = self._ffi.string(told)
        return "".join(sign for sign in said.decode("utf-8", "replace") if sign.isprintable())[:500]


def done(ffi: Any, library: Any, operation: Any) -> None:
    """Nobody waits for it."""
    if operation != ffi.NULL:
        library.pa_operation_unref(operation)


_lock: Final = Lock()
_shared: list[PulseServer] = []
_absence: Final = [""]
"""Why there is no sound server, once it was said: whoever waits for one asks every few seconds."""


def shared(clock: Clock) -> PulseServer | None:
    """The process's connection, None where there is no sound server. May take two seconds: never on a loop."""
    with _lock:
        if _shared and _shared[0].is_gone:
            _shared.clear()
        if not _shared:
            try:
                _shared.append(PulseServer(clock))
            except DeviceError as error:
                if str(error) != _absence[0]:
                    _absence[0] = str(error)
                    _log.info("no_sound_server", error=str(error))
                return None
            _absence[0] = ""
        return _shared[0]


def server_for(spec: Spec, kind: DeviceKind, clock: Clock) -> PulseServer | None:
    """Who is to open this device; None: PortAudio, which knows devices by names of its own. As `shared`."""
    server = shared(clock)
    if server is None or spec.kind is not SpecKind.DEVICE or spec.value.startswith(PREFIX):
        return server
    return server if any(d.kind is kind and d.name == spec.value for d in server.devices()) else None


def leave() -> None:
    """End the connection unless somebody plays or records; the next who asks begins another."""
    with _lock:
        if _shared and not _shared[0].streams:
            _shared.pop().close()
