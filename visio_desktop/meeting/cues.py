"""The short sounds of a meeting: somebody came, went, or waits to be let in."""

from __future__ import annotations

from enum import Enum

from visio_desktop.meeting.state import Meeting, Page


class Cue(Enum):
    """One sound; of several at once the first of these is heard."""

    KNOCK = "knock"
    JOINED = "joined"
    LEFT = "left"


_KEYS = {
    Cue.KNOCK: ("knock", "knocks"),
    Cue.JOINED: ("arrived", "arrived_many"),
    Cue.LEFT: ("left", "left_many"),
}


def cue_between(before: Meeting, after: Meeting) -> Cue | None:
    """What is to be heard of what people were told since `before`.

    Who comes and goes is heard in small meetings only (`Room.sounds`), who waits always.
    """
    if before.page is not Page.ROOM or after.page is not Page.ROOM:
        return None
    new = {toast.key for toast in after.toasts if toast.id >= before.next_id}
    heard = [cue for cue in Cue if new.intersection(_KEYS[cue])]
    return next((cue for cue in heard if cue is Cue.KNOCK or after.room.sounds), None)
