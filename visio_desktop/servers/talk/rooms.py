"""What Nextcloud says of a conversation, of us in it, and of the way to its signalling server; each field by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from visio_desktop.meeting.values import Capability, Role, Source
from visio_desktop.rtc import IceServer
from visio_desktop.servers.fields import Fields

IN_CALL, WITH_AUDIO, WITH_VIDEO = 1, 2, 4
IGNORES_LOBBY, _AUDIO, _VIDEO, _SCREEN, _CHAT, _REACT = 8, 16, 32, 64, 128, 256
_EVERYTHING = _AUDIO | _VIDEO | _SCREEN | _CHAT | _REACT
ABLE = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.CHAT
    | Capability.HAND
    | Capability.SCREEN_SHARE
    | Capability.ACTIVE_SPEAKER
    | Capability.REACTIONS
    | Capability.RENAME
)
LEADING = Capability.MUTE_OTHERS | Capability.REMOVE | Capability.ADMIT | Capability.ROLES
_OWNER, _MODERATOR, _GUEST_MODERATOR = 1, 2, 6
_CONSENT_ALWAYS, _CONSENT_BY_ROOM = 1, 2
_LONGEST_SESSION = 1_024
_MOST_SERVERS = 16


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the server can do (Talk's `docs/capabilities.md`); `longest_chat` in characters."""

    features: frozenset[str] = frozenset()
    longest_chat: int = 32_000
    reactions: frozenset[str] = frozenset()
    consent: int = 0
    calls: bool = True


@dataclass(frozen=True, slots=True)
class Conversation:
    """The conversation as we see it; `session` is ours at Nextcloud."""

    title: str
    session: str = field(repr=False)
    kind: int = 0
    permissions: int = 0
    actor: tuple[str, str] = ("", "")
    has_lobby: bool = False
    wants_consent: bool = False
    recording: int = 0
    is_elsewhere: bool = False

    @property
    def leads(self) -> bool:
        """Whether we moderate."""
        return role(self.kind).leads

    @property
    def waits(self) -> bool:
        """Whether the lobby holds us back."""
        return self.has_lobby and not self.leads and not self.permissions & IGNORES_LOBBY

    @property
    def sources(self) -> frozenset[Source]:
        """What we may send."""
        return sources(self.permissions)

    @property
    def may_chat(self) -> bool:
        """Whether we may write."""
        return bool(self.permissions & _CHAT)


@dataclass(frozen=True, slots=True)
class Settings:
    """The way to the signalling server: `hello` has what each of its versions asks for; "" as `mode` for none."""

    mode: str
    server: str = ""
    hello: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    relays: tuple[IceServer, ...] = field(default=(), repr=False)


def parse_abilities(data: object) -> Abilities | None:
    """What an answer of the capabilities says, None where Talk is not there."""
    spreed = Fields(data).object("capabilities").object("spreed")
    if not spreed:
        return None
    config = spreed.object("config")
    call, chat = config.object("call"), config.object("chat")
    return Abilities(
        frozenset(spreed.texts("features") or ()),
        chat.count("max-length") or 1_000,
        frozenset(call.texts("supported-reactions") or ()),
        call.count("recording-consent") or 0,
        call.flag("enabled", otherwise=True),
    )


def parse_conversation(data: object) -> Conversation | None:
    """A conversation, None where there is none in it."""
    fields = Fields(data)
    session = fields.text("sessionId", longest=_LONGEST_SESSION)
    if not fields.text("token"):
        return None
    return Conversation(
        fields.text("displayName") or fields.text("name"),
        session if session != "0" else "",
        fields.count("participantType") or 0,
        _or_everything(fields.count("permissions")),
        (fields.text("actorType"), fields.text("actorId")),
        has_lobby=fields.count("lobbyState") == 1,
        wants_consent=fields.count("recordingConsent") == 1,
        recording=fields.count("callRecording") or 0,
        is_elsewhere=bool(fields.text("remoteServer")),
    )


def parse_settings(data: object) -> Settings:
    """The signalling settings (Talk's `docs/internal-signaling.md`)."""
    fields = Fields(data)
    given = fields.object("helloAuthParams")
    hello = {version: given.object(version).plain() for version in ("2.0", "1.0") if version in given}
    if not hello and fields.text("ticket"):
        hello = {"1.0": {"userid": fields.text("userId"), "ticket": fields.text("ticket")}}
    servers = [
        IceServer(each.texts("urls") or (), each.text("username"), each.text("credential"))
        for name in ("stunservers", "turnservers")
        for each in fields.objects(name)
    ]
    relays = tuple(server for server in servers if server.urls)[:_MOST_SERVERS]
    return Settings(fields.text("signalingMode", "external"), fields.text("server"), hello, relays)


def needs_consent(abilities: Abilities, conversation: Conversation) -> bool:
    """Whether nobody gets into the call who has not agreed to be recorded."""
    by_room = abilities.consent == _CONSENT_BY_ROOM and conversation.wants_consent
    return abilities.consent == _CONSENT_ALWAYS or by_room


def capabilities(abilities: Abilities, conversation: Conversation, *, is_guest: bool) -> Capability:
    """What one may do there."""
    found = ABLE | LEADING if conversation.leads else ABLE
    missing = {
        Capability.CHAT: "chat-permission" in abilities.features and not conversation.may_chat,
        Capability.HAND: "raise-hand" not in abilities.features,
        Capability.REACTIONS: not abilities.reactions,
        Capability.RENAME: not is_guest,
        Capability.SCREEN_SHARE: Source.SCREEN not in conversation.sources,
    }
    for capability, is_missing in missing.items():
        found &= ~capability if is_missing else found
    return found


def role(kind: int) -> Role:
    """What a participant's type means here."""
    if kind == _OWNER:
        return Role.OWNER
    return Role.ADMINISTRATOR if kind in (_MODERATOR, _GUEST_MODERATOR) else Role.MEMBER


def sources(permissions: int) -> frozenset[Source]:
    """What these permissions let somebody send."""
    found: set[Source] = set()
    if permissions & _AUDIO:
        found.add(Source.MICROPHONE)
    if permissions & _VIDEO:
        found.add(Source.CAMERA)
    if permissions & _SCREEN:
        found |= {Source.SCREEN, Source.SCREEN_AUDIO}
    return frozenset(found)


def _or_everything(permissions: int | None) -> int:
    """Servers from before permissions were known let everybody do everything."""
    return permissions or _EVERYTHING
