from __future__ import annotations

import subprocess
import sys

LOADED = """
import ssl
from visio_desktop.net.http_library import aiohttp
ours = aiohttp.connector._make_ssl_context(True)
theirs = aiohttp.connector._SSL_CONTEXT_VERIFIED
print(len(theirs.get_ca_certs()), theirs.verify_mode.name, "set_default_verify_paths" in vars(ssl.SSLContext))
"""


def test_the_librarys_own_context_trusts_nobody_and_later_ones_are_whole() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["0", "CERT_REQUIRED", "False"]
