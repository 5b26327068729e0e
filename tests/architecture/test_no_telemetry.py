"""The program collects nothing and sends nothing about anybody: no library for that, no word of it, no host for it."""

from __future__ import annotations

import ast
import re

from tests.helpers.sources import PACKAGE_SOURCES, ROOT, Source

# What is made to collect: as words of the code, and as packages.
COLLECTORS = re.compile(
    r"(?i)\b(sentry|opentelemetry|posthog|mixpanel|amplitude|bugsnag|datadog|matomo|piwik|crashlytics|newrelic|"
    r"applicationinsights|appcenter|rudderstack|statsd|rollbar|honeybadger|google.?analytics|googletagmanager)"
)
# Names in texts that are no addresses to go to: identifiers of standards, examples (RFC 2606), this computer.
NO_HOSTS = ("www.w3.org", "www.webrtc.org", "www.ietf.org", "aomediacodec.github.io", "schemas.microsoft.com")
EXAMPLES = re.compile(r"(?:[\w-]+\.)*example(?:\.(?:org|com|net|fr))?|host|localhost|127\.0\.0\.1|\.*")
ADDRESS = re.compile(r"(?:https?|wss?)://([A-Za-z0-9.-]+)")


def words(source: Source) -> list[str]:
    """Every text in the code."""
    return [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_no_module_speaks_of_what_collects() -> None:
    assert [str(source) for source in PACKAGE_SOURCES if COLLECTORS.search(source.text)] == []


def test_no_host_of_anybody_is_written_into_the_code() -> None:
    found = {
        (str(source), host) for source in PACKAGE_SOURCES for text in words(source) for host in ADDRESS.findall(text)
    }
    assert {(where, host) for where, host in found if host not in NO_HOSTS and not EXAMPLES.fullmatch(host)} == set()


def test_no_package_that_collects_is_asked_for() -> None:
    files = [ROOT / "pyproject.toml", *sorted((ROOT / "requirements").glob("*.txt"))]
    assert len(files) > 1
    assert [str(file) for file in files if COLLECTORS.search(file.read_text(encoding="utf-8"))] == []
