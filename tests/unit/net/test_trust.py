from __future__ import annotations

import ssl
from pathlib import Path

from tests.helpers.certificates import Authority
from visio_desktop.net.trust import tls_context, trusting


def test_certificates_and_names_are_checked() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_store_is_read_once() -> None:
    assert tls_context() is tls_context()
    assert trusting(None) is tls_context


def test_a_file_of_further_authorities_is_read_once_and_loosens_nothing(tmp_path: Path) -> None:
    context = trusting(Authority(tmp_path).file)
    assert context() is context()
    assert context() is not tls_context()
    assert context().verify_mode is ssl.CERT_REQUIRED
    assert context().check_hostname


def test_a_file_that_cannot_be_read_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "rubbish.pem").write_text("rubbish", encoding="utf-8")
    for name in ("rubbish.pem", "none.pem"):
        assert trusting(tmp_path / name)().verify_mode is ssl.CERT_REQUIRED
