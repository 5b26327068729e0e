from __future__ import annotations

from pathlib import Path

from visio_desktop.servers.matrix.crypto.files import KeyFiles
from visio_desktop.servers.matrix.crypto.keeper import make_keys
from visio_desktop.servers.matrix.means import KeyMeans, kept_in


def test_keys_are_kept_in_files(tmp_path: Path) -> None:
    assert kept_in(tmp_path) == KeyMeans(make_keys, KeyFiles(tmp_path))
