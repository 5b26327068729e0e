from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import web

from tests.helpers.minisigner import MiniSigner
from tests.helpers.web_server import serving
from visio_desktop.engine.updates import look_for_update
from visio_desktop.net.dial import Dialer
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.updates import Looked, News
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.store import Settings

SIGNER = MiniSigner()


def settings(folder: Path, decided: dict[str, object] | None = None, **own: str) -> Settings:
    found = Found(tuple(given(name, value, "policies.json") for name, value in (decided or {}).items()))
    made = Settings(folder / "settings.json", lambda: resolve((found,)))
    for key, value in own.items():
        made.remember(key, value)
    return made


def never() -> Dialer:
    pytest.fail("nobody is to be contacted")


async def news_of(chosen: Settings, dialer: Dialer | None = None) -> News:
    told: list[News] = []
    await look_for_update(chosen, never if dialer is None else lambda: dialer, told.append)
    return told[0]


async def test_without_a_channel_nobody_is_contacted(tmp_path: Path) -> None:
    assert await news_of(settings(tmp_path)) == News(Looked.NOWHERE)
    assert await news_of(settings(tmp_path, {"UpdateKey": SIGNER.public})) == News(Looked.NOWHERE)


@pytest.mark.parametrize("url", ["http://software.example.org/x", "software.example.org", "https://u:p@h.example/x"])
async def test_a_channel_that_cannot_be_used_is_not_contacted(tmp_path: Path, url: str) -> None:
    assert (await news_of(settings(tmp_path, {"UpdateChannel": url, "UpdateKey": SIGNER.public}))).looked is (
        Looked.UNUSABLE
    )


async def test_ones_own_channel_has_to_be_among_the_servers_allowed(tmp_path: Path) -> None:
    own = {"update_channel": "https://software.example.org/x", "update_key": SIGNER.public}
    chosen = settings(tmp_path, {"AllowedServers": ["meet.example.org"]}, **own)
    assert await news_of(chosen) == News(Looked.UNUSABLE, "software.example.org")


async def test_the_organisations_channel_needs_no_other_permission_and_stands_in_the_ledger(tmp_path: Path) -> None:
    content = json.dumps({"product": "visio-desktop", "version": "99.1"}).encode()
    files = {"u.json": content, "u.json.minisig": SIGNER.sign(content)}

    async def give(request: web.Request) -> web.Response:
        return web.Response(body=files[request.path[1:]])

    dialer = Dialer()
    async with serving(**dict.fromkeys(files, give)) as address:
        decided: dict[str, object] = {
            "AllowedServers": ["meet.example.org"],
            "UpdateChannel": f"http://{address}/u.json",
            "UpdateKey": SIGNER.public,
        }
        assert await news_of(settings(tmp_path, decided), dialer) == News(Looked.NEWER, address, "99.1")
    contacts = [(f"{one.host}:{one.port}", one.purpose) for one in dialer.ledger.contacts()]
    assert contacts == [(address, Purpose.UPDATES)]
