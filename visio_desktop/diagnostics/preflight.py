"""The preflight check: every hop to a link's server, one after the other, and the one that fails.

As JSON: `{"link", "kind", "hops": [{"name", "state", "detail", "took_ms", "problem", "next", "measured"}], "failed",
"works", "verdict", "devices": {"cameras", "microphones", "speakers"}, "encoders", "contacts"}`. `kind` is null for
links of no known kind, also given where that kind can be joined by a web browser alone; `failed` names the first hop
that failed, null when all went well; `works` the first way for media that works, null where there is none. `measured`
has figures of hops that measure (`rtt_ms`, `loss_fraction`, `uplink_bps`). `verdict` is one line for a helpdesk,
`devices` are names: none is opened. `encoders` are described in `encoders`. `contacts` is the ledger of the test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from visio_desktop.diagnostics import encoders
from visio_desktop.diagnostics.encoders import Encoders
from visio_desktop.diagnostics.terminal import harmless
from visio_desktop.diagnostics.verdict import outcome
from visio_desktop.meeting.hops import Hop, HopState, Verdict, judge
from visio_desktop.meeting.values import Device, DeviceKind, Problem
from visio_desktop.net.ledger import Ledger, as_values
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, NotSupported
from visio_desktop.system.texts import tr

DONE = 0
NOT_REACHED = 3
_KINDS = (
    ("cameras", DeviceKind.CAMERA),
    ("microphones", DeviceKind.MICROPHONE),
    ("speakers", DeviceKind.SPEAKER),
)
_SIGNS = {HopState.PASSED: "✓", HopState.FAILED: "✗", HopState.SKIPPED: "-"}


async def run(
    text: str,
    credentials: Credentials,
    catalog: Catalog,
    say: Callable[[str], None],
    *,
    as_json: bool,
    ledger: Ledger | None = None,
    devices: Callable[[], tuple[Device, ...]] = tuple,
    survey: Callable[[], Encoders] = Encoders,
) -> int:
    """Check a link and say what came of it, a hop at a time or in the end as JSON; answers the exit status.

    `ledger` is what the catalog's connections are noted in; `devices` and `survey`, the encoders', may take long.
    """
    kind: str | None = None
    hops: list[Hop] = []
    try:
        adapter, link = await catalog.identify(text, sure=True)
    except JoinError as error:
        kind = error.kind if isinstance(error, NotSupported) else None
        hops.append(Hop("link", HopState.FAILED, problem=error.problem))
        if not as_json:
            say(_line(hops[0]))
    else:
        kind = link.kind
        async for hop in adapter.check(JoinRequest(link, "", credentials)):
            hops.append(replace(hop, detail=harmless(hop.detail)))
            if not as_json:
                say(_line(hops[-1]))
    verdict = judge(hops)
    names = _names(await asyncio.to_thread(devices))
    found = await asyncio.to_thread(survey)
    if as_json:
        contacts = () if ledger is None else ledger.contacts()
        value = _value(text, kind, hops, verdict) | {"devices": names, "encoders": encoders.as_value(found)}
        say(json.dumps(value | {"contacts": as_values(contacts)}, indent=2, ensure_ascii=False))
    else:
        if verdict.works is not None:
            say(tr("cli.way_works", way=verdict.works.name, detail=verdict.works.detail))
        for kinds, there in names.items():
            say(tr(f"cli.check_{kinds}", names=", ".join(there) or tr("check.no_device")))
        for line in encoders.lines(found):
            say(line)
        say(harmless(outcome(verdict)))
    return DONE if verdict.is_good else NOT_REACHED


def _line(hop: Hop) -> str:
    """One hop for a person."""
    words = tr(f"cli.hop_{hop.state.value}")
    took = f" ({hop.took_ms:.0f} ms)" if hop.took_ms else ""
    detail = f": {hop.detail}" if hop.detail else ""
    told = "" if hop.problem is None else f"\n    {_sentence(hop.problem)} {_next(hop.problem)}"
    return f"{_SIGNS[hop.state]} {hop.name} {words}{took}{detail}{told}"


def _value(text: str, kind: str | None, hops: list[Hop], verdict: Verdict) -> dict[str, Any]:
    return {
        "link": text,
        "kind": kind,
        "hops": [
            {
                "name": hop.name,
                "state": hop.state.value,
                "detail": hop.detail,
                "took_ms": round(hop.took_ms, 1),
                "problem": None if hop.problem is None else _sentence(hop.problem),
                "next": None if hop.problem is None else _next(hop.problem),
                "measured": dict(hop.measured),
            }
            for hop in hops
        ],
        "failed": None if verdict.failed is None else verdict.failed.name,
        "works": None if verdict.works is None else verdict.works.name,
        "verdict": harmless(outcome(verdict)),
    }


def _names(devices: tuple[Device, ...]) -> dict[str, list[str]]:
    return {name: [harmless(device.name) for device in devices if device.kind is kind] for name, kind in _KINDS}


def _sentence(problem: Problem) -> str:
    return tr(f"problems.{problem.code.value}", subject=problem.subject)


def _next(problem: Problem) -> str:
    return tr(f"problems.{problem.code.value}.next", subject=problem.subject)
