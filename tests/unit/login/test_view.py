"""What needs no page to be shown; the rest stands in `test_program`, where a real one is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROBE = """
import sys
from PySide6.QtNetwork import QNetworkCookie
from PySide6.QtWidgets import QApplication
from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings
from visio_desktop.login.view import Cookies, LoginPage, make_profile
from visio_desktop.login.wire import Begin
app = QApplication(["probe"])
begin = Begin("https://visio.example", sys.argv[1], language="fr")
profile = make_profile(begin)
assert profile.httpAcceptLanguage() == "fr"
assert not profile.isOffTheRecord()
assert profile.persistentStoragePath() == sys.argv[1] + "/web"
page = LoginPage(profile, begin)
for name in ("JavascriptCanOpenWindows", "LocalContentCanAccessFileUrls", "PluginsEnabled", "ScreenCaptureEnabled"):
    assert not page.settings().testAttribute(getattr(QWebEngineSettings.WebAttribute, name)), name
cookies = Cookies(profile, begin.server)
def cookie(domain, name):
    made = QNetworkCookie(name, b"v")
    made.setDomain(domain)
    return made
for domain, name in (("visio.example", b"sessionid"), (".visio.example", b"csrftoken"), ("idp.example", b"sso")):
    profile.cookieStore().cookieAdded.emit(cookie(domain, name))
assert cookies.values() == {"sessionid": "v", "csrftoken": "v"}, cookies.values()
profile.cookieStore().cookieRemoved.emit(cookie("visio.example", b"sessionid"))
assert cookies.values() == {"csrftoken": "v"}
print("well")
page.deleteLater()
app.processEvents()
"""


def test_page_and_profile_allow_what_a_login_needs_and_nothing_beyond(tmp_path: Path) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    command = [sys.executable, "-c", PROBE, str(tmp_path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "well" in done.stdout, done.stderr
