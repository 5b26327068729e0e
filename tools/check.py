"""`./dev check`: everything that can be said about the code without running it."""

from __future__ import annotations

from tools.shell import run, say

_PYTHON = ["visio_desktop", "tests", "bench", "tools"]
_CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", *_PYTHON],
    "lint": ["ruff", "check", "--quiet", *_PYTHON],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
    "architecture": ["pytest", "-q", "-p", "no:cacheprovider", "tests/architecture"],
}


def main() -> int:
    """Run all checks, also after one that failed, and name those that did."""
    failed = []
    for name, command in _CHECKS.items():
        say(name)
        if run(command) != 0:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0
