from __future__ import annotations

import io
import json
from typing import Any

import pytest

from visio_desktop.net.pac_child import evaluate, serve


def ask(script: str, *, cpu_s: float = 2.0, **more: Any) -> dict[str, Any]:
    asked = {"url": "https://h/", "host": "h", "own": "10.0.0.7", "now_ms": 0.0, "known": {}, "script": script}
    return evaluate({**asked, **more}, cpu_s)


def body(code: str, **more: Any) -> dict[str, Any]:
    return ask(f"function FindProxyForURL(url, host) {{ {code} }}", **more)


def test_a_script_answers() -> None:
    assert body("return 'PROXY ' + host + ':1;' + url") == {"result": "PROXY h:1;https://h/"}
    assert body("return null") == body("") == {"result": ""}
    # What has been JavaScript for long is taken too.
    assert body("const f = (a) => `${a}`; let [x] = ['DIRECT']; return f(x)") == {"result": "DIRECT"}


def test_names_to_look_up_are_asked_for_even_where_the_script_catches_everything() -> None:
    caught = "try { return dnsResolve('Inside.example') } catch (e) { return 'DIRECT' }"
    assert body(caught) == {"needs": ["inside.example"]}
    known = {"inside.example": ["fd00::1", "10.1.2.3"]}
    assert body(caught, known=known) == {"result": "10.1.2.3"}
    assert body("return isResolvable(host) ? 'a' : 'b'", known={"h": []}) == {"result": "b"}


@pytest.mark.parametrize(
    "script",
    [
        "",
        "function FindProxyForURL() {",
        "function FindProxyForURL() { throw 1 }",
        "function FindProxyForURL() { return f() } function f() { return f() + 1 }",
        "var FindProxyForURL = 7",
        "function FindProxyForURL() { const a = []; for (;;) a.push(new Array(1e6).fill(1)) }",
        "JSON.stringify = null; function FindProxyForURL() { return 'DIRECT' }",
    ],
)
def test_a_broken_script_is_an_error_and_nothing_worse(script: str) -> None:
    assert set(ask(script)) == {"error"}


@pytest.mark.parametrize("endless", ["for (;;) {}", "return /(a+)+$/.test('a'.repeat(60) + 'b') + ''"])
def test_a_script_without_end_is_ended(endless: str) -> None:
    assert "interrupted" in body(endless, cpu_s=0.1)["error"]


def test_it_reaches_nothing_but_its_own_memory() -> None:
    names = ["require", "process", "std", "os", "fetch", "XMLHttpRequest", "print", "load", "setTimeout", "__import__"]
    assert body(f"return {json.dumps(names)}.filter((n) => typeof globalThis[n] !== 'undefined').join()") == {
        "result": ""
    }


def test_what_it_answers_is_bounded() -> None:
    assert len(body("return 'x'.repeat(100000)")["result"]) == 4_000


def test_it_serves_line_by_line() -> None:
    asked = {"url": "", "host": "h", "own": "", "now_ms": 0, "known": {}, "script": "FindProxyForURL = () => 'DIRECT'"}
    out = io.StringIO()
    serve(io.StringIO((json.dumps(asked) + "\n") * 2), out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [{"result": "DIRECT"}] * 2
