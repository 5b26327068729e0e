"""What somebody who does not see the window is told of themselves: whether they are heard, seen, waited for.

What a notice says already is not said twice.
"""

from __future__ import annotations

from visio_desktop.meeting.state import Meeting, Page


def said_between(before: Meeting, after: Meeting) -> tuple[str, ...]:
    """The names of texts `spoken.*`, in the order in which they are said.

    Who holds a key to talk is not talked to meanwhile.
    """
    if after.page is not Page.ROOM:
        return ()
    if before.page is not Page.ROOM:
        return ("entered", _state("microphone", on=after.microphone_on))
    told = " ".join(toast.key for toast in after.toasts if toast.id >= before.next_id)
    said: list[str] = []
    held = before.held_to_talk or after.held_to_talk
    if before.microphone_on != after.microphone_on and not held and "microphone" not in told and "muted" not in told:
        said.append(_state("microphone", on=after.microphone_on))
    if before.camera_on != after.camera_on and "camera" not in told:
        said.append(_state("camera", on=after.camera_on))
    if _hand(before) != _hand(after) and "hand_lowered" not in told:
        said.append(_state("hand", on=_hand(after)))
    return tuple(said)


def _hand(meeting: Meeting) -> bool:
    return meeting.me is not None and meeting.me.hand_raised_at_ms is not None


def _state(what: str, *, on: bool) -> str:
    return f"{what}_on" if on else f"{what}_off"
