"""Who publishes the packages: `packaging/publisher.json`, filled in by whoever does.

What is empty there is left out of the lists of parts: nobody is named who has not said so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from tools.shell import ROOT, SetUpError

FILE: Final = ROOT / "packaging" / "publisher.json"


@dataclass(frozen=True, slots=True)
class Publisher:
    """The organisation's name and pages: where to report weaknesses (`https:` or `mailto:`), where they are told of."""

    name: str = ""
    url: str = ""
    security_contact: str = ""
    advisories: str = ""


def read(path: Path = FILE) -> Publisher:
    """Who publishes; raises `SetUpError` for a file that is not as it has to be."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetUpError(f"{path.name} cannot be read: {error}") from error
    known = {field.name for field in fields(Publisher)}
    if not isinstance(content, dict) or content.keys() - known or not all(isinstance(v, str) for v in content.values()):
        raise SetUpError(f"{path.name} takes texts named {', '.join(sorted(known))}")
    return Publisher(**content)
