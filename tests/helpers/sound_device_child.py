"""Runs the sound path on two devices of the machine for some seconds and prints what happened as JSON.

A program of its own, because PortAudio looks for devices only once in a process.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from dataclasses import replace

from tests.helpers.sound import FakeInbound, FakeOutbound
from visio_desktop.media import pulse_server
from visio_desktop.media.devices import list_devices, sound_devices
from visio_desktop.media.sound import Sound
from visio_desktop.media.specs import parse_spec
from visio_desktop.media.talker import Talker
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import monotonic_ms

MIC, SPEAKER = DeviceKind.MICROPHONE, DeviceKind.SPEAKER


async def main(seconds: float, microphone: str, speaker: str) -> None:
    """Muted for the first half, open for the second."""
    pulse_server._CONNECTED_MS = 60_000.0  # type: ignore[misc] # on a busy machine it is not late
    sound = Sound(asyncio.get_running_loop(), clock=monotonic_ms)
    told: list[str] = []
    sound.on_spoke_while_muted(lambda: told.append("muted speech"))
    sound.on_failed(lambda kind, _problem: told.append(f"{kind.value} failed"))
    names = [
        await sound.open_speaker(parse_spec(speaker, SPEAKER)),
        await sound.open_microphone(parse_spec(microphone, MIC)),
    ]
    stream, outbound, talker, sequence = FakeInbound(), FakeOutbound(), Talker("anna"), 0
    sound.add_voice("anna", stream)
    sound.attach_outbound(outbound)
    start_ms, sent_muted = monotonic_ms(), 0
    for beat in range(int(seconds * 50)):
        if frame := talker.next_frame():
            sequence += 1
            stream.deliver(replace(frame, sequence=sequence))
        if beat == int(seconds * 25):
            sent_muted = len(outbound.sent)
            sound.set_gate(open=True)
        await asyncio.sleep(max(0.0, (start_ms + beat * 20 - monotonic_ms()) / 1000))
    report = {
        "devices": [d.key for d in (*list_devices(), *sound_devices(MIC), *sound_devices(SPEAKER))],
        "opened": names,
        "told": told,
        "sent_muted": sent_muted,
        "sent": [base64.b64encode(frame.payload).decode() for frame in outbound.sent],
        "played_ms": sound.statistics("anna").played_ms,
    }
    await sound.close()
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], sys.argv[3]))
