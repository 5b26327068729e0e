"""How large everything in the windows is: letters, buttons and distances grow together, so that nothing is cut."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

_VARIABLE: Final = "QT_SCALE_FACTOR"
"""Qt reads it once, with its first window; programs started from here inherit it, the login window among them."""


def use(percent: str, environment: MutableMapping[str, str]) -> None:
    """Take a size in percent, on top of the display's own scale; one that stands in the environment stays."""
    if percent != "100":
        environment.setdefault(_VARIABLE, str(int(percent) / 100))
