"""Each function against the examples and rules of developer.mozilla.org's page on PAC files."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from visio_desktop.net.pac_child import evaluate

WEDNESDAY = dt.datetime(2026, 3, 18, 10, 30, 45, tzinfo=dt.UTC)


def value(expression: str, now: dt.datetime = WEDNESDAY) -> object:
    script = f"function FindProxyForURL() {{ return JSON.stringify({expression}) }}"
    known = {"www.mozilla.org": ["63.245.213.24"], "gone.example": []}
    answer = evaluate(
        {
            "url": "",
            "host": "",
            "own": "10.0.0.7",
            "now_ms": now.timestamp() * 1000,
            "known": known,
            "script": script,
        }
    )
    return json.loads(answer["result"])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("isPlainHostName('www.mozilla.org')", False),
        ("isPlainHostName('www')", True),
        ("isPlainHostName('fd00::1')", False),
        ("dnsDomainIs('www.mozilla.org', '.mozilla.org')", True),
        ("dnsDomainIs('www', '.mozilla.org')", False),
        ("localHostOrDomainIs('www.mozilla.org', 'www.mozilla.org')", True),
        ("localHostOrDomainIs('www', 'www.mozilla.org')", True),
        ("localHostOrDomainIs('www.google.com', 'www.mozilla.org')", False),
        ("localHostOrDomainIs('home.mozilla.org', 'www.mozilla.org')", False),
        ("isResolvable('www.mozilla.org')", True),
        ("isResolvable('gone.example')", False),
        ("isInNet('198.95.249.79', '198.95.249.79', '255.255.255.255')", True),
        ("isInNet('198.95.6.8', '198.95.0.0', '255.255.0.0')", True),
        ("isInNet('www.mozilla.org', '63.245.0.0', '255.255.0.0')", True),
        ("isInNet('gone.example', '0.0.0.0', '0.0.0.0')", False),
        ("isInNet('1.2.3.400', '1.2.3.0', '255.255.255.0')", False),
        ("isInNet('1.2.3.4', 'rubbish', '255.255.255.0')", False),
        ("dnsResolve('www.mozilla.org')", "63.245.213.24"),
        ("dnsResolve('gone.example')", None),
        ("convert_addr('104.16.41.2')", 1745889538),
        ("convert_addr('192.0.2.1')", -1073741311),
        ("myIpAddress()", "10.0.0.7"),
        ("dnsDomainLevels('www')", 0),
        ("dnsDomainLevels('www.mozilla.org')", 2),
        ("shExpMatch('http://home.netscape.com/people/ari/index.html', '*/ari/*')", True),
        ("shExpMatch('http://home.netscape.com/people/montulli/index.html', '*/ari/*')", False),
        ("shExpMatch('a.example.org', '?.example.org')", True),
        ("shExpMatch('aXexample.org', 'a.example.org')", False),
        ("shExpMatch('a(b)[c]', 'a(b)[*]')", True),
        ("weekdayRange('MON', 'FRI', 'GMT')", True),
        ("weekdayRange('SAT', 'SUN', 'GMT')", False),
        ("weekdayRange('FRI', 'WED', 'GMT')", True),
        ("weekdayRange('WED', 'GMT')", True),
        ("weekdayRange('NEVER')", False),
        ("dateRange(18, 'GMT')", True),
        ("dateRange(1, 17, 'GMT')", False),
        ("dateRange('JAN', 'MAR', 'GMT')", True),
        ("dateRange('OCT', 'FEB', 'GMT')", False),
        ("dateRange('NOV', 'APR', 'GMT')", True),
        ("dateRange(2026, 'GMT')", True),
        ("dateRange(1995, 1997, 'GMT')", False),
        ("dateRange(1, 'JUN', 15, 'AUG', 'GMT')", False),
        ("dateRange(24, 'DEC', 31, 'MAR', 'GMT')", True),
        ("dateRange('OCT', 2025, 'MAR', 2026, 'GMT')", True),
        ("dateRange(1, 'JUN', 2025, 17, 'MAR', 2026, 'GMT')", False),
        ("dateRange('rubbish')", False),
        ("timeRange(10, 'GMT')", True),
        ("timeRange(12, 13, 'GMT')", False),
        ("timeRange(22, 11, 'GMT')", True),
        ("timeRange(8, 30, 10, 30, 'GMT')", True),
        ("timeRange(8, 30, 10, 29, 'GMT')", False),
        ("timeRange(10, 30, 45, 10, 30, 46, 'GMT')", True),
        ("timeRange(10, 30, 46, 10, 31, 0, 'GMT')", False),
        ("timeRange('x')", False),
        ("alert('hello') === undefined", True),
    ],
)
def test_what_a_function_says(expression: str, expected: object) -> None:
    assert value(expression) == expected


def test_without_gmt_it_is_local_time() -> None:
    local = WEDNESDAY.astimezone()
    assert value(f"timeRange({local.hour}) && dateRange({local.day})") is True
