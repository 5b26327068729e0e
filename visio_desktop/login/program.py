"""One login from its `Begin` to its `Done` or `Failed`."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtNetwork import QNetworkProxy, QNetworkProxyFactory
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

from visio_desktop.login import rules
from visio_desktop.login.pipe import Listener, Speaker
from visio_desktop.login.view import Cookies, LoginPage, make_profile
from visio_desktop.login.window import LoginWindow
from visio_desktop.login.wire import Begin, Done, Failed, Failure, Message, Shown

PERSON_MS: Final = 10 * 60_000
SILENT_MS: Final = 20_000
SETTLE_MS: Final = 400
"""Cookies are told of a little later than the answer that brought them."""
WRITE_MS: Final = 400
"""What is taken out of the profile is written a little later too."""
DIRECT: Final = "direct"


class Program(QObject):
    """Runs one login; `leave` ends the process."""

    def __init__(self, say: Callable[[Message], None], leave: Callable[[], None], *, sandboxed: bool) -> None:
        super().__init__()
        self._say = say
        self._leave = leave
        self._sandboxed = sandboxed
        self._over = False
        self._window: LoginWindow | None = None
        self._view: QWebEngineView | None = None
        self._cookies: Cookies | None = None

    def take_in(self, message: Message) -> None:
        """Begin, once."""
        if isinstance(message, Begin) and self._view is None and not self._over:
            try:
                rules.base(message.server)
            except rules.RuleError:
                self._fail(Failure.BROKEN)
            else:
                self._begin(message)

    def give_up(self) -> None:
        """Nobody waits for us any more, or the person closed the window."""
        self._fail(Failure.CANCELLED)

    def _begin(self, begin: Begin) -> None:
        use_proxy(begin.proxy)
        self._profile = make_profile(begin)
        self._cookies = Cookies(self._profile, begin.server)
        self._page = LoginPage(self._profile, begin)
        self._page.done.connect(self._settle)
        self._page.failed.connect(self._end_once)
        self._view = QWebEngineView()
        self._view.setPage(self._page)
        if not begin.silent:
            self._show(begin, self._view)
        self._page.begin()
        QTimer.singleShot(SILENT_MS if begin.silent else PERSON_MS, lambda: self._fail(Failure.TIMED_OUT))

    def _show(self, begin: Begin, view: QWebEngineView) -> None:
        self._window = window = LoginWindow(view, begin.server, begin.words, begin.colours)
        window.cancelled.connect(self.give_up)
        self._page.urlChanged.connect(window.show_address)
        self._page.loadProgress.connect(window.show_progress)
        window.show()
        window.raise_()
        window.activateWindow()
        view.setFocus()
        self._say(Shown(self._sandboxed))

    def _settle(self) -> None:
        if self._cookies is not None:
            self._cookies.look()
        QTimer.singleShot(SETTLE_MS, self._done)

    def _done(self) -> None:
        if not self._over and self._cookies is not None:
            self._end(Done(self._cookies.values()))

    def _fail(self, why: Failure) -> None:
        self._end_once(Failed(why))

    def _end_once(self, failed: Failed) -> None:
        if not self._over:
            self._end(failed)

    def _end(self, last: Message) -> None:
        self._over = True
        if self._window is not None:
            self._window.hide()
        self._say(last)
        if self._cookies is not None:
            self._cookies.forget()
        QTimer.singleShot(WRITE_MS, self._close)

    def _close(self) -> None:
        """The page goes before its profile, as the web engine wants it."""
        if self._view is not None:
            self._view.setPage(None)  # type: ignore[arg-type] # Qt takes none for none
            self._page.deleteLater()
            self._view.deleteLater()
        QTimer.singleShot(0, self._leave)


def use_proxy(address: str) -> None:
    """Go through this proxy, `direct` past all, "" as the system says. The login for it comes when it asks."""
    QNetworkProxyFactory.setUseSystemConfiguration(not address)
    if not address:
        return
    url = QUrl() if address == DIRECT else QUrl(address)
    kind = QNetworkProxy.ProxyType.HttpProxy if url.host() else QNetworkProxy.ProxyType.NoProxy
    QNetworkProxy.setApplicationProxy(QNetworkProxy(kind, url.host(), max(0, url.port())))


def run(*, sandboxed: bool) -> int:
    """Run the program until its login is over."""
    speaker = Speaker()
    application = QApplication(["visio-desktop-login"])
    application.setDesktopFileName("visio-desktop")
    application.setQuitOnLastWindowClosed(False)
    application.setStyle("Fusion")
    program = Program(speaker.say, application.quit, sandboxed=sandboxed)
    listener = Listener()
    listener.came.connect(program.take_in)
    listener.ended.connect(program.give_up)
    listener.start(io.FileIO(sys.stdin.fileno(), closefd=False))
    return application.exec()
