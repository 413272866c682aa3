"""PAdES signature of a finished report, and its verification; the only file that signs.

The signature is appended, so the report itself stays the first part of the file, byte for byte. It
certifies the document and permits no change. Standard: ETSI EN 319 142-1, ISO 32000-1 12.8.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from workstation.base.errors import ReportError
from workstation.report.signing_identity import SigningIdentity

FIELD = "BatsonSignature"
_FIELD_WORDS = "Signature of the report"
_REASON = "Report signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a file says about its signature.

    Parameters
    ----------
    signed : bool
        Whether the file carries a signature at all.
    valid : bool
        The signature is genuine, covers the whole file, and nothing was changed or added.
    intact : bool
        The signed bytes are those that were signed.
    known : bool
        The certificate is one of those the caller trusts.
    signer : str
        Common name of the certificate.
    fingerprint : str
        SHA-256 of the certificate, hexadecimal.
    detail : str
        The result in one sentence.
    """

    signed: bool
    valid: bool
    intact: bool
    known: bool
    signer: str
    fingerprint: str
    detail: str


DAMAGE = (
    *(ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError),
    zlib.error,
)
"""What pyHanko's reader lets through, beside its own errors, when a file is damaged."""

UNSIGNED = Verification(
    signed=False,
    valid=False,
    intact=False,
    known=False,
    signer="",
    fingerprint="",
    detail="The file carries no signature.",
)


def sign_pdf(pdf: bytes, identity: SigningIdentity, *, name: str = "") -> bytes:
    """Return ``pdf`` with an invisible certifying signature appended.

    Parameters
    ----------
    pdf : bytes
        A finished report; it is the beginning of what is returned.
    identity : SigningIdentity
    name : str
        The reader as the signature names him; by default the subject of the certificate.

    Raises
    ------
    ReportError
        When the file is no PDF, is signed already, or the key cannot sign.
    """
    # The library takes half a second to import and only signing needs it.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers

    class _Writer(IncrementalPdfFileWriter):
        # pyHanko 0.38 would rewrite the metadata here and break PDF/A-3a.
        def _update_meta(self) -> None:
            return

    try:
        writer = _Writer(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
        if writer.prev.embedded_signatures:
            raise ReportError("The report carries a signature already.", code="already-signed")
        signed = signers.sign_pdf(
            writer,
            signers.PdfSignatureMetadata(
                field_name=FIELD,
                name=name or identity.subject,
                reason=_REASON,
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            ),
            signer=_signer(identity),
            new_field_spec=fields.SigFieldSpec(
                FIELD,
                readable_field_name=_FIELD_WORDS,
                invis_sig_settings=fields.InvisSigSettings(
                    set_print_flag=True, box_out_of_bounds=True
                ),
            ),
        )
    except PdfError as error:
        raise ReportError("The report could not be signed.", detail=type(error).__name__) from error
    return bytes(signed.getvalue())


def _signer(identity: SigningIdentity) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    try:
        return SimpleSigner.load_pkcs12_data(
            identity.pkcs12, other_certs=[], passphrase=identity.passphrase
        )
    except ValueError as error:
        raise ReportError("This kind of key cannot sign.", code="key-unreadable") from error


def verify_pdf(pdf: bytes, known: Collection[str] = ()) -> Verification:
    """Return what holds about the signature of ``pdf``.

    Parameters
    ----------
    pdf : bytes
        Our own file. A foreign one belongs in a process of its own (see ``reopen``).
    known : collection of str
        Fingerprints of certificates that are trusted.

    Raises
    ------
    ReportError
        When the file is no PDF that can be read.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        return _verified(pdf, found[0], known) if found else UNSIGNED
    except (PdfError, *DAMAGE) as error:
        raise ReportError(
            "The file is damaged or is not a PDF.", code="bad-pdf", detail=type(error).__name__
        ) from error


def _verified(pdf: bytes, signature: Any, known: Collection[str]) -> Verification:
    from pyhanko.sign.general import CMSExtractionError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        certificate = signature.signer_cert
        # Whom to trust is the caller's question: no system list, no network.
        itself = ValidationContext(trust_roots=[certificate], allow_fetching=False)
        status = validate_pdf_signature(signature, signer_validation_context=itself)
    except (CMSExtractionError, SignatureValidationError):
        return replace(UNSIGNED, signed=True, detail="The signature cannot be read.")
    intact = bool(status.intact and status.valid and _nothing_hidden(pdf, signature))
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    fingerprint = hashlib.sha256(certificate.dump()).hexdigest()
    return Verification(
        signed=True,
        valid=intact and whole,
        intact=intact,
        known=fingerprint in known,
        signer=certificate.subject.native.get("common_name", ""),
        fingerprint=fingerprint,
        detail=_detail(intact=intact, whole=whole, known=fingerprint in known),
    )


def _nothing_hidden(pdf: bytes, signature: Any) -> bool:
    """Whether the gap that the signature does not cover holds it and zeros, nothing else."""
    from asn1crypto import parser

    _, begin, end, _ = (int(number) for number in signature.byte_range)
    content = signature.pkcs7_content
    digits = bytes(content[: parser.peek(content)]).hex().upper().encode("ascii")
    return pdf[begin:end] == b"<" + digits.ljust(end - begin - 2, b"0") + b">"


def _detail(*, intact: bool, whole: bool, known: bool) -> str:
    if not intact:
        return "The file was changed after it was signed."
    if not whole:
        return "Something was added to the file after it was signed."
    if not known:
        return "The file is as it was signed; this store does not know the certificate."
    return "The file is as it was signed."
