"""How to reach an MQTT broker: what the sources that speak MQTT have in common."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ingest.source_config import SourceConfig
from twin.duration import Duration

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class BrokerConfig(SourceConfig):
    """How to reach a broker."""

    url: str = Field(description="mqtt://host[:port], or mqtts://host[:port] for TLS")
    protocol: Literal["5", "3.1.1"] = "5"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = Field(default=None, description="Certificates to trust, PEM; without it the system's own")
    certificate: Path | None = Field(default=None, description="Our certificate, PEM, for brokers that ask for one")
    key: Path | None = Field(default=None, description="Its private key, PEM")
    client_id: str | None = Field(default=None, min_length=1, description="Unique at the broker, the same every time")
    keep_alive: Duration = Field(default=timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(hours=18))
    session_expiry: Duration = Field(
        default=timedelta(days=7), le=timedelta(days=3650), description="How long the broker keeps our session"
    )
    receive_maximum: int = Field(default=20_000, ge=1, le=65_535, description="Messages not yet acknowledged, MQTT 5")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise ValueError("a broker such as mqtt://host:1883 or mqtts://host:8883")
        if parts.username or parts.password:
            raise ValueError("no user in the URL: username and password have fields of their own")
        if parts.port == 0:
            raise ValueError("a port from 1 to 65535")
        return url

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        given = [name for name in ("ca_file", "certificate", "key") if getattr(self, name) is not None]
        if given and not self.url.startswith("mqtts:"):
            raise ValueError(f"{given[0]} needs a URL that begins with mqtts://")
        if self.key is not None and self.certificate is None:
            raise ValueError("key needs the certificate that it belongs to")
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or _PORTS[parts.scheme]
