"""One login in the login window, unseen, as the program does it: `python -m tests.helpers.login_once PLAN`.

PLAN is JSON: `server`, `folder`, and `settings`. Says, as JSON, what came of it (`failed`, "" for a login), and
the ledger (`contacts`).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.helpers.login_program import COMMAND, UNSANDBOXED
from visio_desktop.engine.account_setup import begin_of
from visio_desktop.engine.gated_login import GatedLogin
from visio_desktop.engine.login_program import LoginFailed, LoginProgram
from visio_desktop.net.ledger import as_values
from visio_desktop.net.logins import NoLogins
from visio_desktop.servers.network import Network
from visio_desktop.settings.store import Settings


async def main() -> None:
    plan = json.loads(sys.argv[1])
    os.environ.update({"QT_QPA_PLATFORM": "offscreen", **UNSANDBOXED})
    folder = Path(plan["folder"])
    settings = Settings(folder / "settings.json")
    for key, value in plan["settings"].items():
        settings.put(key, value)
    network = Network(settings, NoLogins())
    window = GatedLogin(LoginProgram(COMMAND), lambda: network.dialer)
    failed = ""
    try:
        await window.run(begin_of(settings, plan["server"], folder / "web", silent=True), lambda: None)
    except LoginFailed as error:
        failed = error.why.value
    sys.stdout.write(json.dumps({"failed": failed, "contacts": as_values(network.ledger.contacts())}) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
