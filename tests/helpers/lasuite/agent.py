"""The agent that writes subtitles: LiveKit's native SDK in a process of its own, sending transcriptions.

As a program: `python -m tests.helpers.lasuite.agent URL` with the token and then what is said as JSON lines
(`identity`, `track`, `id`, `text`, `final`) on its input; ends with it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]
_PATIENCE_S = 15.0


class Agents:
    """The running agents, one for each room."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._there: dict[str, asyncio.Event] = {}

    async def join(self, room_id: str, url: str, token: str) -> bool:
        """Send an agent there; tells whether it was not there before."""
        if room_id in self._there:
            return False
        there = self._there[room_id] = asyncio.Event()
        command = [sys.executable, "-m", "tests.helpers.lasuite.agent", url]
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, cwd=_ROOT, stdin=pipe, stdout=pipe, stderr=nothing)
        self._running[room_id] = process
        await self._write(process, token)
        assert process.stdout is not None
        await process.stdout.readline()
        there.set()
        return True

    async def say(self, room_id: str, what: dict[str, Any]) -> None:
        """Write down words of somebody, once the agent is there."""
        async with asyncio.timeout(_PATIENCE_S):
            while room_id not in self._there:
                await asyncio.sleep(0.02)
            await self._there[room_id].wait()
        await self._write(self._running[room_id], json.dumps(what))

    async def close(self) -> None:
        """End them all."""
        for process in self._running.values():
            try:
                await asyncio.wait_for(process.communicate(), 2)
            except TimeoutError:
                process.kill()
                await process.communicate()
        self._running.clear()

    @staticmethod
    async def _write(process: asyncio.subprocess.Process, line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")
        await process.stdin.drain()


async def _main(url: str) -> None:
    from livekit import rtc  # noqa: PLC0415 - of the process alone

    room = rtc.Room()
    await room.connect(url, (await _line()).strip())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := await _line():
        said = json.loads(line)
        segment = rtc.TranscriptionSegment(
            id=said["id"], text=said["text"], start_time=0, end_time=0, language="fr", final=said["final"]
        )
        words = rtc.Transcription(participant_identity=said["identity"], track_sid=said["track"], segments=[segment])
        await room.local_participant.publish_transcription(words)
        # Newer agents say it once more as a text stream in the speaker's name.
        about = {"lk.segment_id": said["id"], "lk.transcription_final": str(said["final"]).lower()}
        writer = await room.local_participant.stream_text(
            topic="lk.transcription", sender_identity=said["identity"], attributes=about
        )
        await writer.write(said["text"])
        await writer.aclose()
    await asyncio.wait_for(room.disconnect(), 1)


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
