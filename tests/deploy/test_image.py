"""The Dockerfile: what it copies is there and is let through to the builder, and what it makes is whole."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from storage.migrate import SCHEMAS, migrations_of
from tests.deploy.composed import LOCAL, PRODUCTION, ROOT, image, read

FILES = (ROOT / "Dockerfile", ROOT / "deploy/nats/Dockerfile")
PACKAGES = ("actors", "gateway", "health", "messages", "pocketpay", "storage")


def instructions(file: Path) -> list[tuple[str, str]]:
    """Keyword and rest of every line, continued lines joined."""
    joined = file.read_text().replace("\\\n", " ")
    lines = (line for line in joined.splitlines() if line and not line.startswith("#"))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def copied(file: Path) -> list[str]:
    """What is taken from the repository."""
    copies = [rest.split() for keyword, rest in instructions(file) if keyword == "COPY" and "--from=" not in rest]
    return [source for words in copies for source in words[:-1] if not source.startswith("--")]


def let_through() -> Iterator[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines, "whatever is not named stays out"
    yield from (line.removeprefix("!") for line in lines if line.startswith("!"))


@pytest.mark.parametrize("file", FILES, ids=["pocketpay", "nats"])
def test_what_is_copied_is_there(file: Path) -> None:
    missing = [source for source in copied(file) if not (file.parent / source).exists()]
    assert copied(file)
    assert missing == []


def test_exactly_what_is_copied_reaches_the_builder() -> None:
    assert set(let_through()) == set(copied(FILES[0]))
    assert not any(fnmatch(path, "*secret*") or path.startswith("deploy") for path in let_through())


@pytest.mark.parametrize("file", FILES, ids=["pocketpay", "nats"])
def test_it_ends_as_a_user_with_a_number_of_its_own(file: Path) -> None:
    users = [rest for keyword, rest in instructions(file) if keyword == "USER"]
    assert users[-1:] == ["10001:10001"]
    for path in (LOCAL, PRODUCTION):
        for name, service in read(path).services.items():
            if image(service)[0].startswith("pocketpay"):
                assert service["user"] == "10001:10001", name


def test_it_starts_the_command_and_says_nothing_of_health() -> None:
    keywords = dict(instructions(FILES[0]))
    assert keywords["ENTRYPOINT"] == '["pocketpay"]'
    assert "HEALTHCHECK" not in keywords, "compose says how each process is asked"
    assert "CMD" not in keywords


@pytest.mark.parametrize("file", FILES, ids=["pocketpay", "nats"])
def test_its_bases_are_pinned_by_version(file: Path) -> None:
    bases = [rest.split()[0] for keyword, rest in instructions(file) if keyword == "FROM"]
    assert all(re.fullmatch(r"(python:3\.11\.\d+-slim-\w+|nats:\d+\.\d+\.\d+-alpine)", base) for base in bases)
    assert len(set(bases)) == 1


def test_every_package_is_installed_by_its_hash() -> None:
    installs = re.findall(r"pip install [^&]*", (ROOT / "Dockerfile").read_text())
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    for name in ("requirements.txt", "requirements-build.txt"):
        text = (ROOT / name).read_text()
        assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", text)[1:])


def test_what_makes_the_wheel_is_pinned_as_for_development() -> None:
    pins = [
        set(re.findall(r"^[a-z][\w-]*==\S+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements-build.txt", "requirements-dev.txt")
    ]
    assert pins[0] <= pins[1]
    assert any(pin.startswith("hatchling==") for pin in pins[0])


def test_the_wheel_has_all_that_is_not_code_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT)], check=True, timeout=50, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    wanted = {path.relative_to(ROOT).as_posix() for path in ours if "__pycache__" not in path.parts}
    assert wanted <= names
    assert all(f"storage/migrations/{each.name}" in names for schema in SCHEMAS for each in migrations_of(schema))
