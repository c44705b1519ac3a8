"""Who we are to an OPC UA server, and whether we know it: certificates, keys, logins, the trust list."""

import asyncio
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import cert_gen, security_policies, uacrypto
from asyncua.crypto.truststore import TrustStore
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ingest.opcua_config import OpcUaConfig, Policy
from twin.errors import ConfigurationError

log = structlog.get_logger()

_POLICIES: dict[Policy, type[security_policies.SecurityPolicy]] = {
    Policy.NONE: security_policies.SecurityPolicyNone,
    Policy.BASIC256SHA256: security_policies.SecurityPolicyBasic256Sha256,
    Policy.AES128: security_policies.SecurityPolicyAes128Sha256RsaOaep,
    Policy.AES256: security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_MODES = {"sign": ua.MessageSecurityMode.Sign, "sign_and_encrypt": ua.MessageSecurityMode.SignAndEncrypt}
_DAYS = 3650
_SUFFIXES = (".der", ".pem")


@dataclass(frozen=True, slots=True)
class Identity:
    """Our application certificate, in DER form, and its key."""

    file: Path
    certificate: bytes
    private_key: uacrypto.CertProperties
    uri: str
    fingerprint: str


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, in the way that servers and openssl show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


async def secure(client: Client, config: OpcUaConfig, state: Path) -> Identity | None:
    """Prepare the client for `connect`: policy, certificates, login.

    Gives our identity, None without security. Raises ConfigurationError that says what to correct, and what the
    network raises.
    """
    await _log_in(client, config)
    if config.security is Policy.NONE:
        return None
    identity = await _identity(config, state)
    client.application_uri = identity.uri
    server = await _server_certificate(client, config)
    await _check_trust(server, config, state)
    await client.set_security(
        _POLICIES[config.security],
        certificate=uacrypto.CertProperties(identity.certificate),
        private_key=identity.private_key,
        server_certificate=server.public_bytes(Encoding.DER),
        mode=_MODES[config.mode],
    )
    return identity


async def _log_in(client: Client, config: OpcUaConfig) -> None:
    if config.user is not None:
        client.set_user(config.user)
        if config.password is not None:
            client.set_password(config.password.get_secret_value())
    if config.user_certificate is not None and config.user_key is not None:
        client.user_certificate = await _load(config.name, "user_certificate", config.user_certificate)
        key = await _key(config.name, "user_key", config.user_key)
        client.user_private_key = await uacrypto.load_private_key(key.path_or_content, None, key.extension)


async def _identity(config: OpcUaConfig, state: Path) -> Identity:
    if config.certificate is not None and config.private_key is not None:
        certificate, key = config.certificate, config.private_key
    else:
        certificate, key = await asyncio.to_thread(_own_pair, config.name, state)
    loaded = await _load(config.name, "certificate", certificate)
    if loaded.not_valid_after_utc < datetime.now(UTC):
        raise ConfigurationError(
            f"{config.name}: our certificate {certificate} was valid until {loaded.not_valid_after_utc.isoformat()}; "
            "give a new one, or delete it and its key so that a new pair is made",
            field="certificate",
            value=str(certificate),
        )
    return Identity(
        certificate,
        loaded.public_bytes(Encoding.DER),
        await _key(config.name, "private_key", key),
        _uri(loaded, config.name, certificate),
        fingerprint(loaded),
    )


def _own_pair(name: str, state: Path) -> tuple[Path, Path]:
    """The pair in the state folder, made on first use; the key is readable by its owner alone."""
    certificate, key = state / "own" / "certificate.der", state / "own" / "key.pem"
    if certificate.is_file() and key.is_file():
        return certificate, key
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = cert_gen.generate_private_key()
    uri, host = f"urn:{socket.gethostname()}:foretell:{name}", socket.gethostname()
    made = cert_gen.generate_self_signed_app_certificate(
        private,
        "Foretell",
        {},
        [x509.UniformResourceIdentifier(uri), x509.DNSName(host)],
        [ExtendedKeyUsageOID.CLIENT_AUTH],
        days=_DAYS,
    )
    descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - the descriptor was opened with its mode
        file.write(cert_gen.dump_private_key_as_pem(private))
    certificate.write_bytes(made.public_bytes(Encoding.DER))
    log.info("application certificate made", source=name, file=str(certificate), sha256=fingerprint(made), uri=uri)
    return certificate, key


def _uri(certificate: x509.Certificate, name: str, path: Path) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uri: str = names.get_values_for_type(x509.UniformResourceIdentifier)[0]
    except (x509.ExtensionNotFound, IndexError) as error:
        raise ConfigurationError(
            f"{name}: the certificate {path} has no application URI in its SubjectAlternativeName",
            field="certificate",
            value=str(path),
        ) from error
    return uri


async def _server_certificate(client: Client, config: OpcUaConfig) -> x509.Certificate:
    """What the server shows for the wanted endpoint; whether it is the server is for `_check_trust` to say."""
    policy, mode = _POLICIES[config.security], _MODES[config.mode]
    endpoints = await client.connect_and_get_server_endpoints()
    for endpoint in endpoints:
        if endpoint.SecurityMode == mode and endpoint.SecurityPolicyUri == policy.URI and endpoint.ServerCertificate:
            certificate: x509.Certificate = uacrypto.x509_from_der(endpoint.ServerCertificate)  # type: ignore[no-untyped-call]
            return certificate
    offered = sorted({f"{e.SecurityPolicyUri.rpartition('#')[2]} {e.SecurityMode.name}" for e in endpoints})
    raise ConfigurationError(
        f"{config.name}: {config.url} does not offer {config.security} {config.mode}; it offers {', '.join(offered)}",
        field="security",
        value=config.security.value,
    )


async def _check_trust(server: x509.Certificate, config: OpcUaConfig, state: Path) -> None:
    trusted = config.trusted or state / "trusted"
    if await _is_trusted(server, trusted):
        if server.not_valid_after_utc < datetime.now(UTC):
            log.warning("server certificate has expired", source=config.name, until=str(server.not_valid_after_utc))
        return
    shown = fingerprint(server)
    rejected = state / "rejected" / f"{shown.replace(':', '')[:16]}.der"
    await asyncio.to_thread(_put, rejected, server.public_bytes(Encoding.DER))
    raise ConfigurationError(
        f"{config.name}: {config.url} shows a certificate that is not trusted: {server.subject.rfc4514_string()}, "
        f"SHA-256 {shown}. Compare it with the server's own; if it is the same, trust it with: "
        f"mkdir -p {trusted} && cp {rejected} {trusted}/",
        field="trusted",
        value=shown,
    )


async def _is_trusted(server: x509.Certificate, folder: Path) -> bool:
    """Whether the certificate itself is in the folder, or a CA that signed it."""
    files = await asyncio.to_thread(_certificates, folder)
    known = [await _load("trust list", "trusted", file) for file in files]
    if any(fingerprint(certificate) == fingerprint(server) for certificate in known):
        return True
    if not known:
        return False
    store = TrustStore([folder], [])
    await store.load()
    return store.is_trusted(server)


def _certificates(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES) if folder.is_dir() else []


async def _load(name: str, field: str, path: Path) -> x509.Certificate:
    content = await asyncio.to_thread(_readable, name, field, path)
    try:
        if content.startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise ConfigurationError(
            f"{name}: {path} is no certificate in DER or PEM form", field=field, value=str(path)
        ) from error


async def _key(name: str, field: str, path: Path) -> uacrypto.CertProperties:
    content = await asyncio.to_thread(_readable, name, field, path)
    return uacrypto.CertProperties(content, extension="pem" if content.startswith(b"-----BEGIN") else "der")


def _readable(name: str, field: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{name}: {field} = {path} cannot be read: {error.strerror}", field=field, value=str(path)
        ) from error


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
