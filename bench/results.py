"""What every benchmark does in the end: keep all figures as JSON, show the table, write its section of the page."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from bench import page
from tools.shell import ARTIFACTS, say

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

INTERRUPTED = 130


def guarded(main: Callable[[], int]) -> int:
    """Run; an interrupt or the wish to end unwinds all contexts, so that nothing is left running."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
    try:
        return main()
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that all have."""
    parser.add_argument("--json", action="store_true", help="print all figures instead of the table")
    parser.add_argument("--no-page", action="store_true", help="leave docs/quality.md as it is")


def reported[T: DataclassInstance](
    name: str, found: Sequence[T], lines: Callable[[Sequence[T]], Sequence[str]], arguments: argparse.Namespace
) -> int:
    """Report; the exit status."""
    text = json.dumps([asdict(one) for one in found], indent=2)
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / f"bench-{name}.json").write_text(text + "\n", encoding="utf-8")
    shown = lines(found)
    print(text if arguments.json else "\n".join(shown))
    if not arguments.no_page:
        page.write_section(name, shown)
    return 0 if found else 1
