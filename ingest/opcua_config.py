"""What ingest.yaml says of an OPC UA server."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator

from ingest.source_config import SourceConfig, SourceContext
from twin.duration import Duration

if TYPE_CHECKING:
    from ingest.opcua import OpcUaSource


_NODE_ID = re.compile(r"(ns=\d+;|nsu=[^;]+;)?(i=\d+|[sgb]=.+)")


class Policy(StrEnum):
    """Security policies (OPC 10000-7); the two that rest on SHA-1 are not offered."""

    NONE = "none"
    BASIC256SHA256 = "Basic256Sha256"
    AES128 = "Aes128Sha256RsaOaep"
    AES256 = "Aes256Sha256RsaPss"


class OpcUaConfig(SourceConfig):
    """Variables of one OPC UA server; `tags` maps node ids such as `ns=2;s=FIC101.PV` or `nsu=<uri>;s=FIC101.PV`."""

    kind: Literal["opcua"]
    url: str = Field(pattern=r"^opc\.tcp://[^/@]+(/.*)?$", description="opc.tcp://host:port/path")

    security: Policy = Field(default=Policy.NONE, description="Security policy of the endpoint")
    mode: Literal["sign", "sign_and_encrypt"] = "sign_and_encrypt"
    certificate: Path | None = Field(default=None, description="Our application certificate, .der or .pem")
    private_key: Path | None = Field(default=None, description="Its key, .der or .pem; without both we make our own")
    trusted: Path | None = Field(default=None, description="Folder of trusted server or CA certificates")
    user: str | None = None
    password: SecretStr | None = None
    plain_password: bool = Field(default=False, description="Allow a password though security is none")
    user_certificate: Path | None = Field(default=None, description="Log in by certificate instead of a user name")
    user_key: Path | None = None

    publishing_interval: Duration = Field(
        default=timedelta(milliseconds=500), description="How often the server sends what it has gathered"
    )
    sampling_interval: Duration | None = Field(
        default=None, description="How often the server looks at a variable; without it every publishing interval"
    )
    queue_size: int = Field(default=100, ge=1, description="Values of a variable that the server holds for us")
    discard_oldest: bool = Field(default=True, description="What a full queue loses: the oldest or the newest")
    deadband: float | None = Field(default=None, gt=0, description="Absolute, in the server's units")
    deadband_percent: float | None = Field(default=None, gt=0, le=100, description="Of the variable's EURange")
    repeats: bool = Field(default=True, description="Send a value again when its source time moves and it stays")
    server_time: bool = Field(default=False, description="Take the server's time where there is no source time")

    keep: Duration = Field(
        default=timedelta(minutes=1), description="How long the server holds our session when the connection is lost"
    )
    timeout: Duration = Field(default=timedelta(seconds=10), description="Longest wait for an answer")
    history_lag: Duration = Field(
        default=timedelta(seconds=5), description="How long after a value the server has it in its history"
    )
    history_from: AwareDatetime | None = Field(default=None, description="Read the history since then, once")

    @field_validator("tags")
    @classmethod
    def _some(cls, tags: dict[str, object]) -> dict[str, object]:
        if not tags:
            raise ValueError("name at least one node id, such as ns=2;s=FIC101.PV: FIC101.PV")
        for address in tags:
            if not _NODE_ID.fullmatch(address):
                raise ValueError(f"{address} is no node id, such as ns=2;s=FIC101.PV")
        return tags

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("certificate and private_key belong together: give both or neither")
        if (self.user_certificate is None) != (self.user_key is None):
            raise ValueError("user_certificate and user_key belong together: give both or neither")
        if self.user is None and self.password is not None:
            raise ValueError("a password needs a user")
        if self.user is not None and self.security is Policy.NONE and not self.plain_password:
            raise ValueError(
                f"the password of {self.user} could be read on the way: set security, or plain_password: true"
            )
        if self.deadband is not None and self.deadband_percent is not None:
            raise ValueError("give deadband or deadband_percent, not both")
        return self

    def build(self, context: SourceContext) -> "OpcUaSource":
        """The source; nothing is opened yet."""
        from ingest.opcua import OpcUaSource

        return OpcUaSource(self, context)
