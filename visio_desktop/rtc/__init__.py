"""WebRTC on aiortc's ICE, DTLS and SCTP.

Datagrams come in at `aiortc_private`, are unprotected and parsed in `router`, and become frames in the sans-I/O classes
behind `receiving`; frames go out through `sending`. `peer` ties them to offers and answers.

What is exported here is loaded when first asked for: whoever needs the values in `frames` only does not load aiortc.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from visio_desktop.rtc import without_mdns
from visio_desktop.system.lean import without_init

if TYPE_CHECKING:
    from visio_desktop.rtc.channels import DataChannel
    from visio_desktop.rtc.errors import ChannelClosed, MessageTooLarge, NegotiationError, PayloadError, RtcError
    from visio_desktop.rtc.options import IceServer, PeerListener, PeerOptions, PeerState
    from visio_desktop.rtc.peer import PeerConnection

__all__ = [
    "ChannelClosed",
    "DataChannel",
    "IceServer",
    "MessageTooLarge",
    "NegotiationError",
    "PayloadError",
    "PeerConnection",
    "PeerListener",
    "PeerOptions",
    "PeerState",
    "RtcError",
]

_LIGHT = ("errors", "options")
_WITH_AIORTC = {"DataChannel": "channels", "PeerConnection": "peer"}
without_mdns.leave_out()
without_init("aiortc")  # its own peer connection, senders, receivers and codecs are not used


def __getattr__(name: str) -> object:
    if name in __all__:
        for module in (_WITH_AIORTC[name],) if name in _WITH_AIORTC else _LIGHT:
            found: object = getattr(import_module(f"{__name__}.{module}"), name, None)
            if found is not None:
                return found
    raise AttributeError(name)
