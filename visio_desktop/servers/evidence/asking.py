"""Asking a server what it is: all that cannot get into each other's way at once, bounded in time and size.

Nothing that says who asks is sent, nor the link's query or fragment. No redirect is followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from visio_desktop.net import Client, NetError, Reply, Web
from visio_desktop.servers.evidence.place import Place
from visio_desktop.servers.evidence.table import TABLE, Ask, Row, Weight
from visio_desktop.system.log import get_logger

ANSWER_TIMEOUT_S = 4.0
MAX_ANSWER_BYTES = 128 * 1024
AT_ONCE = 6
"""As many connections as a browser opens to a host."""
_log = get_logger(__name__)


async def evident(web: Web, place: Place, weights: Iterable[Weight]) -> tuple[Row, ...]:
    """The rows of these weights that the server proves, in the table's order.

    Raises `NetError` where it answers to none of them: why it does not is known then.
    """
    wanted = set(weights)
    asked = [(row, ask) for row in TABLE if row.weight in wanted and (ask := row.asks(place)) is not None]
    if not asked:
        return ()
    gate = asyncio.Semaphore(AT_ONCE)
    async with web.client(place.origin) as client:
        answers = await asyncio.gather(*(_answer(client, place, ask, gate) for _, ask in asked))
    if all(isinstance(answer, NetError) for answer in answers):
        raise next(answer for answer in answers if isinstance(answer, NetError))
    found = tuple(
        row for (row, _), answer in zip(asked, answers, strict=True) if isinstance(answer, Reply) and row.proves(answer)
    )
    _log.info("asked_what_it_is", host=place.host, asked=len(asked), found=[row.kind for row in found])
    return found


async def _answer(client: Client, place: Place, ask: Ask, gate: asyncio.Semaphore) -> Reply | NetError:
    async with gate:
        try:
            return await client.request(
                ask.method,
                place.origin + ask.path,
                headers=dict(ask.headers),
                timeout_s=ANSWER_TIMEOUT_S,
                max_bytes=MAX_ANSWER_BYTES,
            )
        except NetError as error:
            return error
