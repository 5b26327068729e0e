"""What an organisation decides of the look of windows, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.ui import brand, organisation, theme


@contextmanager
def decided(**values: Value) -> Iterator[None]:
    """As these settings say; afterwards as usual."""
    organisation.obey(lambda key: values.get(key, SCHEMA[key].default))
    try:
        yield
    finally:
        organisation.obey(lambda key: SCHEMA[key].default)
        theme.use_accent("")
        brand.LOGO.image = None
