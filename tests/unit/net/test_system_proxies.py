from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.proxies import Proxy
from visio_desktop.net.system_proxies import KEPT_MS, NOTHING, SystemProxies, SystemSettings, read, run_command

GNOME = """org.gnome.system.proxy autoconfig-url 'http://p.example.org/proxy.pac'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.inside.example.org']
org.gnome.system.proxy mode '{mode}'
org.gnome.system.proxy.http host 'web.example.org'
org.gnome.system.proxy.https host 'proxy.example.org'
org.gnome.system.proxy.https port 3128
"""
SCUTIL = """<dictionary> {
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://p.example.org/proxy.pac
}
"""
PAC = "http://p.example.org/proxy.pac"


def of_gnome(said: str, **environment: str) -> SystemSettings:
    return read({"XDG_CURRENT_DESKTOP": "GNOME", **environment}, Path("/nowhere"), "linux", lambda _: said)


def of_kde(folder: Path, text: str) -> SystemSettings:
    (folder / "kioslaverc").write_text(text, encoding="utf-8")
    return read({"XDG_CURRENT_DESKTOP": "KDE", "XDG_CONFIG_HOME": str(folder)}, folder, "linux", lambda _: "")


def test_gnome() -> None:
    assert of_gnome(GNOME.format(mode="auto")) == SystemSettings(PAC)
    assert of_gnome(GNOME.format(mode="none")) == of_gnome("") == NOTHING
    by_hand = of_gnome(GNOME.format(mode="manual"))
    assert by_hand.proxy_for("meet.example.org") == Proxy("proxy.example.org", 3128)
    for host in ("localhost", "127.0.0.9", "a.inside.example.org", "inside.example.org"):
        assert by_hand.proxy_for(host) is None
    of_socks = "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.socks {0} '{1}'\n"
    said = of_socks.format("host", "s.example.org") + "org.gnome.system.proxy.socks port 1080\n"
    assert of_gnome(said).proxy == Proxy("s.example.org", 1080, socks=5)


def test_kde(tmp_path: Path) -> None:
    assert of_kde(tmp_path, f"[Proxy Settings]\nProxyType=2\nProxy Config Script={PAC}\n") == SystemSettings(PAC)
    by_hand = of_kde(
        tmp_path, "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.example.org 3128\nNoProxyFor=inside.org, b\n"
    )
    assert by_hand.proxy_for("meet.example.org") == Proxy("proxy.example.org", 3128)
    assert by_hand.proxy_for("a.inside.org") is None
    of_socks = of_kde(tmp_path, "[Proxy Settings]\nProxyType=1\nsocksProxy=socks://s.example.org 1080\n")
    assert of_socks.proxy == Proxy("s.example.org", 1080, socks=5)
    assert of_kde(tmp_path, "[Proxy Settings]\nProxyType=0\n") == of_kde(tmp_path, "rubbish") == NOTHING


def test_macos() -> None:
    assert read({}, Path("/nowhere"), "darwin", lambda _: SCUTIL) == SystemSettings(PAC)
    off = SCUTIL.replace("Enable : 1", "Enable : 0")
    assert read({}, Path("/nowhere"), "darwin", lambda _: off) == NOTHING


def test_the_environment_comes_first_and_without_a_desktop_there_is_nothing() -> None:
    auto = GNOME.format(mode="auto")
    assert of_gnome(auto, https_proxy="http://p:1") == of_gnome(auto, ALL_PROXY="http://p:1") == NOTHING
    assert of_gnome("", auto_proxy=PAC) == SystemSettings(PAC)
    assert read({}, Path("/nowhere"), "linux", lambda _: auto) == NOTHING


def test_programs_of_the_system() -> None:
    assert run_command(("no-such-program-anywhere",)) == ""
    assert run_command((sys.executable, "-c", "print('x' * 30_000)")) == "x" * 20_000


async def test_they_are_read_anew_after_a_while() -> None:
    now, reads = [0.0], []

    def reading() -> SystemSettings:
        reads.append(now[0])
        return SystemSettings(PAC)

    system = SystemProxies(reading, lambda: now[0])
    for now[0] in (0.0, KEPT_MS, KEPT_MS + 1):
        assert await system.settings() == SystemSettings(PAC)
    assert reads == [0.0, KEPT_MS + 1]


@given(st.text(max_size=300))
def test_any_rubbish_is_nothing_worse(text: str) -> None:
    for platform in ("linux", "darwin"):
        assert isinstance(
            read({"XDG_CURRENT_DESKTOP": "GNOME"}, Path("/nowhere"), platform, lambda _: text), SystemSettings
        )


@pytest.mark.parametrize("exception", ["", "*", ".", "10.0.0.0/99", "[", "é"])
def test_an_exception_that_means_nothing_excepts_nothing(exception: str) -> None:
    found = SystemSettings(proxy=Proxy("p", 1), exceptions=(exception,))
    assert found.proxy_for("meet.example.org") == Proxy("p", 1)
