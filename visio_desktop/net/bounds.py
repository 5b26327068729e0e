"""Which hosts may be gone to: those the organisation allows, and none of our own network that a server elsewhere names.

A person names a server by its link; what that one names in turn (a homeserver, a media server, a relay) nobody here
has seen. The dialer asks `refuse` before anything is looked up or sent; whoever reads an address out of a server's
answer asks `refuse_named`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from visio_desktop.net.errors import Inward, NotAllowed
from visio_desktop.net.hosts import is_loopback, is_private


@dataclass(frozen=True, slots=True)
class Bounds:
    """`allowed` says whether a host may be gone to; `is_set`, whether anybody has said which ones may."""

    allowed: Callable[[str], bool] = lambda _host: True
    is_set: Callable[[], bool] = lambda: False

    def refuse(self, host: str) -> None:
        """Raise `NotAllowed` for a host that is none of those allowed."""
        if not self.allowed(host):
            raise NotAllowed(host)

    def refuse_named(self, host: str, by: str) -> None:
        """Raise `NetError` for a host that the server `by` names and that one does not go to by its word.

        Whoever is elsewhere names neither this machine nor a private network, but hosts that the organisation lists.
        """
        self.refuse(host)
        if is_loopback(by):
            return
        if is_loopback(host) or (is_private(host) and not is_private(by) and not self.is_set()):
            raise Inward(host)


ANYWHERE: Final = Bounds()
"""Nobody has said which hosts may be gone to."""
