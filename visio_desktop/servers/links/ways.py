"""All connections of a session: how media goes, and whether it still does."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.rtc import PeerState
from visio_desktop.servers.links.wire import Wire


class Ways:
    """`mark` hears once of the first connection that came about."""

    def __init__(self, mark: Callable[[str], None]) -> None:
        self._mark = mark
        self._wires: list[Wire] = []
        self._has_connected = False

    def add(self, wire: Wire) -> None:
        """One more connection."""
        self._wires.append(wire)

    def drop(self, wire: Wire) -> None:
        """One less."""
        self._wires = [each for each in self._wires if each is not wire]

    def heard(self, state: PeerState) -> None:
        """One of them changed its state."""
        if state is PeerState.CONNECTED and not self._has_connected:
            self._has_connected = True
            self._mark("first_ice_connected")

    def path(self) -> dict[str, str]:
        """How media goes: `protocol`, `candidate` and `proxy`; empty while it does not."""
        nothing = {"protocol": "", "candidate": "", "proxy": ""}
        return next((wire.peer.path() for wire in self._connected()), nothing)

    def suspect(self) -> None:
        """The network changed: find out whether media still has a way."""
        for wire in self._wires:
            wire.peer.suspect()

    def _connected(self) -> list[Wire]:
        return [wire for wire in self._wires if wire.state is PeerState.CONNECTED]
