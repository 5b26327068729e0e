"""The errors of this package.

RtcError
 +-- IceError
      +-- FramingError  what comes over a connection is not framed as it should be
      +-- RelayError    a relay does not answer, or does not take us
"""

from __future__ import annotations

from visio_desktop.rtc.errors import RtcError


class IceError(RtcError):
    """Base of this package's errors."""


class FramingError(IceError):
    """Not framed as it should be: nothing after it can be made sense of."""


class RelayError(IceError):
    """The relay does not answer, or does not take us."""
