"""Certificates for the servers of the tests: good ones of an authority of their own, and bad ones of several kinds."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


@dataclass
class Authority:
    """Signs what it is asked to; `bundle` is the file by which it is trusted. `folder` keeps the files."""

    folder: Path
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def _root(self) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        return self._signed("Authority of the tests", key, None, days=3_650), key

    @cached_property
    def bundle(self) -> str:
        path = self.folder / "authority.pem"
        path.write_bytes(_pem(self._root[0]))
        return str(path)

    def context(self, *names: str, days: float = 90, self_signed: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for `names` that ends in so many days (less than none: has ended)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(*names, days=days, self_signed=self_signed))
        return context

    def chained(
        self, *names: str, days: float = 90, intermediate: float = 90, more: float | None = None
    ) -> ssl.SSLContext:
        """A server's context with what `chained_file` makes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chained_file(*names, days=days, intermediate=intermediate, more=more))
        return context

    def chained_file(self, *names: str, days: float = 90, intermediate: float = 90, more: float | None = None) -> str:
        """A file with a certificate that an intermediate one vouches for, which ends in so many days, and the key.
        `more` is one that is sent, too, and that nobody needs: the root signed by another, as old chains have it."""
        key, above = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        between = self._signed("Intermediate of the tests", above, self._root, days=intermediate)
        own = self._signed(names[0], key, (between, above), days=days, names=names)
        sent = [_pem(own), _pem(between)]
        if more is not None:
            elder = ec.generate_private_key(ec.SECP256R1())
            old = self._signed("An elder authority", elder, None, days=more)
            sent.append(_pem(self._signed("Authority of the tests", self._root[1], (old, elder), days=more)))
        path = self.folder / f"{own.serial_number}.pem"
        path.write_bytes(b"".join(sent) + _pem_of_key(key))
        return str(path)

    def file(self, *names: str, days: float = 90, self_signed: bool = False) -> str:
        """The same as a file that holds certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = None if self_signed else self._root
        certificate = self._signed(names[0], key, issuer, days=days, names=names)
        path = self.folder / f"{certificate.serial_number}.pem"
        path.write_bytes(_pem(certificate) + _pem_of_key(key))
        return str(path)

    def _signed(
        self,
        subject: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: Pair | None,
        *,
        days: float,
        names: tuple[str, ...] = (),
    ) -> x509.Certificate:
        ends = self.now + timedelta(days=days)
        begins = min(self.now, ends) - timedelta(days=30)
        signer = issuer[1] if issuer else key
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(issuer[0].subject if issuer else _name(subject))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), False)
        return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
