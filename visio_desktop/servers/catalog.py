"""From a link's text to the kind of server it belongs to: by its form, or by what its server answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import AskingAdapter, JoinError, ServerAdapter

_MAX_CHARACTERS = 2_048
_INSECURE = ("ws", "http")
_ROOM = re.compile(r"[A-Za-z0-9_-]{3,255}")
_PASTED = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?::\d{1,5})?/[\w/-]+(?:[?#]\S*)?")


class Catalog:
    """The adapters this program has, asked in order.

    Of hosts that are not `allowed` no link gets to an adapter that would ask there. A room's name alone is one of the
    `usual` server, a host; "" for none. Those `asking` may be made, and loaded, when they are first iterated over:
    that is when a link is of none of the others.
    """

    def __init__(
        self,
        adapters: Iterable[ServerAdapter],
        asking: Iterable[AskingAdapter] = (),
        *,
        allowed: Callable[[str], bool] = lambda _host: True,
        usual: Callable[[], str] = lambda: "",
    ) -> None:
        self._known = tuple(adapters)
        self._unmade = asking
        self._allowed = allowed
        self._usual = usual

    @cached_property
    def _asking(self) -> tuple[AskingAdapter, ...]:
        return tuple(self._unmade)

    def _adapters(self) -> Iterator[ServerAdapter]:
        yield from self._known
        yield from self._asking

    def recognise(self, text: str) -> tuple[ServerAdapter, MeetingLink]:
        """The adapter of this link. Raises `JoinError` for links that are malformed, insecure or of no known kind."""
        text = text.strip()
        _refuse_malformed(text)
        for adapter in self._adapters():
            link = adapter.recognise(text)
            if link is not None:
                self._refuse_elsewhere(link)
                return adapter, link
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, urlsplit(text).hostname or text.partition("?")[0][:60]))

    async def identify(self, text: str) -> tuple[ServerAdapter, MeetingLink]:
        """As `recognise`, asking the server where the form does not tell. A host with a path needs no scheme."""
        text = text.strip()
        if self._usual() and _ROOM.fullmatch(text):
            text = f"https://{self._usual()}/{text}"
        text = f"https://{text}" if _PASTED.fullmatch(text) else text
        try:
            return self.recognise(text)
        except JoinError as error:
            if error.problem.code is not ProblemCode.LINK_UNKNOWN_KIND:
                raise
            self._refuse_host(_host(text))
            for adapter in self._asking:
                link = await adapter.identify(text)
                if link is not None:
                    self._refuse_elsewhere(link)
                    return adapter, link
            raise

    def of_kind(self, link: MeetingLink) -> ServerAdapter:
        """The adapter of a link that was recognised before. Raises `JoinError` where there is none, or none allowed."""
        self._refuse_elsewhere(link)
        for adapter in self._adapters():
            if adapter.kind == link.kind:
                return adapter
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, link.host))

    def _refuse_elsewhere(self, link: MeetingLink) -> None:
        """Both what the link says and what was made of it has to be allowed; the practice meeting is at no host."""
        for host in {link.host, _host(link.text)} - {""}:
            self._refuse_host(host)

    def _refuse_host(self, host: str) -> None:
        if not self._allowed(host):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_ALLOWED, host))


def _host(text: str) -> str:
    """The host in a link, in the letters the network uses; "" without one."""
    try:
        return urlsplit(f"//{authority(urlsplit(text))}").hostname or ""
    except ValueError:
        return ""


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
