"""Data channels (RFC 8831) over aiortc's SCTP: bytes in, bytes out, bounded."""

from __future__ import annotations

from collections.abc import Callable

from aiortc.rtcdatachannel import RTCDataChannel

from visio_desktop.rtc.description import MAX_MESSAGE_BYTES
from visio_desktop.rtc.errors import ChannelClosed, MessageTooLarge

_MAX_BUFFERED_BYTES = 8 * 1024 * 1024


class DataChannel:
    """One channel. Text messages of the other side arrive as their UTF-8 bytes."""

    def __init__(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        self._on_message: Callable[[bytes], None] | None = None
        self._on_open: Callable[[], None] | None = None
        channel.on("message", self._received)
        channel.on("open", self._opened)

    @property
    def label(self) -> str:
        """Its name, as the side that opened it chose."""
        return self._channel.label

    @property
    def is_open(self) -> bool:
        """Whether `send` may be called."""
        return self._channel.readyState == "open"

    def send(self, data: bytes, *, as_text: bool = False) -> None:
        """Queue a message, `as_text` where the other side takes no other: UTF-8 then.

        Raises `ChannelClosed`, and `MessageTooLarge` above 65,535 bytes or when too much waits.
        """
        if not self.is_open:
            raise ChannelClosed(self.label)
        if len(data) > MAX_MESSAGE_BYTES or self._channel.bufferedAmount + len(data) > _MAX_BUFFERED_BYTES:
            raise MessageTooLarge(f"{len(data)} bytes, {self._channel.bufferedAmount} waiting")
        try:
            self._channel.send(data.decode() if as_text else data)
        except ValueError as error:
            raise MessageTooLarge(str(error)) from error

    def on_message(self, listener: Callable[[bytes], None] | None) -> None:
        """Call `listener` for each message, on the loop; None stops it."""
        self._on_message = listener

    def on_open(self, listener: Callable[[], None] | None) -> None:
        """Call `listener` once the channel is open, at once if it is."""
        self._on_open = listener
        if listener is not None and self.is_open:
            listener()

    def _received(self, message: bytes | str) -> None:
        if self._on_message is not None:
            self._on_message(message.encode() if isinstance(message, str) else message)

    def _opened(self) -> None:
        if self._on_open is not None:
            self._on_open()
