"""From a link's text to the kind of server it belongs to: by its form, or by what its server answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback, is_private
from visio_desktop.servers.port import AskingAdapter, JoinError, LinkAmbiguous, NotSupported, ServerAdapter

if TYPE_CHECKING:
    from visio_desktop.net import Web

_MAX_CHARACTERS = 2_048
_INSECURE = ("ws", "http")
_ROOM = re.compile(r"[A-Za-z0-9_-]{3,255}")
_PASTED = re.compile(r"(?:(?:[\w-]+\.)+[a-zA-Z]{2,}|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?/[\w/-]+(?:[?#]\S*)?")


class Catalog:
    """The adapters this program has, asked in order.

    Of hosts that are not `allowed` no link gets to an adapter that would ask there. A room's name alone is one of the
    `usual` server, a host; "" for none. With `web` a server is asked for what proves kinds beside those `asking`;
    `browser` says whether a web browser may be offered for links that we cannot join. Where `only` gives a
    link, all others are refused. Those `asking` may be made, and loaded, when they are first iterated over: that is
    when a link is of none of the others.
    """

    def __init__(
        self,
        adapters: Iterable[ServerAdapter],
        asking: Iterable[AskingAdapter] = (),
        *,
        allowed: Callable[[str], bool] = lambda _host: True,
        usual: Callable[[], str] = lambda: "",
        web: Web | None = None,
        browser: Callable[[], bool] = lambda: True,
        only: Callable[[], str] = lambda: "",
    ) -> None:
        self._known = tuple(adapters)
        self._unmade = asking
        self._allowed = allowed
        self._usual = usual
        self._web = web
        self._browser = browser
        self._only = only

    @cached_property
    def _asking(self) -> tuple[AskingAdapter, ...]:
        return tuple(self._unmade)

    def _adapters(self) -> Iterator[ServerAdapter]:
        yield from self._known
        yield from self._asking

    def kinds(self) -> tuple[ServerAdapter, ...]:
        """All of them."""
        return tuple(self._adapters())

    def recognise(self, text: str) -> tuple[ServerAdapter, MeetingLink]:
        """The adapter of this link. Raises `JoinError` for links that are malformed, insecure or of no known kind."""
        text = text.strip()
        _refuse_malformed(text)
        self._refuse_other(text)
        for adapter in self._adapters():
            link = adapter.recognise(text)
            if link is not None:
                self._refuse_elsewhere(link)
                return adapter, link
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, urlsplit(text).hostname or text.partition("?")[0][:60]))

    async def identify(self, text: str, *, sure: bool = False) -> tuple[ServerAdapter, MeetingLink]:
        """As `recognise`, asking the server where the form does not tell. A host with a path needs no scheme.

        Servers on private networks are asked only where somebody is `sure`: a link that somebody sent must not make us
        knock there. Raises `LinkAmbiguous` where several kinds answer, `NotSupported` for one we cannot join.
        """
        text = text.strip()
        if self._usual() and _ROOM.fullmatch(text):
            text, sure = f"https://{self._usual()}/{text}", True
        text = f"https://{text}" if _PASTED.fullmatch(text) else text
        try:
            return self.recognise(text)
        except JoinError as error:
            if error.problem.code is not ProblemCode.LINK_UNKNOWN_KIND:
                raise
            self._refuse_host(_host(text))
            if not sure:
                _refuse_private(_host(text))
            return await self._asked(text, error.problem)

    async def _asked(self, text: str, unknown: Problem) -> tuple[ServerAdapter, MeetingLink]:
        """What the server's answers make of it; `unknown` says that they do not tell."""
        from visio_desktop.servers.inquiry import Inquiry  # noqa: PLC0415 - for links whose form does not tell

        inquiry = Inquiry(text, self._asking, tuple(self._adapters()), self._web, browser=self._in_browser(text))
        found = await inquiry.candidates()
        match found:
            case ():
                raise JoinError(Problem(unknown.code, unknown.subject, self._in_browser(text)))
            case (only,) if only.browser or not self._has(only.link.kind):
                raise NotSupported(
                    only.link.kind, Problem(ProblemCode.KIND_NOT_SUPPORTED, only.name, self._in_browser(text))
                )
            case (only,):
                return self.of_kind(only.link), only.link
            case _:
                raise LinkAmbiguous(found)

    def _has(self, kind: str) -> bool:
        return any(adapter.kind == kind for adapter in self._adapters())

    def _in_browser(self, text: str) -> str:
        """The link where a browser may be offered it."""
        return text if text.lower().startswith("https://") and self._browser() else ""

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

    def _refuse_other(self, text: str) -> None:
        only = self._only().strip()
        if only and text not in (only, f"https://{only}"):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_ALLOWED, _host(text) or text.partition("?")[0][:60]))

    def _refuse_host(self, host: str) -> None:
        if not self._allowed(host):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_ALLOWED, host))


def _host(text: str) -> str:
    """The host in a link, in the letters the network uses; "" without one."""
    try:
        return urlsplit(f"//{authority(urlsplit(text))}").hostname or ""
    except ValueError:
        return ""


def _refuse_private(host: str) -> None:
    if host and is_private(host):
        raise JoinError(Problem(ProblemCode.LINK_PRIVATE, host))


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
