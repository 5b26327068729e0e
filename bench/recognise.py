"""`./dev bench recognise [--turns N] [--json]`: from a pasted link to the page before the meeting, for every kind.

The program's own window, engine and catalogue, on loopback. What a server answers is answered by a server of this
program, whole as the real ones do: what is measured is ours. A link that only a browser opens ends at the question.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bench import page
from bench.results import add_options, guarded, reported
from tests.helpers import server_answers as answers
from tests.helpers.answering import NOT_FOUND, Host, Told, answering

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from visio_desktop.engine.engine import Engine
    from visio_desktop.meeting.state import Meeting
    from visio_desktop.ui.window import MainWindow

TURNS = 5
GOAL_MS = 500.0
_PATIENCE_S = 20.0
_REST, _REST_S = threading.Event(), 0.001


@dataclass(frozen=True, slots=True)
class Sample:
    """A link with `{h}` for the host, and what its server answers."""

    title: str
    link: str
    answers: dict[str, Told]


SAMPLES = (
    Sample("practice meeting", "practice:", {}),
    Sample("LiveKit", "livekit+ws://{h}?room=tea", {}),
    Sample("LiveKit, web link", "http://{h}/", answers.LIVEKIT),
    Sample("La Suite Meet", "http://{h}/abc-defg-hij", answers.SUITE),
    Sample("Janus", "janus+ws://{h}/?room=1234", {}),
    Sample("WHIP, web link", "http://{h}/studio/whip", {"OPTIONS /studio/whip": answers.MEDIAMTX}),
    Sample("WHEP, web link", "http://{h}/studio/whep", {"OPTIONS /studio/whep": answers.MEDIAMTX}),
    Sample("Galene", "http://{h}/group/team/tea/", {"GET /group/team/tea/.status": answers.WHOLE_GROUP}),
    Sample(
        "Nextcloud Talk", "http://{h}/call/x7k2m9qa", {"GET /ocs/v2.php/cloud/capabilities": answers.WHOLE_NEXTCLOUD}
    ),
    Sample("Element Call", "http://{h}/room/#/tea?roomId=!a:b", {"GET /config.json": answers.WHOLE_ELEMENT}),
    Sample("OpenTalk, for the browser", "http://{h}/room/7f3a", answers.WHOLE_OPENTALK),
    Sample("Jitsi Meet, for the browser", "http://{h}/TeaTime", answers.WHOLE_JITSI),
    Sample("BigBlueButton, for the browser", "http://{h}/b/ada-abc-def", answers.WHOLE_BBB),
    Sample("eduMEET, for the browser", "http://{h}/tea", answers.WHOLE_EDUMEET),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """All turns of one kind: `first_ms` loads what is needed for it first, which the program else does when idle."""

    title: str
    kind: str
    first_ms: float
    later_ms: Sequence[float]


class Hosts:
    """Servers on a loop of their own: one for each sample."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def link(self, sample: Sample) -> str:
        """The sample's link, once its server runs."""
        begun = self._stack.enter_async_context(answering(Host(sample.answers, NOT_FOUND)))
        host = asyncio.run_coroutine_threadsafe(begun, self._loop).result(_PATIENCE_S)
        return sample.link.format(h=f"127.0.0.1:{host.port}")

    def close(self) -> None:
        """End them."""
        asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result(_PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()


@dataclass(frozen=True, slots=True)
class Desk:
    """The window, and who sits before it."""

    app: QApplication
    engine: Engine
    window: MainWindow
    seen: Callable[[], Meeting]

    def until(self, fits: Callable[[Meeting], bool]) -> None:
        """Let the window work until what it shows fits, painted."""
        from visio_desktop.system.clock import monotonic_ms  # noqa: PLC0415 - once Qt is there

        late_ms = monotonic_ms() + _PATIENCE_S * 1_000
        while not fits(self.seen()):
            if monotonic_ms() > late_ms:
                raise TimeoutError(str(self.seen()))
            self.app.processEvents()
            _REST.wait(_REST_S)  # what is waited for happens on other threads
        self.app.processEvents()
        self.window.repaint()

    def paste(self, link: str) -> tuple[float, str]:
        """Until the page or the question is there, in milliseconds, and the kind the link is of; then home again."""
        from visio_desktop.meeting.intents import GoHome, OpenLink  # noqa: PLC0415 - as above
        from visio_desktop.meeting.state import Page  # noqa: PLC0415 - as above
        from visio_desktop.system.clock import monotonic_ms  # noqa: PLC0415 - as above

        began_ms = monotonic_ms()
        self.engine.post(OpenLink(link))
        self.until(lambda m: m.page is Page.PREJOIN or (m.link_problem is not None and not m.looking))
        took_ms, met = monotonic_ms() - began_ms, self.seen()
        self.engine.post(GoHome())
        self.until(lambda m: m.page is Page.HOME and m.link_problem is None)
        if met.page is Page.PREJOIN and met.link is not None:
            return took_ms, met.link.kind
        return took_ms, met.link_problem.subject if met.link_problem is not None else ""


@contextmanager
def desk() -> Iterator[Desk]:
    """The program's window on a running engine, off every screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - only where it is measured

    from tests.helpers.engines import running_engine  # noqa: PLC0415 - as above
    from visio_desktop import app as program  # noqa: PLC0415 - as above
    from visio_desktop.settings.store import Settings  # noqa: PLC0415 - as above
    from visio_desktop.ui.bridge import Bridge  # noqa: PLC0415 - as above
    from visio_desktop.ui.window import MainWindow, WindowSetup  # noqa: PLC0415 - as above

    app = cast("QApplication", QApplication.instance()) or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        known = program.catalog(Settings(Path(folder) / "settings.json"))
        with running_engine(on=False, catalog=lambda: known) as (engine, watcher):
            window = MainWindow(engine, WindowSetup())
            bridge = Bridge(engine, window)
            bridge.changed.connect(window.show_meeting)
            shown = [watcher.meeting]
            bridge.changed.connect(lambda meeting: shown.append(meeting))  # noqa: PLW0108 - a slot of our own
            window.show()
            bridge.start()
            yield Desk(app, engine, window, lambda: shown[-1])
            window.close()


def run(turns: int) -> list[Recognised]:
    """All kinds, one after the other."""
    found: list[Recognised] = []
    hosts = Hosts()
    try:
        with desk() as there:
            for sample in SAMPLES:
                link = hosts.link(sample)
                told = [there.paste(link) for _ in range(turns + 1)]
                found.append(Recognised(sample.title, told[0][1], told[0][0], [ms for ms, _ in told[1:]]))
    finally:
        hosts.close()
    return found


def lines(found: Sequence[Recognised]) -> list[str]:
    """The section of the page."""
    rows = [
        [one.title, f"{one.first_ms:.0f}", f"{statistics.median(one.later_ms):.0f}", f"{max(one.later_ms):.0f}"]
        for one in found
    ]
    turns = len(found[0].later_ms) if found else 0
    head = f"`./dev bench recognise`: once and {turns} times more, on loopback, until the page is painted."
    heads = ["pasted", "first, ms", "later, median, ms", "later, slowest, ms"]
    return [head, "", *page.table(heads, rows)]


def slow(found: Sequence[Recognised]) -> list[str]:
    """The kinds for which it usually takes longer than it may."""
    return [one.title for one in found if statistics.median(one.later_ms) > GOAL_MS]


def main() -> int:
    """Run, print, keep; fails where a kind takes longer than it may."""
    parser = argparse.ArgumentParser(prog="./dev bench recognise", description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS)
    add_options(parser)
    arguments = parser.parse_args()
    found = run(arguments.turns)
    return reported("recognise", found, lines, arguments) or int(bool(slow(found)))


if __name__ == "__main__":
    sys.exit(guarded(main))
