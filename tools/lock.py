"""`./dev lock`: pin every dependency with its hashes.

`requirements/*.txt` are exported from uv's lock, which itself stays out of the repository: it names the package index
of whoever made it.
"""

from __future__ import annotations

from tools.shell import must_run, say, uv


def main() -> int:
    """Write `requirements/*.txt`."""
    must_run([uv(), "lock", "--quiet", "--upgrade"])
    export = [uv(), "export", "--quiet", "--locked", "--format", "requirements-txt", "--no-emit-project", "--no-header"]
    must_run([*export, "--no-dev", "--output-file", "requirements/runtime.txt"])
    must_run([*export, "--group", "dev", "--output-file", "requirements/dev.txt"])
    for group in ("uv", "go", "supply"):
        must_run([*export, "--only-group", group, "--output-file", f"requirements/{group}.txt"])
    say("pinned; look at the difference, then run ./.ci/run")
    return 0
