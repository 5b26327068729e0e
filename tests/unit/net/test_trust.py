from __future__ import annotations

import ssl

from visio_desktop.net.trust import tls_context


def test_certificates_and_names_are_checked() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_store_is_read_once() -> None:
    assert tls_context() is tls_context()
