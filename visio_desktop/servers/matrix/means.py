"""How encrypted rooms are taken part in: loaded once the first one asks for it."""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visio_desktop.servers.matrix.keys import KeyStore, MakeKeys


@dataclass(frozen=True, slots=True)
class KeyMeans:
    """What keeps the keys of a device, and where it keeps them."""

    make: MakeKeys
    store: KeyStore


def kept_in(folder: Path) -> KeyMeans:
    """Keys in files of a folder, each encrypted with the login's own key."""
    from visio_desktop.servers.matrix.crypto.files import KeyFiles
    from visio_desktop.servers.matrix.crypto.keeper import make_keys

    return KeyMeans(make_keys, KeyFiles(folder))
