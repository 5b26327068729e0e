"""`docs/quality.md`: each benchmark keeps its own section there, between two marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tools.shell import ROOT

PAGE = ROOT / "docs" / "quality.md"


def with_section(page: str, name: str, lines: Sequence[str]) -> str:
    """The page with this section replaced, or added at its end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    section = "\n".join([begin, "", *lines, "", end])
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: section, page, count=1)
    return f"{page.rstrip()}\n\n{section}\n"


def write_section(name: str, lines: Sequence[str], path: Path = PAGE) -> None:
    """Write it."""
    path.write_text(with_section(path.read_text(encoding="utf-8"), name, lines), encoding="utf-8")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    rule = ["---"] * len(heads)
    return [f"| {' | '.join(row)} |" for row in (heads, rule, *rows)]
