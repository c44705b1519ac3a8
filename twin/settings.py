"""One place for every setting, read from the environment (prefix FORETELL_) or a .env file."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from twin.duration import Duration


class Settings(BaseSettings):
    """Built once per process, in the composition root."""

    model_config = SettingsConfigDict(
        env_prefix="FORETELL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: str | None = Field(
        default=None, description="postgresql://… of the historian; without it Foretell runs its own Postgres"
    )
    data_dir: Path = Field(default=Path(".foretell"), description="Where the embedded Postgres and the demo live")
    plant_file: Path | None = Field(default=None, description="plant.yaml; without it the demo plant's")
    ingest_file: Path | None = Field(
        default=None, description="ingest.yaml with the sources; without it the demo plant feeds its own plant file"
    )
    checkpoint: Path | None = Field(
        default=None, description="World model's file; without it the champion of the registry answers"
    )
    models_dir: Path | None = Field(
        default=None, description="Registry of world models; without it `models` in FORETELL_DATA_DIR"
    )
    retrain_every: Duration | None = Field(
        default=None, description="Train a challenger so often, for example 7d, and promote it if it passes the gate"
    )
    device: Literal["cpu", "cuda", "auto"] = Field(
        default="cpu", description="Where what-ifs are rolled out: cpu, cuda, or auto (cuda if there is one)"
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on")
    port: int = Field(
        default=8600,
        ge=1,
        le=65533,
        description="Port of the API and the console; `up ingest` listens one above it, `up worker` two",
    )
    url: str | None = Field(
        default=None, description="Address of the Foretell that the command line asks; without it the local one"
    )
    api_key: SecretStr | None = Field(default=None, description="Key that every request must carry")
    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible server, for example vLLM")
    llm_model: str | None = Field(default=None, description="Model name on that server; without it the first served")
    llm_api_key: SecretStr | None = Field(default=None, description="Key of that server")
    llm_timeout_s: float = Field(default=30.0, gt=0, description="Longest wait for the language model, seconds")
    false_alarms_per_week: float = Field(
        default=1.0, gt=0, description="False-alarm budget that sets the detection threshold"
    )
    max_horizon_h: float = Field(default=24.0, gt=0, description="Longest what-if horizon accepted, hours")
    grafana_url: str | None = Field(
        default=None, description="Address of the Grafana that answers link to, for example http://localhost:3000"
    )
    grafana_token: SecretStr | None = Field(
        default=None, description="Token of a service account of that Grafana, for `foretell dashboards push`"
    )
    grafana_db_host: str | None = Field(
        default=None, description="The historian's database as Grafana reaches it, host:port; without it none is made"
    )
    grafana_db_name: str = Field(default="foretell", description="Its name")
    grafana_db_user: str = Field(default="foretell_grafana", description="The role that dashboards/reader.sql makes")
    grafana_db_password: SecretStr | None = Field(default=None, description="That role's password")
    grafana_db_sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = Field(
        default="verify-full", description="How Grafana trusts it: disable, require, verify-ca, verify-full"
    )
    console_url: str = Field(
        default="http://127.0.0.1:8600", description="The console as people reach it, for links from Grafana"
    )
    alert_url: str | None = Field(
        default=None, description="/v1/alerts/grafana as Grafana reaches it; without it at FORETELL_CONSOLE_URL"
    )
    alert_secret: SecretStr | None = Field(
        default=None, description="Secret under which Grafana signs its alerts; without it none are taken"
    )
    reports_dir: Path | None = Field(
        default=None, description="Where the report of every shift is written once it is over; without it none is"
    )
    report_formats: tuple[Literal["md", "html", "pdf"], ...] = Field(
        default=("md", "html"), description='Forms of those reports, for example ["md", "html", "pdf"]'
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Log level")
