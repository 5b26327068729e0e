"""Puts together what accounts need: the server's API, the login program with the network as the settings want it."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from visio_desktop.engine.gated_login import GatedLogin
from visio_desktop.engine.login_program import LoginProgram
from visio_desktop.engine.logins import AccountServices
from visio_desktop.login.wire import Begin
from visio_desktop.net.logins import KeptLogins
from visio_desktop.settings.schema import SCHEMA, UNKNOWN_MARKING
from visio_desktop.settings.store import Settings
from visio_desktop.system.colours import accent, ink_on
from visio_desktop.system.texts import language, tr

if TYPE_CHECKING:
    from visio_desktop.servers.lasuite.account import LaSuiteAccounts
    from visio_desktop.servers.network import Network
    from visio_desktop.system.secrets import SecretStore


def account_services(
    settings: Settings,
    open_store: Callable[[], SecretStore],
    state: Path,
    command: tuple[str, ...],
    network: Callable[[], Network] | None = None,
) -> AccountServices:
    """`state` is the folder of what outlives a run; `command` starts the login program.

    `network` is what the rest of the program uses; without one it is one of its own.
    """

    @cache
    def own_network() -> Network:
        from visio_desktop.servers.network import Network  # noqa: PLC0415 - as below

        return Network(settings, KeptLogins(open_store))

    network = network or own_network

    @cache
    def server() -> LaSuiteAccounts:
        # What speaks HTTP is loaded with the first question.
        from visio_desktop.net import Web  # noqa: PLC0415
        from visio_desktop.net.ledger import Purpose  # noqa: PLC0415
        from visio_desktop.servers.lasuite.account import LaSuiteAccounts  # noqa: PLC0415

        return LaSuiteAccounts(Web(network().dialer, Purpose.ACCOUNT), random.SystemRandom())

    return AccountServices(
        server=server,
        open_store=open_store,
        book=state / "accounts.json",
        profiles=state / "logins",
        window=GatedLogin(LoginProgram(command), lambda: network().dialer) if has_web_engine() else None,
        begin=lambda url, folder, silent: begin_of(settings, url, folder, silent=silent),
        allowed=settings.is_allowed,
        usual=str(settings.get("default_server")),
        off=settings.get("login") is not True,
    )


def has_web_engine() -> bool:
    """Whether what shows a login is installed; found without loading anything of it."""
    package = find_spec("PySide6")
    folders = package.submodule_search_locations if package is not None else None
    return any(found for folder in folders or () for found in Path(folder).glob("QtWebEngineWidgets.*"))


def begin_of(settings: Settings, url: str, folder: Path, *, silent: bool) -> Begin:
    """What the login program is to do; `GatedLogin` adds the way it goes."""
    return Begin(
        server=url,
        folder=str(folder),
        silent=silent,
        language=language(),
        authorities=str(settings.get("extra_ca_file")),
        words=words() | marking_words(str(settings.get("classification"))),
        colours=colours(settings),
    )


def marking_words(classification: str) -> dict[str, str]:
    """What the login window is classified as; nothing where windows are not."""
    text = tr("support.marking_unknown") if classification == UNKNOWN_MARKING else classification
    return {"marking": text, "marking_said": tr("support.marking", text=text)} if text else {}


def colours(settings: Settings) -> dict[str, str]:
    """The colours that the organisation has decided, as the program's own windows have them."""
    ground = str(settings.get("classification_colour")) or str(SCHEMA["classification_colour"].default)
    found = {"ground": ground, "ink": ink_on(ground)}
    if brand := str(settings.get("brand_colour")):
        found |= accent(brand)._asdict()
    return found


def words() -> dict[str, str]:
    """The login window's texts; it fills the host in itself."""
    host = "{host}"
    return {
        "title": tr("login.title", host=host),
        "encrypted": tr("login.encrypted", host=host),
        "unencrypted": tr("login.unencrypted", host=host),
        "cancel": tr("login.cancel"),
        "page": tr("login.page"),
        "loading": tr("login.loading"),
    }
