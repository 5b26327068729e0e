"""What comes of a packet or of time passing: the same for pictures and sound."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.rtc.frames import EncodedFrame


@dataclass(frozen=True, slots=True)
class Actions:
    """Frames for the listener, what to ask for again, and whether to ask for a key frame.

    `nack` holds 16-bit sequence numbers in stream order, few enough for one packet (see `nack.nack_packets`).
    """

    frames: tuple[EncodedFrame, ...] = ()
    nack: tuple[int, ...] = ()
    pli: bool = False


NOTHING = Actions()
"""Handed out whenever nothing is to be done, so that `is` can tell."""
