"""Files whose bytes depend on nothing but what is written, and their digests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def write_json(path: Path, content: object) -> Path:
    """Write sorted, indented JSON."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
