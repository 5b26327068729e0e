"""Joins a meeting, shares a screen with the sound of other programs, and goes on until its input ends.

A program of its own: what it plays must not be heard in what it shares, and PortAudio looks for devices only once.
"""

from __future__ import annotations

import os
import sys

from tests.helpers.engines import running_engine
from visio_desktop.meeting.intents import ChooseScreen, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Source
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials


def main(link: str) -> None:
    """Says its id and `shared` once that is asked for."""
    keys = Credentials(api_key=os.environ["LIVEKIT_API_KEY"], api_secret=os.environ["LIVEKIT_API_SECRET"])
    adapters = [LiveKitAdapter()]
    with running_engine(adapters=adapters, credentials=keys, on=False, speaker="default") as (engine, watcher):
        engine.post(OpenLink(link))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        room = watcher.wait_for(lambda m: m.page is Page.ROOM)
        assert room.me is not None
        engine.list_screens()
        listed = watcher.wait_for(lambda m: m.screens is not None and m.sound_shareable)
        assert listed.screens
        engine.post(ChooseScreen(listed.screens[0].spec, sound=True))
        engine.post(SetSourceOn(Source.SCREEN, on=True))
        _tell(f"{room.me.id} shared")
        sys.stdin.readline()
        engine.post(SetSourceOn(Source.SCREEN, on=False))
        _tell("stopped")
        sys.stdin.readline()


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
