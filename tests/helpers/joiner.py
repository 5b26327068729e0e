"""Joins a LiveKit meeting again and again, for tests that put it elsewhere: `python -m tests.helpers.joiner PLAN`.

PLAN is JSON: `link`, `token`, `count`, `authorities` (a PEM file), `proxy` (an address, "" for none) or `pac` (the
address of a script), and `login` (name and password, or null); with `frames` it stays until so many pictures have come.
Each join writes a line of JSON: `joined_ms` until the server let us in, `media_ms` until both connections carried data,
`path`, `error` ("" if all went well), and what is open after leaving: `descriptors` and `tasks`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.helpers.session_listener import Listening
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.net import Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.pac import Pac
from visio_desktop.net.proxies import Proxy, ProxyLogin, manual_proxy, no_proxy
from visio_desktop.net.routes import Chooser, Route, Router
from visio_desktop.net.trust import trusting
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.livekit.link import parse_link
from visio_desktop.servers.network import PAC_COMMAND
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, ServersError, Session
from visio_desktop.system.clock import monotonic_ms

_TIMEOUT_S = 20.0


class Login:
    """The login of the plan, for whichever proxy asks."""

    def __init__(self, login: list[str] | None) -> None:
        self._login = ProxyLogin(*login) if login else None

    async def login(self, _proxy: Proxy) -> ProxyLogin | None:
        return self._login


def adapter_for(plan: dict[str, Any]) -> LiveKitAdapter:
    """An adapter that takes the plan's ways."""
    find = manual_proxy(plan["proxy"]) if plan.get("proxy") else no_proxy
    authorities = Path(plan["authorities"]) if plan.get("authorities") else None
    router = by_script(plan["pac"]) if plan.get("pac") else None
    dialer = Dialer(find, Login(plan.get("login")), trusting(authorities), router=router)
    return LiveKitAdapter(Web(dialer), network=lambda: NetworkOptions(dialer=dialer))


def by_script(url: str) -> Router:
    """As a script says."""
    pac = Pac(PAC_COMMAND, Web)

    async def route(host: str, port: int) -> Route:
        return Route(await pac.hops(url, host, port), Chooser.SETTING, url)

    return route


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def join_once(adapter: LiveKitAdapter, link: MeetingLink, token: str, frames: int) -> dict[str, Any]:
    """One join, until data has gone through both connections."""
    listening, began_ms = Listening(), monotonic_ms()
    told: dict[str, Any] = {"joined_ms": 0.0, "media_ms": 0.0, "path": {}, "error": ""}
    session: Session | None = None
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            session = await adapter.join(JoinRequest(link, "ada", Credentials(token=token)), listening)
            told["joined_ms"] = monotonic_ms() - began_ms
            while "first_ice_connected" not in listening.marks:
                await asyncio.sleep(0.005)
            await session.send_chat("1", "hello")
            while not session.path()["protocol"]:
                await asyncio.sleep(0.005)
            told["media_ms"] = monotonic_ms() - began_ms
            told["path"] = session.path()
            while sum(map(len, listening.frames.values())) < frames:
                await asyncio.sleep(0.02)
    except JoinError as error:
        told["error"] = error.problem.code.value
    except (ServersError, TimeoutError) as error:
        told["error"] = type(error).__name__
    finally:
        if session is not None:
            await session.leave()
        await asyncio.sleep(0.1)  # sockets are closed one turn of the loop later
        told["descriptors"] = descriptors()
        told["tasks"] = len(asyncio.all_tasks())
    return told


async def main() -> None:
    plan = json.loads(sys.argv[1])
    adapter, link = adapter_for(plan), parse_link(plan["link"])
    assert link is not None
    for _ in range(plan["count"]):
        sys.stdout.write(json.dumps(await join_once(adapter, link, plan["token"], plan.get("frames", 0))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
