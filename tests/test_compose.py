"""What docker-compose.yml, the image and .env.example promise to those who run Foretell."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy import URL, make_url

from twin.historian.connection import open_engine
from twin.settings import Settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("migrate", "api", "ingest", "worker", "grafana-push")
RESTART = {"migrate": "on-failure", "grafana-role": "on-failure", "grafana-push": "no"}
"""Of those that end; whatever a push leaves alone, it leaves alone again."""
EXAMPLE = (ROOT / ".env.example").read_text()
REQUIRED = {
    "FORETELL_API_KEY",
    "FORETELL_DB_PASSWORD",
    "FORETELL_GRAFANA_DB_PASSWORD",
    "GRAFANA_ADMIN_PASSWORD",
    "FORETELL_ALERT_SECRET",
}
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()


def variables(text):
    """(name, what follows it) of every ${…} in the file."""
    return dict(re.findall(r"\$\{(\w+)(:[?-][^}]*)?\}", text))


def published(service):
    return SERVICES[service].get("ports", [])


def test_the_services_of_the_house_are_there():
    assert {"timescaledb", "vllm", "grafana", "api", "ingest", "worker"} <= set(SERVICES)


def test_no_secret_has_a_default_and_without_it_nothing_starts():
    secrets = {name: rest for name, rest in variables(TEXT).items() if re.search(r"PASSWORD|SECRET|API_KEY", name)}
    required = {name for name, rest in secrets.items() if rest.startswith(":?")}
    assert required == REQUIRED
    assert {name: secrets[name] for name in set(secrets) - required} == {"FORETELL_LLM_API_KEY": ":-"}


def test_no_password_stands_in_the_file():
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|API_KEY|TOKEN", key):
                assert value is None or str(value).startswith("${"), (name, key)


def test_only_api_and_grafana_are_published_and_only_on_this_machine():
    assert {name for name in SERVICES if published(name)} == {"api", "grafana"}
    for name in ("api", "grafana"):
        assert all(re.match(r"\$\{\w+_PUBLISH_ADDRESS:-127\.0\.0\.1\}:", port) for port in published(name))


def test_the_store_is_reached_from_inside_only():
    assert COMPOSE["networks"]["store"] == {"internal": True}
    assert SERVICES["timescaledb"]["networks"] == ["store"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_or_is_one_shot(name):
    service = SERVICES[name]
    assert ("healthcheck" in service) != (name in RESTART)
    assert service["restart"] == RESTART.get(name, "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name):
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert re.search(r"\d+\.\d+", tag), f"{name}: {tag}"
    assert "latest" not in tag


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nothing_but_their_state(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["state:/var/lib/foretell"]


def test_everything_waits_for_the_schema_and_the_schema_for_the_store():
    assert SERVICES["migrate"]["depends_on"] == {"timescaledb": {"condition": "service_healthy"}}
    for name in ("api", "ingest", "worker", "grafana-role"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_without_a_gpu_the_language_model_is_left_out_and_nothing_waits_for_it():
    assert SERVICES["vllm"]["profiles"] == ["gpu"]
    assert [name for name in SERVICES if "gpu" in SERVICES[name].get("profiles", ())] == ["vllm"]
    assert not [name for name in SERVICES if "vllm" in SERVICES[name].get("depends_on", {})]


def test_nothing_is_pushed_anywhere_unless_asked_for():
    assert SERVICES["grafana-push"]["profiles"] == ["push"]
    assert not [name for name in SERVICES if "grafana-push" in SERVICES[name].get("depends_on", {})]


def test_grafana_sends_its_alerts_to_the_api_under_a_secret_that_both_know():
    sender, taker = SERVICES["grafana"]["environment"], SERVICES["api"]["environment"]
    assert sender["FORETELL_ALERT_SECRET"] == taker["FORETELL_ALERT_SECRET"]
    assert sender["FORETELL_ALERT_URL"] == "http://api:8600/v1/alerts/grafana"
    assert set(SERVICES["grafana"]["networks"]) & set(SERVICES["api"]["networks"])
    files = [yaml.safe_load(path.read_text()) for path in (ROOT / "dashboards/provisioning/alerting").glob("*.yaml")]
    assert set(re.findall(r"\$(FORETELL_\w+)", str(files))) <= set(sender)


def test_what_must_last_is_in_named_volumes():
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) == {name for name in named if not name.startswith((".", "$", "/"))}


def test_every_path_that_is_mounted_is_in_the_repository():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), volume


def test_settings_passed_on_are_settings_of_foretell():
    known = {f"FORETELL_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        passed = {key for key in SERVICES[name]["environment"] if key.startswith("FORETELL_")}
        assert passed <= known, name


def test_the_example_names_every_variable_and_fills_in_no_secret():
    named = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    passed = {
        key for service in SERVICES.values() for key, value in service.get("environment", {}).items() if value is None
    }
    assert set(named) == (set(variables(TEXT)) | passed) - {"FORETELL_VERSION"}
    assert {name for name, value in named.items() if not value and f"\n{name}=" in EXAMPLE} == REQUIRED


def test_the_image_runs_as_an_ordinary_user():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_the_image_holds_the_wheel_and_no_source_tree():
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^COPY .*$", final, re.MULTILINE) == ["COPY --from=build /opt/foretell /opt/foretell"]
    assert "--editable" not in DOCKERFILE


def test_torch_is_installed_first_and_everything_from_the_constraints():
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert "^torch==" in installs[0]
    assert all("constraints.txt" in line for line in installs)


def test_docker_compose_itself_accepts_the_file(tmp_path):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}=given\n" for name in REQUIRED))
    command = [docker, "compose", "--profile", "*", "--env-file", str(env_file), "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.integration
def test_a_password_with_any_signs_reaches_the_database_by_the_environment(postgres_url, monkeypatch):
    url = make_url(postgres_url)
    monkeypatch.setenv("PGPASSWORD", str(url.password))
    without = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
    engine = open_engine(without.render_as_string())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar() == url.username
    engine.dispose()
    assert "@" in SERVICES["api"]["environment"]["FORETELL_DATABASE_URL"]
    assert ":" not in SERVICES["api"]["environment"]["FORETELL_DATABASE_URL"].split("@")[0].removeprefix(
        "postgresql:"
    )
