"""What the organisation has decided of the look of every window, put into force before the first is made."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.settings.schema import Value
from visio_desktop.ui import brand, marking, theme


def obey(get: Callable[[str], Value]) -> None:
    """Mark, name and colour the windows; the logo follows when it was read."""
    marking.use(str(get("classification")), str(get("classification_colour")))
    brand.use_name(str(get("brand_name")))
    colour, logo = str(get("brand_colour")), str(get("brand_logo"))
    if colour:
        theme.use_accent(colour)
    if logo:
        brand.LOGO.read(logo)
