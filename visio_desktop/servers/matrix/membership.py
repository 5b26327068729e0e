"""Who takes part in a call: state events of the room, one for each device (MSC3401's form of MSC4143). Pure.

Written and read as Element Call does in its compatible mode: each publishes on a media server of their own choice
(`multi_sfu`); of older clients all publish where the oldest member does (`oldest_membership`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.words import LONGEST_ID, RoomEvent

MEMBER_EVENT = "org.matrix.msc3401.call.member"
LIFE_MS = 4 * 3_600_000.0
_APPLICATION = "m.call"
_OLDEST, _OWN = "oldest_membership", "multi_sfu"
_LIVEKIT = "livekit"
_LONGEST_LIFE_MS = 1e10
MOST_KEPT = 20_000
"""So many people and devices of one room are remembered: a server may tell of new ones without end."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One device in the call. `began_ms` and `ends_ms` are of the server's time; `focus` is a token service's address.

    With `follows_oldest` it publishes where the oldest member does, whatever its own focus.
    """

    device: CallDevice
    event_id: str
    began_ms: float
    ends_ms: float
    focus: str
    follows_oldest: bool

    @property
    def identity(self) -> str:
        """What LiveKit calls it, and the meeting."""
        return self.device.identity


def parse_membership(event: RoomEvent) -> Membership | None:
    """The membership an event tells of, None for one that ended, or of another kind of call."""
    fields = event.fields
    device_id, active = fields.text("device_id", longest=LONGEST_ID), fields.object("focus_active")
    is_ours = fields.text("application") == _APPLICATION and fields.text("call_id", "?") == ""
    if event.type != MEMBER_EVENT or not is_ours or not device_id or active.text("type") != _LIVEKIT:
        return None
    if fields.text("scope", "m.room") != "m.room":
        return None
    began_ms = fields.number("created_ts", largest=1e14) or event.at_ms
    life_ms = fields.number("expires", largest=_LONGEST_LIFE_MS) or LIFE_MS
    foci = (each for each in fields.objects("foci_preferred") if each.text("type") == _LIVEKIT)
    focus = next((each.text("livekit_service_url").rstrip("/") for each in foci), "")
    selection = active.text("focus_selection")
    if selection not in {_OLDEST, _OWN}:
        focus = ""
    device = CallDevice(event.sender, device_id)
    return Membership(device, event.event_id, began_ms, began_ms + life_ms, focus, selection == _OLDEST)


def print_membership(
    device: CallDevice, room_id: str, focus: str, *, follows_oldest: bool, life_ms: float, began_ms: float | None = None
) -> dict[str, Any]:
    """The content that says one takes part; `began_ms` where one does already."""
    return {
        "application": _APPLICATION,
        "call_id": "",
        "scope": "m.room",
        "device_id": device.device_id,
        "membershipID": device.identity,
        "expires": int(life_ms),
        "m.call.intent": "video",
        "focus_active": {"type": _LIVEKIT, "focus_selection": _OLDEST if follows_oldest else _OWN},
        "foci_preferred": [{"type": _LIVEKIT, "livekit_service_url": focus, "livekit_alias": room_id}],
        **({} if began_ms is None else {"created_ts": int(began_ms)}),
    }


def state_key(device: CallDevice, room_version: str = "") -> str:
    """Under which key it stands: rooms of two experimental versions alone let one's own begin with one's name."""
    key = f"{device.user_id}_{device.device_id}_{_APPLICATION}"
    own = room_version.startswith(("org.matrix.msc3757", "org.matrix.msc3779"))
    return key if own else f"_{key}"


class Memberships:
    """All of one room, by the events that tell of them."""

    def __init__(self) -> None:
        self._members: dict[str, Membership] = {}
        self._times_ms: dict[str, float] = {}
        self._inside: set[str] = set()

    def take(self, event: RoomEvent) -> None:
        """A state event; whoever is no longer in the room is not in its call either.

        Where many events come at once, servers tell of one that has been replaced once more: the newest holds.
        """
        match event.type:
            case "m.room.member" if event.state_key:
                if event.fields.text("membership") != "join":
                    self._inside.discard(event.state_key)
                elif len(self._inside) < MOST_KEPT:
                    self._inside.add(event.state_key)
            case _ if event.type == MEMBER_EVENT and event.state_key:
                is_new = event.state_key not in self._times_ms
                if event.at_ms < self._times_ms.get(event.state_key, 0.0) or (is_new and self._is_full):
                    return
                self._times_ms[event.state_key] = event.at_ms
                membership = parse_membership(event)
                if membership is None:
                    self._members.pop(event.state_key, None)
                else:
                    self._members[event.state_key] = membership

    @property
    def _is_full(self) -> bool:
        return len(self._times_ms) >= MOST_KEPT

    def now(self, now_ms: float) -> tuple[Membership, ...]:
        """Who takes part, the oldest first; a device once."""
        here = (m for m in self._members.values() if m.device.user_id in self._inside and m.ends_ms > now_ms)
        first = {m.device: m for m in sorted(here, key=lambda m: (m.began_ms, m.identity), reverse=True)}
        return tuple(sorted(first.values(), key=lambda m: (m.began_ms, m.identity)))


def foci(members: Iterable[Membership]) -> dict[str, str]:
    """On which focus each identity publishes, "" for those of whom that cannot be told; the oldest come first."""
    listed = tuple(members)
    oldest = listed[0].focus if listed else ""
    return {m.identity: oldest if m.follows_oldest else m.focus for m in listed}
