"""A simulated person's voice, encoded: what the practice meeting and the benches send. No I/O, no thread."""

from __future__ import annotations

from visio_desktop.media.microphone import TestMicrophone
from visio_desktop.media.opus import new_encoder
from visio_desktop.media.uplink import Uplink
from visio_desktop.rtc.frames import EncodedFrame


class Talker:
    """Speaks like the microphone `test:VARIANT`."""

    def __init__(self, variant: str = "") -> None:
        self._microphone = TestMicrophone(variant)
        self._uplink = Uplink(new_encoder)

    def next_frame(self) -> EncodedFrame | None:
        """Twenty milliseconds further; None in a pause. Costs about 0.2 ms of processor time."""
        return self._uplink.add(self._microphone.read())
