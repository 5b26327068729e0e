"""Signs as minisign does, without the program: a key of the test's own."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class MiniSigner:
    """A key pair; `public` is the line that people are given."""

    def __init__(self, number: bytes = b"visio-01") -> None:
        self._private = Ed25519PrivateKey.generate()
        self._number = number
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(b"Ed" + number + raw).decode()

    def sign(self, content: bytes, comment: str = "timestamp:1", *, hashed: bool = True) -> bytes:
        signature = self._private.sign(hashlib.blake2b(content).digest() if hashed else content)
        kind = b"ED" if hashed else b"Ed"
        over_all = self._private.sign(signature + comment.encode())
        lines = (
            "untrusted comment: of a test",
            base64.b64encode(kind + self._number + signature).decode(),
            f"trusted comment: {comment}",
            base64.b64encode(over_all).decode(),
        )
        return ("\n".join(lines) + "\n").encode()
