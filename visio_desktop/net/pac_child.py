"""`python -m visio_desktop.net.pac_child`: runs a PAC script, which is somebody else's program, in its own process.

Each line of standard input is `{"script", "url", "host", "own", "now_ms", "known"}`, each of standard output
`{"result": TEXT}`, `{"needs": [NAME]}` for names to look up first, or `{"error": WHY}`. The engine gives the script no
way to anything but its own memory; time, memory and stack are bounded. The process ends with its input.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

import quickjs  # type: ignore[import-untyped] # it has no types

from visio_desktop.net.pac_functions import FUNCTIONS

CPU_S = 2.0
MEMORY_BYTES = 64 * 1024 * 1024
_STACK_BYTES = 256 * 1024
_LONGEST_TEXT = 4_000
_MOST_NEEDS = 20
_ASK = """
(function () {
  __needs.length = 0;
  let answer = "", error = "";
  try {
    const found = FindProxyForURL(__url, __host);
    answer = found === null || found === undefined ? "" : String(found);
  } catch (caught) {
    error = String(caught);
  }
  return JSON.stringify(__needs.length ? { needs: __needs } : error ? { error: error } : { result: answer });
})()
"""


def evaluate(asked: dict[str, Any], cpu_s: float = CPU_S) -> dict[str, Any]:
    """What the script answers to one question."""
    context = quickjs.Context()
    context.set_memory_limit(MEMORY_BYTES)
    context.set_max_stack_size(_STACK_BYTES)
    context.set_time_limit(cpu_s)
    given = {"__url": asked["url"], "__host": asked["host"], "__own": asked["own"], "__now": asked["now_ms"]}
    given |= {"__known": asked["known"], "__needs": []}
    try:
        context.eval("".join(f"globalThis.{name} = {json.dumps(value)};\n" for name, value in given.items()))
        context.eval(FUNCTIONS)
        context.eval(asked["script"])
        answer = json.loads(context.eval(_ASK))
    except (quickjs.JSException, quickjs.StackOverflow, ValueError, TypeError) as error:
        return {"error": str(error).partition("\n")[0][:_LONGEST_TEXT]}
    return _bounded(answer)


def _bounded(answer: object) -> dict[str, Any]:
    match answer:
        case {"needs": list(names)}:
            return {"needs": [str(name)[:255] for name in names[:_MOST_NEEDS]]}
        case {"result": str(text)}:
            return {"result": text[:_LONGEST_TEXT]}
        case {"error": str(text)}:
            return {"error": text[:_LONGEST_TEXT]}
        case _:
            return {"error": "no answer"}


def serve(lines: IO[str], out: IO[str]) -> None:
    """Answer each line until there are no more."""
    for line in lines:
        out.write(json.dumps(evaluate(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
