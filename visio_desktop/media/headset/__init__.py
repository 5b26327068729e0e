"""Buttons and lights of headsets: HID telephony, without any library of a maker. On Linux only so far.

HeadsetError
 +-- DescriptorRefused  what a device says of its reports is not understood
 +-- HeadsetRefused     the system does not let us reach a device
 +-- HeadsetGone        a device is not there any more
"""

from __future__ import annotations


class HeadsetError(Exception):
    """Base of this package's errors."""


class DescriptorRefused(HeadsetError):  # noqa: N818 - reads as what happened
    """No report descriptor, or none within bounds."""


class HeadsetRefused(HeadsetError):  # noqa: N818 - as above
    """It may not be opened."""


class HeadsetGone(HeadsetError):  # noqa: N818 - as above
    """It was pulled out."""
