"""Hands that went up before what the room told us of its past: asked for, membership by membership.

A hand is an annotation of a membership (`timeline`), and a server says what annotates an event: `/relations`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError, Forbidden, NotFound, in_path
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT
from visio_desktop.servers.matrix.timeline import HAND_EVENT
from visio_desktop.servers.matrix.words import RoomEvent, parse_event
from visio_desktop.system.log import get_logger

MOST_ASKED: Final = 50
"""So many memberships are asked about, the oldest."""
_MOST_EVENTS: Final = 20
_log = get_logger(__name__)


async def raised_before(api: Api, room_id: str, memberships: Sequence[str]) -> AsyncIterator[RoomEvent]:
    """What may be hands on these memberships, by their events' ids; one question after the other.

    Of what a server hides or does not know the next is asked; one that is busy, or has no such way, no more.
    """
    for event_id in memberships[:MOST_ASKED]:
        path = f"{CLIENT}/v1/rooms/{in_path(room_id)}/relations/{in_path(event_id)}/m.annotation"
        try:
            answer = await api.ask("GET", path, parameters={"limit": str(_MOST_EVENTS)})
        except (Forbidden, NotFound) as error:
            if error.code == "M_UNRECOGNIZED":
                return
            continue
        except ApiError as error:
            _log.info("earlier_hands_unknown", error=str(error))
            return
        listed = answer.get("chunk")
        for each in listed[:_MOST_EVENTS] if isinstance(listed, list) else []:
            event = parse_event(each)
            if event is not None and _is_about(event, event_id):
                yield event


def _is_about(event: RoomEvent, event_id: str) -> bool:
    return event.type in {HAND_EVENT, ENCRYPTED_EVENT} and event.relation.text("event_id") == event_id
