"""What a certificate that is not trusted says of itself, so that people who look after it know which one it is.

It is looked at in a connection of its own over which nothing is sent, and nothing is ever decided by it.
"""

from __future__ import annotations

import datetime as dt
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID

from visio_desktop.net.errors import Shown

_LONGEST_NAME = 80
_NAMES = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


def looking() -> ssl.SSLContext:
    """A context that takes any certificate: to look at one that was refused, and for nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def describe(certificate: bytes, now: dt.datetime | None = None) -> Shown:
    """What a certificate in DER says; nothing of one that cannot be read."""
    try:
        read = x509.load_der_x509_certificate(certificate)
        issuer, ends = _name(read.issuer), read.not_valid_after_utc
        vouches_for_itself = read.issuer == read.subject
    except ValueError:
        return Shown()
    is_over = ends < (now or dt.datetime.now(dt.UTC))
    return Shown(issuer, ends.date().isoformat() if is_over else "", vouches_for_itself)


def issuer_of(certificate: bytes) -> str:
    """Who issued a certificate in DER, "" where that cannot be read."""
    return describe(certificate).issuer


def _name(name: x509.Name) -> str:
    for oid in _NAMES:
        for attribute in name.get_attributes_for_oid(oid):
            text = str(attribute.value)[:_LONGEST_NAME]
            return "".join(sign for sign in text if sign.isprintable())
    return ""
