"""What the payload types of one m-line mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visio_desktop.rtc.frames import Codec


@dataclass(frozen=True, slots=True)
class CodecFormat:
    """A codec with its payload types: its own, of retransmissions (RFC 4588), of redundancy (RFC 2198).

    `parameters` are the `a=fmtp` parameters by name.
    """

    codec: Codec
    payload_type: int
    rtx_payload_type: int | None = None
    red_payload_type: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


class FormatTable:
    """The formats of one m-line, to be looked up by payload type in `media`, `rtx` and `red`."""

    __slots__ = ("formats", "media", "red", "rtx")

    def __init__(self, formats: tuple[CodecFormat, ...]) -> None:
        self.formats = formats
        self.media = {f.payload_type: f for f in formats}
        self.rtx = {f.rtx_payload_type: f for f in formats if f.rtx_payload_type is not None}
        self.red = {f.red_payload_type: f for f in formats if f.red_payload_type is not None}
