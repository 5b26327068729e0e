"""What is said in a room beside who takes part in its call: chat, raised hands, reactions. Pure.

A hand is a reaction (`m.reaction`, a hand as its key) of somebody to their own membership, taken back by its redaction;
Element Call's own reactions (`io.element.call.reaction`) refer to the membership too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from visio_desktop.meeting.events import ChatReceived, Reacted, ServerEvent
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.livekit.reactions import Floodgate
from visio_desktop.servers.matrix.words import RoomEvent

HAND: Final = "🖐️"
REACTION_EVENT: Final = "io.element.call.reaction"
MESSAGE_EVENT: Final = "m.room.message"
HAND_EVENT: Final = "m.reaction"
REDACTION_EVENT: Final = "m.room.redaction"
LONGEST_LINE_BYTES: Final = 50_000
"""An event has 65,536 bytes at most, with all that is around its text, encrypted or not."""
_WRITTEN: Final = {"m.text", "m.notice", "m.emote"}
_MOST_LINES: Final = 500
_SELECTOR: Final = "\ufe0f"
_NAMED: Final = {
    Emoji.THUMBS_UP: ("👍", "thumbsup"),
    Emoji.THUMBS_DOWN: ("👎", "thumbsdown"),
    Emoji.CLAPPING_HANDS: ("👏", "clapping"),
    Emoji.RED_HEART: ("❤️", "generic"),
    Emoji.FACE_WITH_TEARS_OF_JOY: ("😂", "generic"),
    Emoji.FACE_WITH_OPEN_MOUTH: ("😮", "generic"),
    Emoji.PARTY_POPPER: ("🎉", "party"),
    Emoji.FOLDED_HANDS: ("🙏", "generic"),
}
_ALIKE: Final = {"🥰": Emoji.RED_HEART, "😄": Emoji.FACE_WITH_TEARS_OF_JOY}
_KNOWN: Final = {sign.rstrip(_SELECTOR): emoji for emoji, (sign, _) in _NAMED.items()} | _ALIKE


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose membership an event is: a person's and a device's."""

    user_id: str
    identity: str


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand that is up: the event that raised it, and when."""

    event_id: str
    membership_id: str
    at_ms: float


class Timeline:
    """One session's. `owner` finds whose membership an event is, `speaker` the identity and name of somebody."""

    def __init__(
        self,
        my_user_id: str,
        *,
        owner: Callable[[str], Owner | None],
        speaker: Callable[[str], tuple[str, str]],
        now_ms: Callable[[], float],
    ) -> None:
        self._my_user_id = my_user_id
        self._owner = owner
        self._speaker = speaker
        self._now_ms = now_ms
        self._floodgate = Floodgate()
        self._hands: dict[str, Hand] = {}
        self._lines: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._ours: OrderedDict[str, None] = OrderedDict()
        self._taken_back: OrderedDict[str, None] = OrderedDict()

    def sending(self, transaction: str) -> None:
        """What comes back of this sending we tell ourselves."""
        self._ours[transaction] = None
        if len(self._ours) > _MOST_LINES:
            self._ours.popitem(last=False)

    def sent(self, event_id: str, message_id: str) -> None:
        """A line of ours has this event."""
        self._remember(event_id, self._my_user_id, message_id)

    def event_of(self, message_id: str) -> str:
        """The event of a line, "" for one that is not known (any more)."""
        return next((event for event, (_, known) in self._lines.items() if known == message_id), "")

    def hand_of(self, identity: str) -> Hand | None:
        """Somebody's raised hand; one's membership that ended or was said anew takes it down."""
        hand = self._hands.get(identity)
        owner = self._owner(hand.membership_id) if hand is not None else None
        return hand if owner is not None and owner.identity == identity else None

    def read(self, event: RoomEvent, *, past: bool = False) -> list[ServerEvent]:
        """What an event says; of what is `past` lines are no news, and what passes is not shown. Hands: `hand_of`."""
        match event.type:
            case _ if event.type == MESSAGE_EVENT:
                return self._message(event, past=past)
            case _ if event.type == HAND_EVENT:
                self._raise(event)
            case _ if event.type == REACTION_EVENT and not past:
                return self._reaction(event)
            case _ if event.type == REDACTION_EVENT:
                self._take_back(event.redacts)
        return []

    def unreadable(self, event: RoomEvent) -> ChatReceived:
        """A line that came encrypted and cannot be opened."""
        identity, name = self._speaker(event.sender)
        mine = event.sender == self._my_user_id
        line = ChatMessage(event.event_id, identity, name, "", event.at_ms, is_mine=mine, unreadable=True)
        return ChatReceived(line)

    def _take_back(self, event_id: str) -> None:
        """It is remembered: of hands one also hears late."""
        self._hands = {k: hand for k, hand in self._hands.items() if hand.event_id != event_id}
        self._taken_back[event_id] = None
        if len(self._taken_back) > _MOST_LINES:
            self._taken_back.popitem(last=False)

    def _raise(self, event: RoomEvent) -> None:
        if event.event_id in self._taken_back:
            return
        relation = event.relation
        owner = self._owner(relation.text("event_id"))
        is_hand = relation.text("key", longest=32).rstrip(_SELECTOR) == HAND.rstrip(_SELECTOR)
        if owner is not None and owner.user_id == event.sender and is_hand and self.hand_of(owner.identity) is None:
            self._hands[owner.identity] = Hand(event.event_id, relation.text("event_id"), event.at_ms)

    def _reaction(self, event: RoomEvent) -> list[ServerEvent]:
        owner = self._owner(event.relation.text("event_id"))
        emoji = _KNOWN.get(event.fields.text("emoji", longest=32).rstrip(_SELECTOR))
        if owner is None or owner.user_id != event.sender or emoji is None or event.sender == self._my_user_id:
            return []
        calm = self._floodgate.lets_through(owner.identity, self._now_ms())
        return [Reacted(owner.identity, emoji)] if calm else []

    def _message(self, event: RoomEvent, *, past: bool) -> list[ServerEvent]:
        if event.ours in self._ours:
            return []
        fields, relation = event.fields, event.relation
        replaced = relation.text("event_id") if relation.text("rel_type") == "m.replace" else ""
        if replaced:
            fields = fields.object("m.new_content")
        text = fields.text("body", longest=LONGEST_LINE_BYTES)
        if not text.strip() or fields.text("msgtype") not in _WRITTEN:
            return []
        if replaced and self._lines.get(replaced, ("", ""))[0] != event.sender:
            return []
        message_id = self._lines[replaced][1] if replaced else event.event_id
        if not replaced:
            self._remember(event.event_id, event.sender, event.event_id)
        identity, name = self._speaker(event.sender)
        mine = event.sender == self._my_user_id
        line = ChatMessage(message_id, identity, name, text, event.at_ms, is_mine=mine, edited=bool(replaced))
        return [ChatReceived(line, is_old=past)]

    def _remember(self, event_id: str, sender: str, message_id: str) -> None:
        self._lines[event_id] = (sender, message_id)
        if len(self._lines) > _MOST_LINES:
            self._lines.popitem(last=False)


def print_line(text: str, replaces: str = "") -> dict[str, Any]:
    """The content of a chat line, or of what takes the place of the one whose event is named."""
    line: dict[str, Any] = {"msgtype": "m.text", "body": text}
    if not replaces:
        return line
    relation = {"rel_type": "m.replace", "event_id": replaces}
    return {"msgtype": "m.text", "body": f"* {text}", "m.new_content": line, "m.relates_to": relation}


def print_hand(membership_id: str) -> Mapping[str, Any]:
    """The content that raises one's hand."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": membership_id, "key": HAND}}


def print_reaction(emoji: Emoji, membership_id: str) -> Mapping[str, Any]:
    """The content that shows a reaction."""
    sign, name = _NAMED[emoji]
    return {"m.relates_to": {"rel_type": "m.reference", "event_id": membership_id}, "emoji": sign, "name": name}
