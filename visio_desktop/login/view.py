"""The web view's page and profile: what a login needs and nothing beyond it.

Downloads, permissions, windows of their own and addresses without encryption are refused; a certificate that is not
trusted ends the login, as nobody can be asked to judge one while giving a password away.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QAuthenticator, QNetworkCookie, QSslCertificate
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineProfileBuilder,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from visio_desktop.login import rules
from visio_desktop.login.wire import Begin, Failed, Failure

_OFF = (
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls,
    QWebEngineSettings.WebAttribute.ErrorPageEnabled,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled,
    QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows,
    QWebEngineSettings.WebAttribute.DnsPrefetchEnabled,
)

_LONGEST_CERTIFICATE = 8_000
_Domain = QWebEngineLoadingInfo.ErrorDomain
_ENDS = {
    _Domain.ConnectionErrorDomain: Failure.UNREACHABLE,
    _Domain.DnsErrorDomain: Failure.UNREACHABLE,
    _Domain.HttpErrorDomain: Failure.BROKEN,
    _Domain.CertificateErrorDomain: Failure.UNTRUSTED,
}


class _Filter(QWebEngineUrlRequestInterceptor):
    """Parts of pages come encrypted, or not at all."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802 - Qt's name
        """Refuse what may not be loaded."""
        if not rules.may_load(info.requestUrl().toString()):
            info.block(True)


class Cookies(QObject):
    """What the server's own cookies are now."""

    def __init__(self, profile: QWebEngineProfile, server: str) -> None:
        super().__init__(profile)
        self._server = server
        self._store = profile.cookieStore()
        self._kept: dict[str, QNetworkCookie] = {}
        self._store.cookieAdded.connect(self._added)
        self._store.cookieRemoved.connect(self._removed)

    def look(self) -> None:
        """Have the store tell what it has now; it takes a moment."""
        self._store.loadAllCookies()

    def values(self) -> dict[str, str]:
        """Name and value of each."""
        return {name: bytes(cookie.value().data()).decode("latin-1") for name, cookie in self._kept.items()}

    def forget(self) -> None:
        """Take the session out of the profile: it lives in the keyring, not in a file.

        What else is kept for this host may be the single sign-on of a provider that shares it.
        """
        for name, cookie in tuple(self._kept.items()):
            if name.endswith(rules.SESSION):
                self._store.deleteCookie(cookie)

    def _added(self, cookie: QNetworkCookie) -> None:
        if rules.belongs(cookie.domain(), self._server):
            self._kept[_name(cookie)] = QNetworkCookie(cookie)

    def _removed(self, cookie: QNetworkCookie) -> None:
        if rules.belongs(cookie.domain(), self._server):
            self._kept.pop(_name(cookie), None)


class LoginPage(QWebEnginePage):
    """Goes where a login leads; `done` once the server sends the person back, `failed` with a `wire.Failed`."""

    done = Signal()
    failed = Signal(object)

    def __init__(self, profile: QWebEngineProfile, begin: Begin) -> None:
        super().__init__(profile, None)
        self._begin = begin
        self._over = False
        for attribute in _OFF:
            self.settings().setAttribute(attribute, False)
        self.certificateError.connect(self._untrusted)
        self.renderProcessTerminated.connect(lambda *_: self._fail(Failure.CRASHED))
        self.loadingChanged.connect(self._loading)
        self.newWindowRequested.connect(self._no_new_window)
        self.permissionRequested.connect(_deny)
        self.proxyAuthenticationRequired.connect(self._tell_proxy)

    def begin(self) -> None:
        """Load the server's login. Raises `RuleError` where that is no address."""
        self.load(QUrl(rules.start_address(self._begin.server, silent=self._begin.silent)))

    def acceptNavigationRequest(  # noqa: N802 - Qt's name
        self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, is_main_frame: bool, /
    ) -> bool:
        """Whether to go there; coming back to the server ends the login unseen."""
        address = url if isinstance(url, str) else url.toString()
        if is_main_frame and rules.is_done(address, self._begin.server):
            if not self._over:
                self._over = True
                self.done.emit()
            return False
        return rules.may_visit(address) and not self._over

    def _loading(self, info: QWebEngineLoadingInfo) -> None:
        """What a server says in a page is for the person to read; where none comes, there is nothing to read."""
        if info.status() is QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus and info.errorDomain() in _ENDS:
            self._fail(_ENDS[info.errorDomain()])

    def _untrusted(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            chain = error.certificateChain()
            shown = bytes(chain[0].toPem().data()).decode("ascii") if chain else ""
            self._fail(Failure.UNTRUSTED, error.url().host(), shown if len(shown) <= _LONGEST_CERTIFICATE else "")

    def _no_new_window(self, request: QWebEngineNewWindowRequest) -> None:
        """What would open beside opens here instead, if a person asked for it."""
        if request.isUserInitiated():
            self.load(request.requestedUrl())

    def _tell_proxy(self, _address: QUrl, asked: QAuthenticator, _proxy: str) -> None:
        asked.setUser(self._begin.proxy_user)
        asked.setPassword(self._begin.proxy_password)

    def _fail(self, why: Failure, host: str = "", certificate: str = "") -> None:
        if not self._over:
            self._over = True
            self.failed.emit(Failed(why, host, certificate))


def make_profile(begin: Begin) -> QWebEngineProfile:
    """A profile that lasts in the folder asked for, readable by its owner only."""
    folder = Path(begin.folder)
    for part in (folder, folder / "web", folder / "cache"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.chmod(0o700)
    builder = QWebEngineProfileBuilder()
    builder.setPersistentStoragePath(str(folder / "web")).setCachePath(str(folder / "cache"))
    builder.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.ForcePersistentCookies)
    builder.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
    builder.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    if begin.authorities and (trusted := QSslCertificate.fromPath(begin.authorities)):
        builder.setAdditionalTrustedCertificates(trusted)
    profile = builder.createProfile("login")
    profile.setHttpAcceptLanguage(begin.language)
    profile.setUrlRequestInterceptor(_Filter(profile))
    profile.downloadRequested.connect(_refuse)
    return profile


def _deny(asked: QWebEnginePermission) -> None:
    asked.deny()


def _refuse(download: QWebEngineDownloadRequest) -> None:
    download.cancel()


def _name(cookie: QNetworkCookie) -> str:
    return bytes(cookie.name().data()).decode("latin-1")
