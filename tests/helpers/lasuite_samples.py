"""Answers recorded from a real La Suite Meet server: the parsers are held against each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "lasuite" / "samples.json").read_text("utf-8"))


def answer(name: str) -> Any:
    """The JSON of one answer."""
    return SAMPLES[name]["json"]
