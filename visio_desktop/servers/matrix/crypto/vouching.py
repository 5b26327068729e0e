"""The owner's word for a device: it is signed with their self-signing key, which their recovery key opens.

Element's clients neither send keys to devices without it nor read what such devices write (MSC4153).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import NotFound
from visio_desktop.servers.matrix.crypto.canonical import signed
from visio_desktop.servers.matrix.crypto.devices import self_signing_key
from visio_desktop.servers.matrix.crypto.primitives import KEY_BYTES, CryptoError, decode64, encode64
from visio_desktop.servers.matrix.crypto.recovery import RecoveryError, RecoveryKey
from visio_desktop.servers.matrix.keys import CallDevice, Homeserver

SELF_SIGNING: Final = "m.cross_signing.self_signing"
_DEFAULT: Final = "m.secret_storage.default_key"
_DESCRIPTION: Final = "m.secret_storage.key."


async def vouch(homeserver: Homeserver, me: CallDevice, description: Mapping[str, Any], recovery: RecoveryKey) -> None:
    """Sign the device so described in its owner's name, for all to see. Raises `RecoveryError`, `ApiError`."""
    answer = await homeserver.call("POST", "/v3/keys/query", {"device_keys": {me.user_id: []}})
    public = self_signing_key(answer, me.user_id)
    if public is None:
        raise RecoveryError("the account has no keys to sign with")
    signer = await _signer(homeserver, me.user_id, recovery)
    if encode64(signer.public_key().public_bytes_raw()) != public:
        raise RecoveryError("the account signs with another key by now")
    made = signed(description, lambda message: encode64(signer.sign(message)), me.user_id, public)
    body = {me.user_id: {me.device_id: made}}
    refused = Fields(await homeserver.call("POST", "/v3/keys/signatures/upload", body)).object("failures")
    if refused:
        raise RecoveryError("the server refused the signature")


async def _signer(homeserver: Homeserver, user_id: str, recovery: RecoveryKey) -> Ed25519PrivateKey:
    key_id = (await _data(homeserver, user_id, _DEFAULT)).text("key")
    if not recovery.is_described_by(await _data(homeserver, user_id, _DESCRIPTION + key_id)):
        raise RecoveryError("not the key of this account")
    secret = await _data(homeserver, user_id, SELF_SIGNING)
    seed = recovery.open(SELF_SIGNING, secret.object("encrypted").object(key_id))
    try:
        return Ed25519PrivateKey.from_private_bytes(decode64(seed, size=KEY_BYTES))
    except CryptoError as error:
        raise RecoveryError("no such secret") from error


async def _data(homeserver: Homeserver, user_id: str, kind: str) -> Fields:
    path = f"/v3/user/{quote(user_id, safe='')}/account_data/{quote(kind, safe='')}"
    try:
        return Fields(await homeserver.call("GET", path))
    except NotFound as error:
        raise RecoveryError("the account keeps no secrets") from error
