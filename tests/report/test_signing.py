"""The signature: appended, genuine, broken by any changed byte, and harmless to both standards."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import page
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from tests.report.conftest import MadeReport
from workstation.base.errors import ReportError
from workstation.report.signing import FIELD, UNSIGNED, sign_pdf, verify_pdf
from workstation.report.signing_identity import (
    LOCAL_FILE,
    LOCAL_SUBJECT,
    SigningIdentity,
    identity_from_file,
    identity_from_pkcs12,
    local_identity,
)

NOW = datetime(2026, 3, 14, 17, 5, tzinfo=UTC)
PROFILES = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
Report = Callable[[str], MadeReport]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> SigningIdentity:
    return local_identity(tmp_path_factory.mktemp("store"), NOW)


@pytest.fixture(scope="module")
def plain(report_of: Report) -> bytes:
    return report_of("final").files.pdf


@pytest.fixture(scope="module")
def signed(plain: bytes, identity: SigningIdentity) -> bytes:
    return sign_pdf(plain, identity, name="R. Reader")


def test_the_report_is_the_beginning_of_the_signed_file(plain: bytes, signed: bytes) -> None:
    assert signed.startswith(plain)
    assert 0 < len(signed) - len(plain) < 20_000


def test_a_signed_report_verifies(signed: bytes, identity: SigningIdentity) -> None:
    found = verify_pdf(signed, known=[identity.fingerprint])
    assert (found.signed, found.valid, found.intact, found.known) == (True, True, True, True)
    assert found.signer == LOCAL_SUBJECT
    assert found.fingerprint == identity.fingerprint
    assert found.detail == "The file is as it was signed."


def test_a_certificate_that_nobody_knows_is_said_to_be_unknown(signed: bytes) -> None:
    found = verify_pdf(signed)
    assert (found.valid, found.known) == (True, False)
    assert "does not know the certificate" in found.detail


def test_an_unsigned_report_is_not_called_valid(plain: bytes) -> None:
    assert verify_pdf(plain) == UNSIGNED
    assert not UNSIGNED.valid


@pytest.mark.parametrize("name", ["final", "amended", "twenty-nine-lesions"])
def test_both_standards_still_hold(report_of: Report, identity: SigningIdentity, name: str) -> None:
    content = sign_pdf(report_of(name).files.pdf, identity)
    failures = [
        f"{profile.value} {failure.rule_id} {failure.message}"
        for profile in PROFILES
        for failure in page.validate_pdf_bytes(content, profile=profile).failures
    ]
    assert failures == []


def test_it_certifies_and_permits_no_change(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as document:
        signature = document.Root.Perms.DocMDP
        (field,) = document.Root.AcroForm.Fields
        assert str(field.T) == FIELD
        assert signature.SubFilter == "/ETSI.CAdES.detached"
        assert int(signature.Reference[0].TransformParams.P) == 1
        assert str(signature.Name) == "R. Reader"
        assert int(field.F) & 4, "print flag"


def test_the_attachment_and_the_pages_are_those_of_the_report(plain: bytes, signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(plain)) as before, pikepdf.open(io.BytesIO(signed)) as after:
        assert len(before.pages) == len(after.pages)
        for document in (before, after):
            assert list(document.attachments) == ["report.json"]
        contents = [d.attachments["report.json"].get_file().read_bytes() for d in (before, after)]
        assert contents[0] == contents[1]
        assert str(before.docinfo) == str(after.docinfo)


def _outcome(content: bytes) -> bool:
    """Whether a file passes as validly signed; one that cannot be read does not."""
    try:
        return verify_pdf(content).valid
    except ReportError:
        return False


def test_any_flipped_byte_is_noticed(plain: bytes, signed: bytes) -> None:
    chance = random.Random(6)
    places = [
        *(chance.randrange(len(plain)) for _ in range(20)),
        *(chance.randrange(len(plain), len(signed)) for _ in range(60)),
    ]
    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 1 << chance.randrange(8)
        assert not _outcome(bytes(changed)), place


def test_the_gap_around_the_signature_hides_nothing(signed: bytes) -> None:
    place = signed.rindex(b"0000>") - 40
    assert signed[place : place + 2] == b"00"
    stuffed = signed[:place] + b"41" + signed[place + 2 :]
    found = verify_pdf(stuffed)
    assert (found.valid, found.intact) == (False, False)
    assert found.detail == "The file was changed after it was signed."


def test_something_added_afterwards_is_noticed(signed: bytes) -> None:
    found = verify_pdf(signed + b"\n% one more line\n")
    assert (found.valid, found.intact) == (False, True)
    assert found.detail == "Something was added to the file after it was signed."


def test_the_same_report_signed_by_another_key_names_that_key(
    plain: bytes, identity: SigningIdentity, tmp_path: Path
) -> None:
    other = local_identity(tmp_path, NOW)
    found = verify_pdf(sign_pdf(plain, other), known=[identity.fingerprint])
    assert (found.valid, found.known) == (True, False)
    assert found.fingerprint == other.fingerprint != identity.fingerprint


def test_a_signed_report_stays_valid_after_its_certificate_has_ended(
    plain: bytes, tmp_path: Path
) -> None:
    long_ago = local_identity(tmp_path, datetime(2001, 1, 1, tzinfo=UTC))
    found = verify_pdf(sign_pdf(plain, long_ago), known=[long_ago.fingerprint])
    assert (found.valid, found.known) == (True, True)


def test_a_report_is_signed_once(signed: bytes, identity: SigningIdentity) -> None:
    with pytest.raises(ReportError) as refused:
        sign_pdf(signed, identity)
    assert refused.value.code == "already-signed"


def test_a_missing_last_line_end_is_added(plain: bytes, identity: SigningIdentity) -> None:
    content = sign_pdf(plain.rstrip(b"\n"), identity)
    assert b"%%EOF\n" in content[: len(plain) + 1]
    assert verify_pdf(content).valid


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_is_refused(content: bytes, identity: SigningIdentity) -> None:
    with pytest.raises(ReportError, match="could not be signed"):
        sign_pdf(content, identity)
    with pytest.raises(ReportError, match="damaged or is not a PDF"):
        verify_pdf(content)


class TestLocalKey:
    def test_it_is_made_once_and_for_its_owner_only(self, tmp_path: Path) -> None:
        first = local_identity(tmp_path, NOW)
        again = local_identity(tmp_path, NOW + timedelta(days=400))
        assert first == again
        assert [path.name for path in tmp_path.iterdir()] == [LOCAL_FILE]
        assert (tmp_path / LOCAL_FILE).stat().st_mode & 0o777 == 0o600

    def test_two_stores_have_two_keys(self, tmp_path: Path) -> None:
        for name in "ab":
            (tmp_path / name).mkdir()
        one, other = (local_identity(tmp_path / name, NOW) for name in "ab")
        assert one.fingerprint != other.fingerprint

    def test_its_certificate_is_for_signatures_and_ten_years(self, tmp_path: Path) -> None:
        local_identity(tmp_path, NOW)
        data = (tmp_path / LOCAL_FILE).read_bytes()
        _, certificate, _ = pkcs12.load_key_and_certificates(data, None)
        assert certificate is not None
        assert certificate.subject.rfc4514_string() == f"CN={LOCAL_SUBJECT}"
        assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
        assert certificate.not_valid_after_utc == NOW + timedelta(days=3649)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert (usage.digital_signature, usage.content_commitment) == (True, True)
        assert not usage.key_cert_sign

    def test_a_key_that_others_may_read_is_not_used(self, tmp_path: Path) -> None:
        local_identity(tmp_path, NOW)
        (tmp_path / LOCAL_FILE).chmod(0o640)
        with pytest.raises(ReportError) as refused:
            local_identity(tmp_path, NOW)
        assert refused.value.code == "key-exposed"

    def test_a_damaged_key_is_refused_and_not_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / LOCAL_FILE
        path.write_bytes(b"damaged")
        path.chmod(0o600)
        with pytest.raises(ReportError, match="damaged or its passphrase"):
            local_identity(tmp_path, NOW)
        assert path.read_bytes() == b"damaged"

    def test_a_key_that_was_just_made_by_another_program_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = local_identity(tmp_path, NOW)
        monkeypatch.setattr(Path, "exists", lambda self: False)
        assert local_identity(tmp_path, NOW) == theirs

    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError) as refused:
            local_identity(tmp_path / "nowhere", NOW)
        assert refused.value.code == "key-not-kept"

    def test_the_key_never_shows(self, identity: SigningIdentity) -> None:
        secret = replace(identity, passphrase=b"open sesame")
        assert "sesame" not in repr(secret)
        assert "pkcs12" not in repr(secret)


def hospital_key(passphrase: bytes, *, name: str | None = "Demo Hospital Radiology") -> bytes:
    """Return a PKCS#12 file as a hospital hands it out: RSA, with a passphrase."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    oid = NameOID.COMMON_NAME if name else NameOID.ORGANIZATION_NAME
    subject = x509.Name([x509.NameAttribute(oid, name or "Demo Hospital")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Demo CA")]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"key", key, certificate, None, BestAvailableEncryption(passphrase)
    )


class TestHospitalKey:
    def test_it_signs(self, tmp_path: Path, plain: bytes) -> None:
        path = tmp_path / "hospital.p12"
        path.write_bytes(hospital_key(b"secret"))
        identity = identity_from_file(path, "secret")
        assert identity.subject == "Demo Hospital Radiology"
        found = verify_pdf(sign_pdf(plain, identity), known=[identity.fingerprint])
        assert (found.valid, found.known, found.signer) == (True, True, "Demo Hospital Radiology")

    def test_a_certificate_without_a_common_name_is_named_by_its_subject(self) -> None:
        identity = identity_from_pkcs12(hospital_key(b"secret", name=None), b"secret")
        assert identity.subject == "O=Demo Hospital"

    @pytest.mark.parametrize("passphrase", ["", "another1"])
    def test_a_wrong_passphrase_is_refused(self, tmp_path: Path, passphrase: str) -> None:
        path = tmp_path / "hospital.p12"
        path.write_bytes(hospital_key(b"secret"))
        with pytest.raises(ReportError) as refused:
            identity_from_file(path, passphrase)
        assert refused.value.code == "key-unreadable"
        assert "another1" not in refused.value.message

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError, match="cannot be read"):
            identity_from_file(tmp_path / "none.p12")

    def test_a_huge_file_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.p12"
        with path.open("wb") as file:
            file.truncate(2**40)
        with pytest.raises(ReportError, match="damaged"):
            identity_from_file(path)

    def test_an_identity_whose_key_is_spoiled_does_not_sign(
        self, plain: bytes, identity: SigningIdentity
    ) -> None:
        with pytest.raises(ReportError) as refused:
            sign_pdf(plain, replace(identity, pkcs12=b"spoiled"))
        assert refused.value.code == "key-unreadable"

    def test_a_file_without_a_key_is_refused(self) -> None:
        data = hospital_key(b"secret")
        _, certificate, _ = pkcs12.load_key_and_certificates(data, b"secret")
        bare = pkcs12.serialize_key_and_certificates(
            b"x", None, certificate, None, BestAvailableEncryption(b"secret")
        )
        with pytest.raises(ReportError, match="lacks its key"):
            identity_from_pkcs12(bare, b"secret")


_LATE = """
import sys
import workstation.report.service, workstation.report.signing, workstation.report.signing_identity
print([name for name in ("pyhanko", "cryptography", "asn1crypto") if name in sys.modules])
"""


def test_the_libraries_are_imported_only_when_something_is_signed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LATE], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
