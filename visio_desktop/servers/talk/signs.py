"""Reactions as Talk's clients show them: the sign itself. Those that have no counterpart here are passed over."""

from __future__ import annotations

from visio_desktop.meeting.rooms import Emoji

_SIGNS = {
    Emoji.THUMBS_UP: "👍",
    Emoji.THUMBS_DOWN: "👎",
    Emoji.CLAPPING_HANDS: "👏",
    Emoji.RED_HEART: "❤️",
    Emoji.FACE_WITH_TEARS_OF_JOY: "😂",
    Emoji.FACE_WITH_OPEN_MOUTH: "😲",
    Emoji.PARTY_POPPER: "🎉",
    Emoji.FOLDED_HANDS: "🙏",
}
_VARIATION = "\ufe0f"
_EMOJI = {sign.removesuffix(_VARIATION): emoji for emoji, sign in _SIGNS.items()}


def sign_of(emoji: Emoji) -> str:
    """What is sent for it."""
    return _SIGNS[emoji]


def emoji_of(sign: str) -> Emoji | None:
    """What somebody sent, None for what is not known here."""
    return _EMOJI.get(sign.removesuffix(_VARIATION))
