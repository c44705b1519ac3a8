"""Who we are to a Kafka cluster, who it is to us, and why it would not have us."""

import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from aiokafka import errors as kafka_errors
from aiokafka.conn import create_conn
from aiokafka.helpers import create_ssl_context
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

REFUSED = (
    kafka_errors.GroupAuthorizationFailedError,
    kafka_errors.IllegalSaslStateError,
    kafka_errors.SaslAuthenticationFailed,
    kafka_errors.TopicAuthorizationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    ssl.SSLCertVerificationError,
)
"""What no new try mends."""

_PROBE_MS = 5_000
_PROTOCOL = {
    (False, False): "PLAINTEXT",
    (True, False): "SSL",
    (False, True): "SASL_PLAINTEXT",
    (True, True): "SASL_SSL",
}


class KafkaTls(BaseModel):
    """Encryption, and who is who."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca: Path | None = Field(default=None, description="Certificates that sign the brokers'; without it the system's")
    certificate: Path | None = Field(default=None, description="Our own, for brokers that ask for one")
    key: Path | None = Field(default=None, description="Its private key")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        return self

    def __str__(self) -> str:
        return ", ".join(str(file) for file in (self.ca, self.certificate, self.key) if file is not None)


def options(
    tls: KafkaTls | None, mechanism: Mechanism, username: str | None, password: SecretStr | None
) -> dict[str, object]:
    """What aiokafka's clients are given; raises OSError when a certificate cannot be used."""
    given: dict[str, object] = {"security_protocol": _PROTOCOL[tls is not None, username is not None]}
    if tls is not None:
        given["ssl_context"] = create_ssl_context(cafile=tls.ca, certfile=tls.certificate, keyfile=tls.key)
    if username is not None and password is not None:
        given["sasl_mechanism"] = mechanism
        given["sasl_plain_username"] = username
        given["sasl_plain_password"] = password.get_secret_value()
    return given


async def probe(servers: Sequence[str], security: Mapping[str, object]) -> BaseException | None:
    """Why the first server that does so refuses a connection: aiokafka's consumer only logs it."""
    for server in servers:
        host, _, port = server.rpartition(":")
        try:
            connection = await create_conn(host.strip("[]"), int(port), request_timeout_ms=_PROBE_MS, **security)
        except (kafka_errors.KafkaError, OSError, TimeoutError) as error:
            cause = error.__cause__
            return cause if isinstance(cause, REFUSED) else error
        connection.close()
    return None
