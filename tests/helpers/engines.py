"""An engine with real parts and no window, for tests end to end."""

from __future__ import annotations

import random
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.watching import Watcher
from visio_desktop.diagnostics.report import Marks
from visio_desktop.engine.account_setup import account_services
from visio_desktop.engine.engine import Engine
from visio_desktop.engine.logins import AccountServices
from visio_desktop.engine.mediakit import MediaKit
from visio_desktop.engine.services import Services
from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import AskingAdapter, Credentials, ServerAdapter
from visio_desktop.servers.practice.adapter import PracticeAdapter
from visio_desktop.settings.store import Settings
from visio_desktop.system.clock import epoch_ms, monotonic_ms
from visio_desktop.system.secrets import SecretStore

LOGIN_COMMAND = (sys.executable, "-m", "visio_desktop.login")
PRACTICE_COMMAND = (sys.executable, "-m", "visio_desktop.practice")


def practice_adapter() -> PracticeAdapter:
    return PracticeAdapter(PRACTICE_COMMAND, lambda: "en", epoch_ms=epoch_ms)


def account_services_of(folder: Path, secrets: SecretStore) -> AccountServices:
    """What accounts need, with everything that lasts in this folder."""
    return account_services(Settings(folder / "settings.json"), lambda: secrets, folder, LOGIN_COMMAND)


@contextmanager
def running_engine(
    *,
    adapters: Iterable[ServerAdapter] = (),
    name: str = "Odile",
    camera: str = "test",
    microphone: str = "test",
    speaker: str = "null",
    on: bool = True,
    credentials: Credentials | None = None,
    accounts: AccountServices | None = None,
    asking: Iterable[AskingAdapter] = (),
    look: Look | None = None,
    catalog: Callable[[], Catalog] | None = None,
) -> Iterator[tuple[Engine, Watcher]]:
    """An engine on test devices and its watcher; with `on`, camera and microphone are sent from the start.

    A whole `catalog` is used instead of one with `adapters` and those `asking`.
    """
    given = credentials if credentials is not None else Credentials()

    def credentials_for(_: MeetingLink) -> Credentials:
        return given

    services = Services(
        catalog=catalog or (lambda: Catalog((practice_adapter(), *adapters), asking)),
        media=lambda loop: MediaKit(loop, clock=monotonic_ms),
        credentials=credentials_for,
        preferences=Preferences(name, on, on, camera, microphone, speaker, (), look=look or Look()),
        remember=lambda _what, _value: None,
        marks=Marks(),
        epoch_ms=epoch_ms,
        monotonic_ms=monotonic_ms,
        new_id=lambda: uuid.uuid4().hex,
        accounts=None if accounts is None else lambda: accounts,
    )
    engine = Engine(services, chance=random.Random(1))
    watcher = Watcher()
    engine.start()
    if accounts is not None:
        engine.warm_up()
    engine.watch(watcher.take_in)
    try:
        yield engine, watcher
    finally:
        engine.stop()
