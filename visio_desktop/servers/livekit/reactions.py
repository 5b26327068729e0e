"""Reactions: small JSON packets without a topic, as La Suite Meet's web client sends them.

`{"type": "reactionReceived", "data": {"emoji": "thumbs-up"}}`, reliable, to everybody. Names not known are passed over.
"""

from __future__ import annotations

import json
from collections import OrderedDict

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.livekit.chat import json_object

KIND = "reactionReceived"
MAX_BYTES = 4_096
_MOST_IN_A_WINDOW = 10
_WINDOW_MS = 1_000.0
_MAX_PEOPLE = 256
_EMOJI = {emoji.value: emoji for emoji in Emoji}


def print_reaction(emoji: Emoji) -> bytes:
    """The payload that shows everybody a reaction."""
    return json.dumps({"type": KIND, "data": {"emoji": emoji.value}}).encode()


def parse_reaction(payload: bytes) -> Emoji | None:
    """The reaction in a payload, None for whatever else it is."""
    fields = json_object(payload) if len(payload) <= MAX_BYTES else {}
    data = fields.get("data")
    if fields.get("type") != KIND or not isinstance(data, dict):
        return None
    name = data.get("emoji")
    return _EMOJI.get(name) if isinstance(name, str) else None


class Floodgate:
    """Lets so many reactions of one person through within a second, as many as the web client ever sends."""

    def __init__(self) -> None:
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def lets_through(self, identity: str, now_ms: float) -> bool:
        """Whether one more of this person is shown."""
        began_ms, count = self._windows.pop(identity, (now_ms, 0))
        if not 0 <= now_ms - began_ms < _WINDOW_MS:
            began_ms, count = now_ms, 0
        self._windows[identity] = (began_ms, count + 1)
        if len(self._windows) > _MAX_PEOPLE:
            self._windows.popitem(last=False)
        return count < _MOST_IN_A_WINDOW
