from __future__ import annotations

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.talk.signs import emoji_of, sign_of


def test_there_and_back() -> None:
    assert [emoji_of(sign_of(emoji)) for emoji in Emoji] == list(Emoji)
    assert len({sign_of(emoji) for emoji in Emoji}) == len(Emoji)


def test_with_and_without_a_variation_and_nothing_else() -> None:
    assert emoji_of("\u2764") is emoji_of("\u2764\ufe0f") is Emoji.RED_HEART
    assert [emoji_of(sign) for sign in ("", "x", "🔥", "👍👍")] == [None] * 4
