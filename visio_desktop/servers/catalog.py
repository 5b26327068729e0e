"""From a link's text to the kind of server it belongs to: by its form, or by what its server answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import is_loopback
from visio_desktop.servers.port import AskingAdapter, JoinError, ServerAdapter

_MAX_CHARACTERS = 2_048
_INSECURE = ("ws", "http")
_PASTED = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?::\d{1,5})?/[\w/-]+(?:[?#]\S*)?")


class Catalog:
    """The adapters this program has, asked in order."""

    def __init__(self, adapters: Iterable[ServerAdapter], asking: Iterable[AskingAdapter] = ()) -> None:
        self._asking = tuple(asking)
        self._adapters = (*adapters, *self._asking)

    def recognise(self, text: str) -> tuple[ServerAdapter, MeetingLink]:
        """The adapter of this link. Raises `JoinError` for links that are malformed, insecure or of no known kind."""
        text = text.strip()
        _refuse_malformed(text)
        for adapter in self._adapters:
            link = adapter.recognise(text)
            if link is not None:
                return adapter, link
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, urlsplit(text).hostname or text.partition("?")[0][:60]))

    async def identify(self, text: str) -> tuple[ServerAdapter, MeetingLink]:
        """As `recognise`, asking the server where the form does not tell. A host with a path needs no scheme."""
        text = text.strip()
        text = f"https://{text}" if _PASTED.fullmatch(text) else text
        try:
            return self.recognise(text)
        except JoinError as error:
            if error.problem.code is not ProblemCode.LINK_UNKNOWN_KIND:
                raise
            for adapter in self._asking:
                link = await adapter.identify(text)
                if link is not None:
                    return adapter, link
            raise

    def of_kind(self, link: MeetingLink) -> ServerAdapter:
        """The adapter of a link that was recognised before. Raises `JoinError` where it is not there."""
        for adapter in self._adapters:
            if adapter.kind == link.kind:
                return adapter
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, link.host))


def _refuse_malformed(text: str) -> None:
    """Refuse what is no link at all, or one whose traffic anybody on the way could read."""
    malformed = JoinError(Problem(ProblemCode.LINK_MALFORMED, text.partition("?")[0][:60]))
    if not text or len(text) > _MAX_CHARACTERS or any(c.isspace() or not c.isprintable() for c in text):
        raise malformed
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise malformed from None
    if not parts.scheme or (host is None and "://" in text):
        raise malformed
    if parts.scheme.split("+")[-1] in _INSECURE and not is_loopback(host or ""):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host or ""))
