"""The interface every source of pictures has; the screen capture of the window system comes in through it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame


@dataclass(frozen=True, slots=True)
class CaptureSize:
    """The size and rate asked of a source; it may give others."""

    width_px: int = 1280
    height_px: int = 720
    fps: int = 30


@dataclass(frozen=True, slots=True)
class Granted:
    """What a Wayland desktop lets us look at: PipeWire's number of it, and an open connection that sees it."""

    node: int
    remote: int


class VideoSource(Protocol):
    """An opened source. All is called on one thread.

    A source whose picture stands still gives it again at least once a second, marked so: silence means failure.
    """

    @property
    def name(self) -> str:
        """The name of what was really opened."""

    def read(self) -> RawFrame:
        """Wait for the next picture. Raises `MediaError` when there will be none any more."""

    def close(self) -> None:
        """Release the source."""
