"""Who signs: the local key of a store, made on first use, or a hospital's PKCS#12 file.

The local certificate is signed by itself. It proves that a report was not changed since this
store signed it; that a person stands behind it, only a certificate of the hospital can prove.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.base.errors import ReportError

if TYPE_CHECKING:
    from cryptography import x509

LOCAL_SUBJECT = "Batson local certificate"
LOCAL_FILE = "signing-key.p12"
"""Name of the local key and certificate in the store folder."""

_VALID_DAYS = 3650
_SIZE_LIMIT = 1024**2
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIdentity:
    """A key with its certificate.

    Parameters
    ----------
    subject : str
        Common name of the certificate.
    fingerprint : str
        SHA-256 of the certificate, hexadecimal.
    pkcs12 : bytes
        Key and certificates; with ``passphrase`` never part of a log or a message.
    """

    subject: str
    fingerprint: str
    pkcs12: bytes = field(repr=False)
    passphrase: bytes | None = field(default=None, repr=False)


def local_identity(folder: Path, now: datetime) -> SigningIdentity:
    """Return the identity of the store in ``folder``, made on first use.

    Parameters
    ----------
    now : datetime
        Aware; a new certificate is valid from the day before for ten years.

    Raises
    ------
    ReportError
        When the key cannot be kept or read, or others may read it. It is never replaced silently.
    """
    path = folder / LOCAL_FILE
    if not path.exists():
        _keep(path, _new_key(now))
    if os.name == "posix" and path.stat().st_mode & _FOR_OTHERS:
        raise ReportError(
            "Other users of this computer may read the signing key of the store, so it is not "
            "used. Take their rights away or remove the key to get a new one.",
            code="key-exposed",
        )
    return identity_from_file(path)


def identity_from_file(path: Path, passphrase: str = "") -> SigningIdentity:
    """Return the identity kept in a PKCS#12 file (.p12, .pfx).

    Raises
    ------
    ReportError
        When the file cannot be read, the passphrase is wrong, or key or certificate is missing.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= _SIZE_LIMIT else b""
    except OSError as error:
        raise ReportError("The signing key cannot be read.", code="key-unreadable") from error
    return identity_from_pkcs12(data, passphrase.encode() or None)


def identity_from_pkcs12(data: bytes, passphrase: bytes | None = None) -> SigningIdentity:
    """Return the identity held by PKCS#12 ``data``.

    Raises
    ------
    ReportError
        When the data or the passphrase is wrong, or key or certificate is missing.
    """
    # Cryptography takes a while to import and only signing needs it.
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
    from cryptography.x509.oid import NameOID

    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, passphrase)
    except ValueError as error:
        raise ReportError(
            "The signing key is damaged or its passphrase is wrong.", code="key-unreadable"
        ) from error
    if key is None or certificate is None:
        raise ReportError("The signing file lacks its key or certificate.", code="key-unreadable")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return SigningIdentity(
        subject=str(names[0].value) if names else certificate.subject.rfc4514_string(),
        fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        pkcs12=data,
        passphrase=passphrase,
    )


def _new_key(now: datetime) -> bytes:
    """Return a fresh P-256 key with its own certificate as PKCS#12."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOCAL_SUBJECT)])
    begins = now.astimezone(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signatures(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        LOCAL_SUBJECT.encode(), key, certificate, None, NoEncryption()
    )


def _for_signatures() -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(path: Path, data: bytes) -> None:
    """Write a new key for its owner only; a key that another program just made wins."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".batson-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(name)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(
            "The signing key cannot be kept in the store.", code="key-not-kept"
        ) from error
