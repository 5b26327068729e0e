"""What a screen reader gets to know, told line by line: a program for the system's Python, which has `gi`.

Each line read asks for the application whose name it is; each line written lists what it shows now, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import gi  # type: ignore[import-not-found] # the system's own

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # type: ignore[import-not-found] # noqa: E402 - the version has to be required first

DEEPEST = 20
LONGEST_TEXT = 4000


def nodes(at: Any, depth: int = 0) -> Iterator[dict[str, object]]:
    """Everything below that is showing; what vanishes meanwhile is passed over."""
    try:
        states = at.get_state_set()
        if depth > 1 and not states.contains(Atspi.StateType.SHOWING):
            return
        text = at.get_text_iface()
        yield {
            "role": at.get_role_name(),
            "name": at.get_name() or "",
            "focused": states.contains(Atspi.StateType.FOCUSED),
            "focusable": states.contains(Atspi.StateType.FOCUSABLE),
            "text": Atspi.Text.get_text(text, 0, min(LONGEST_TEXT, count)) if (count := characters(text)) else "",
        }
        below = [at.get_child_at_index(index) for index in range(at.get_child_count())] if depth < DEEPEST else []
    except gi.repository.GLib.Error:
        return
    for child in below:
        if child is not None:
            yield from nodes(child, depth + 1)


def characters(text: Any) -> int:
    """How many there are; nothing is told of a range beyond them."""
    return int(Atspi.Text.get_character_count(text)) if text is not None else 0


def application(name: str) -> Any:
    """The application of this name, None while there is none."""
    desktop = Atspi.get_desktop(0)
    there = (desktop.get_child_at_index(index) for index in range(desktop.get_child_count()))
    return next((each for each in there if each is not None and each.get_name() == name), None)


def main() -> None:
    """Answer until the input ends."""
    Atspi.init()
    for line in sys.stdin:
        found = application(line.strip())
        told = list(nodes(found)) if found is not None else []
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
