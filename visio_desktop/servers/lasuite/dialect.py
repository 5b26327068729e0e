"""What La Suite Meet means by LiveKit's attributes, metadata and data packets (`BE/utils.py`, `FE/features`)."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from typing import Any

from livekit.protocol.models import ParticipantInfo, Room

from visio_desktop.meeting.events import InvitationChanged, Reacted, RecordingChanged, RulesChanged, ServerEvent
from visio_desktop.meeting.rooms import Access, Invitation, Recording, RecordingKind, Rules
from visio_desktop.meeting.values import Capability, Role
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.metadata import parse_metadata
from visio_desktop.servers.lasuite.packets import parse_packet, says_somebody_waits
from visio_desktop.servers.lasuite.place import Place
from visio_desktop.servers.lasuite.room import RoomAnswer, rules
from visio_desktop.servers.livekit.dialect import Dialect, Sender, Traits, capabilities
from visio_desktop.servers.livekit.hands import parse_hand
from visio_desktop.servers.livekit.reactions import parse_reaction

_ROLES = {role.value: role for role in Role}
_COLOUR = re.compile(r"hsl\(\s*(\d{1,3})\s*,\s*(\d{1,3})%\s*,\s*(\d{1,3})%\s*\)")
_NO_PEOPLE = (ParticipantInfo.Kind.AGENT, ParticipantInfo.Kind.EGRESS)
_BY_REST = Capability.HAND | Capability.RENAME
_LEADING = (
    Capability.LOWER_HANDS
    | Capability.MUTE_OTHERS
    | Capability.REMOVE
    | Capability.ROLES
    | Capability.RULES
    | Capability.ADMIT
)
_RECORDING = {RecordingKind.SCREEN: Capability.RECORD, RecordingKind.TRANSCRIPT: Capability.TRANSCRIBE}
_REQUESTING = {
    RecordingKind.SCREEN: Capability.REQUEST_RECORDING,
    RecordingKind.TRANSCRIPT: Capability.REQUEST_TRANSCRIPT,
}


class LaSuiteDialect(Dialect):
    """One session's; it keeps what is decided in the room. `on_knock` hears that somebody waits."""

    def __init__(self, place: Place, on_knock: Callable[[], None]) -> None:
        self._place = place
        self._on_knock = on_knock
        self._access: Access | None = place.room.access
        self._configuration = place.room.configuration
        self._recording: Recording | None = None
        self._told: tuple[Rules, Recording | None] | None = None

    @property
    def rules(self) -> Rules:
        """What is decided in the room now."""
        return rules(self._access, Fields(self._configuration), self._place.config.default_sources)

    @property
    def configuration(self) -> dict[str, Any]:
        """The room's configuration as the server keeps it."""
        return dict(self._configuration)

    @property
    def recording(self) -> Recording | None:
        """What is made of the meeting now."""
        return self._recording

    def title(self, room: Room) -> str:
        """See `Dialect`: LiveKit's rooms are named by numbers here."""
        del room
        return self._place.title

    def traits(self, info: ParticipantInfo) -> Traits:
        """See `Dialect`."""
        attributes = info.attributes
        return Traits(
            parse_hand(attributes),
            parse_colour(attributes.get("color", "")),
            role_of(info),
            {"true": True, "false": False}.get(attributes.get("is_authenticated", "")),
        )

    def shows(self, info: ParticipantInfo) -> bool:
        """See `Dialect`: agents write down what is said, and recorders look on; neither is a person."""
        return info.kind not in _NO_PEOPLE

    def capabilities(self, me: ParticipantInfo) -> Capability:
        """See `Dialect`: LiveKit's, plus what the server does for one's role; nothing in a room it does not know."""
        found = capabilities(me) & ~_BY_REST
        if not self._place.room.id:
            return found
        known = me.attributes.get("is_authenticated") == "true"
        found |= Capability.HAND
        if self._place.config.names_editable or not known:
            found |= Capability.RENAME
        if self._place.config.captions:
            found |= Capability.CAPTIONS
        if self.rules.everyone_mutes:
            found |= Capability.MUTE_OTHERS
        recordings = self._place.config.recordings
        if role_of(me).leads and self._place.session:
            found |= _LEADING
            for kind in recordings:
                found |= _RECORDING[kind]
        else:
            for kind in recordings:
                found |= _REQUESTING[kind]
        return found

    def room(self, room: Room) -> list[ServerEvent]:
        """See `Dialect`."""
        metadata = parse_metadata(room.metadata, is_recorded=room.active_recording)
        if metadata.access is not None:
            self._access = metadata.access
        if metadata.configuration is not None:
            self._configuration = metadata.configuration
        self._recording = metadata.recording
        told, self._told = self._told, (self.rules, self._recording)
        events: list[ServerEvent] = [] if told is not None else [self._invitation()]
        if told is None or told[0] != self.rules:
            events.append(RulesChanged(self.rules))
        if (told[1] if told is not None else None) != self._recording:
            events.append(RecordingChanged(self._recording))
        return events

    def packet(self, sender: Sender, topic: str, payload: bytes) -> list[ServerEvent]:
        """See `Dialect`: what is unknown is passed over."""
        if topic:
            return []
        if says_somebody_waits(sender, payload):
            self._on_knock()
            return []
        emoji = parse_reaction(payload) if sender.person is not None else None
        if emoji is not None:
            return [Reacted(sender.identity, emoji)]
        return parse_packet(sender, payload, anybody_mutes=self.rules.everyone_mutes)

    def decided(self, answer: RoomAnswer) -> list[ServerEvent]:
        """The server took new rules of ours; LiveKit's word of it may have come before, come later, or not at all."""
        self._access, self._configuration = answer.access or self._access, answer.configuration
        told, self._told = self._told, (self.rules, self._recording)
        return [] if told is not None and told[0] == self.rules else [RulesChanged(self.rules)]

    def _invitation(self) -> InvitationChanged:
        config, pin = self._place.config, self._place.room.pin
        phone = Invitation(self._place.link, config.phone, pin) if config.phone and pin else None
        return InvitationChanged(
            phone or Invitation(self._place.link),
            config.most_for_sounds,
            config.mute_on_join_above,
            config.idle_warning_ms,
        )


def role_of(info: ParticipantInfo) -> Role:
    """What the server says somebody may decide."""
    return _ROLES.get(info.attributes.get("room_role", ""), Role.MEMBER)


def parse_colour(text: str) -> str:
    """A colour `hsl(h, s%, l%)` as `#rrggbb`, "" for anything else."""
    found = _COLOUR.fullmatch(text) if len(text) <= 40 else None  # noqa: PLR2004 - longer than any
    if found is None:
        return ""
    hue, saturation, lightness = (int(part) for part in found.groups())
    rgb = colorsys.hls_to_rgb(hue % 360 / 360, min(lightness, 100) / 100, min(saturation, 100) / 100)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
