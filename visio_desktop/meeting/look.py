"""How one's own camera picture is made before anybody sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

PLAIN: Final = "none"
BLUR: Final = "blur"
SLIGHT_BLUR: Final = "blur:slight"
OWN_IMAGE: Final = "file:"
_IMAGE: Final = "image:"
BACKGROUNDS: Final = (PLAIN, SLIGHT_BLUR, BLUR, "image:hills", "image:room", "image:paper")
"""What there is beside a file of one's own, which is `file:PATH`."""


class PictureQuality(Enum):
    """The largest picture of the camera that is sent."""

    FULL_HD = "1080p"
    HD = "720p"
    SMALL = "360p"
    SAVER = "saver"


@dataclass(frozen=True, slots=True)
class Look:
    """What is behind oneself, how large the picture is, and whether it is made brighter in a dark room.

    `still` is the picture the others see while the camera is off, as `file:PATH`; "" for none.
    """

    background: str = PLAIN
    quality: PictureQuality = PictureQuality.HD
    brighten: bool = False
    still: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the picture is sent as the camera gives it."""
        return self.background == PLAIN and not self.brighten


def is_image(background: str) -> bool:
    """Whether this background is a picture, one's own or one of those there are."""
    return background.startswith((OWN_IMAGE, _IMAGE))


USUAL: Final = Look()
