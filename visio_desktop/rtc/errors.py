"""The errors of this package.

RtcError
 +-- PayloadError      a received payload does not follow its codec's RTP format
 +-- FeedbackError     what claims to be transport-wide feedback is none
 +-- NegotiationError  a session description cannot be understood or agreed to
 +-- ChannelClosed     the data channel is not open
 +-- MessageTooLarge   the message is longer than the other side takes
"""

from __future__ import annotations


class RtcError(Exception):
    """Base of this package's errors."""


class PayloadError(RtcError):
    """A received payload does not follow its codec's RTP format."""


class FeedbackError(RtcError):
    """What claims to be transport-wide feedback is none."""


class NegotiationError(RtcError):
    """A session description cannot be understood or agreed to."""


class ChannelClosed(RtcError):  # noqa: N818 - reads as a state, like asyncio's QueueEmpty
    """The data channel is not open."""


class MessageTooLarge(RtcError):  # noqa: N818 - reads as a state, like the server port's SessionClosed
    """The message is longer than the other side takes."""
