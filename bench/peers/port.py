"""What a benchmark asks of a client."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from bench.timeline import Told


@dataclass(frozen=True, slots=True)
class Camera:
    """A picture to be sent, with the frame clock in epoch time."""

    width_px: int = 640
    height_px: int = 360
    fps: int = 30
    bitrate_bps: int = 500_000
    simulcast: bool = True


class Client(Protocol):
    """One participant in a process of its own; used as an asynchronous context, whose end kills it."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def pid(self) -> int:
        """The root of its process tree."""

    async def join(self, url: str, token: str, camera: Camera | None = None, tone_hz: float = 0.0) -> None:
        """Join, receive everything, and send this picture and this tone (0: none)."""

    async def told(self) -> Told:
        """What was painted since last asked, and what has been heard."""

    async def leave(self) -> None:
        """Leave; once a client has left it is of no more use."""

    async def __aenter__(self) -> Self:
        """Start it."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, by force if need be."""
