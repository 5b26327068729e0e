"""Looks for a newer version where the settings say, when somebody asks; without a channel nobody is contacted, ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop import __version__
from visio_desktop.net.updates import Looked, News, host_of, look, parse_channel
from visio_desktop.settings.store import Settings
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.net.dial import Dialer

_log = get_logger(__name__)


async def look_for_update(settings: Settings, dialer: Callable[[], Dialer], told: Callable[[News], None]) -> None:
    """Ask the channel's server, and tell what came of it; `dialer` is asked for only where there is one."""
    url, key = str(settings.get("update_channel")), str(settings.get("update_key"))
    if not url:
        told(News(Looked.NOWHERE))
        return
    channel = parse_channel(url, key)
    if channel is None or not _may(settings, host_of(url)):
        told(News(Looked.UNUSABLE, host_of(url)))
        return
    from visio_desktop.net.ledger import Purpose  # noqa: PLC0415 - few look for updates
    from visio_desktop.net.web import Web  # noqa: PLC0415 - as above

    news = await look(Web(dialer(), Purpose.UPDATES), channel, __version__)
    _log.info("update_looked_for", host=news.host, outcome=news.looked.value)
    told(news)


def _may(settings: Settings, host: str) -> bool:
    """A host the organisation names as its channel needs no other permission; a person's own has to be allowed."""
    decided = settings.policies().active.get("update_channel")
    return (decided is not None and decided.value == settings.get("update_channel")) or settings.is_allowed(host)
