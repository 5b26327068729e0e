"""Notices of the same kind become one when they come in a flood: "Amina Diallo and 4 others joined the meeting"."""

from __future__ import annotations

from typing import Final

from visio_desktop.meeting.values import Toast

GATHERED: Final = ("arrived", "left", "hand")
"""The keys of which a third becomes `<key>_many`, with the latest `name` and the `count` of the others."""
CHAT: Final = "chat"
_MANY_FROM: Final = 3


def gathered(toasts: tuple[Toast, ...], toast: Toast) -> tuple[Toast, ...]:
    """These notices and one more, as few as tell it. Whoever writes much takes the place of no notice but their own."""
    if toast.key == CHAT:
        return (*(each for each in toasts if each.key != CHAT or _name(each) != _name(toast)), toast)
    if toast.key not in GATHERED:
        return (*toasts, toast)
    many = f"{toast.key}_many"
    same = [each for each in toasts if each.key in (toast.key, many)]
    total = 1 + sum(_told(each) for each in same)
    if total < _MANY_FROM:
        return (*toasts, toast)
    together = Toast(toast.id, many, (("name", _name(toast)), ("count", str(total - 1))))
    return (*(each for each in toasts if each not in same), together)


def _name(toast: Toast) -> str:
    return dict(toast.arguments).get("name", "")


def _told(toast: Toast) -> int:
    """Of how many a notice tells."""
    return int(dict(toast.arguments)["count"]) + 1 if toast.key.endswith("_many") else 1
