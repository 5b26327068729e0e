from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.certificates import Authority
from visio_desktop.net.certificate import describe, issuer_of, looking
from visio_desktop.net.errors import Shown


def der(path: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))


def test_what_certificates_say(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    leaf = der(authority.issue("h.example")[0])
    assert describe(leaf) == Shown("The test's authority")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=400)
    assert describe(leaf, later).ended == (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat()
    assert describe(der(authority.file)).vouches_for_itself
    assert issuer_of(leaf) == "The test's authority"


@given(st.binary(max_size=200))
def test_rubbish_says_nothing(rubbish: bytes) -> None:
    assert describe(rubbish) == Shown()


def test_looking_is_no_trusting() -> None:
    assert looking().verify_mode is ssl.CERT_NONE
