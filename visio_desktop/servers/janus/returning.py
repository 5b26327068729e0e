"""The whole room anew, for somebody who has not heard of it for a while: Janus tells what changes only once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus.place import Place
from visio_desktop.servers.janus.signal import Signal


async def whole_room(signal: Signal, handle: int, place: Place) -> tuple[list[Fields], list[Fields]]:
    """Everybody, and the streams of those who send. Raises `RequestFailed` or `Refusal`.

    The list of people names no streams; a subscription is told of them, and given up again unanswered.
    """
    listed = await signal.room(handle, {"request": "listparticipants", "room": place.address.room})
    people = listed.room.objects("participants")
    feeds = [{"feed": each.key("id")} for each in people if each.flag("publisher")]
    if not feeds:
        return people, []
    look = await signal.attach()
    try:
        body = {"request": "join", "ptype": "subscriber", "streams": feeds, **place.entry()}
        attached = await signal.room(look, body)
    finally:
        await signal.ask("detach", handle_id=look)
    return people, list(publishers(attached.room))


def publishers(attached: Fields) -> Iterator[Fields]:
    """The streams of a subscription, by those who send them, in the words in which the room tells of publishers."""
    found: dict[int | str, list[dict[str, Any]]] = {}
    names: dict[int | str, str] = {}
    for each in attached.objects("streams"):
        key = each.key("feed_id")
        if key is None:
            continue
        names[key] = each.text("feed_display")
        stream = {"type": each.text("type"), "mid": each.text("feed_mid"), "description": each.text("feed_description")}
        found.setdefault(key, []).append(stream)
    for key, streams in found.items():
        yield Fields({"id": key, "display": names[key], "streams": streams})
