"""The four files of pinned requirements install in a year as they do today: alone, with the pip that Python brings,
whatever was published since.

Until release 23.3 pip takes `coverage` and `coverage[toml]` for two things: where a package asks for the second and
only the first is pinned, it looks for the newest release and refuses that for want of a hash. So each line bears the
extras that are asked of it, and nothing is left for pip to choose.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-s3.txt", "requirements-sso.txt")
OLDEST, NEWEST = (3, 11), (3, 14)  # as the README says
MACHINES = (
    {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
)
ENVIRONMENTS = [
    default_environment() | machine | {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0"}
    for machine in MACHINES
    for minor in range(OLDEST[1], NEWEST[1] + 1)
]
PYTHONS = list(
    dict.fromkeys(
        os.path.realpath(path) for path in (sys._base_executable, "/usr/bin/python3.11") if Path(path).exists()
    )
)


def pins(lock: str) -> list[Requirement]:
    """The lines of a lock without their hashes."""
    return [Requirement(line.rstrip(" \\")) for line in lock.splitlines() if re.match(r"\w", line)]


def asked(name: str) -> Iterator[Requirement]:
    """What a requirements*.in asks for, with the files that it names."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from asked(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            yield Requirement(line)


@cache
def needs(name: str, version: str = "") -> tuple[Requirement, ...] | None:
    """What an installed package (of that version) asks for; None where it isn't installed here."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return tuple(Requirement(one) for one in found.requires or ()) if version in {"", found.version} else None


def pinned(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "==", pin
    return only.version


def applies(
    requirement: Requirement, environment: dict[str, str], extras: set[str] | frozenset[str] = frozenset()
) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate(environment | {"extra": extra}) for extra in ("", *extras)
    )


def faults(lock: str, wanted: list[Requirement], environment: dict[str, str]) -> list[str]:
    """What the lock leaves to be chosen on a machine: a package, a version or an extra that is asked for and not
    pinned.
    """
    lines = [pin for pin in pins(lock) if applies(pin, environment)]
    here = {canonicalize_name(pin.name): pin for pin in lines}
    found = [f"two lines: {pin.name}" for pin in lines if here[canonicalize_name(pin.name)] is not pin]
    todo = [("the .in file", one) for one in wanted if applies(one, environment)]
    todo += [
        (pin.name, one)
        for pin in lines
        for one in needs(pin.name, pinned(pin)) or ()
        if applies(one, environment, pin.extras)
    ]
    for asker, one in todo:
        pin = here.get(canonicalize_name(one.name))
        if pin is None:
            found.append(f"{asker} asks for {one}: no line")
        elif not one.specifier.contains(pinned(pin), prereleases=True) or not one.extras <= pin.extras:
            found.append(f"{asker} asks for {one}: {pin}")
    return found


def without_extras(lock: str) -> str:
    return re.sub(r"(?m)^([\w.-]+)\[[^\]]*\]", r"\1", lock)


@pytest.fixture(params=LOCKS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- by what the packages say of themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    ENVIRONMENTS,
    ids=lambda one: f"{one['sys_platform']}-{one['platform_machine']}-{one['python_version']}",
)
def test_a_lock_pins_all_that_is_asked_for_with_its_extras(name, lock, environment):
    assert faults(lock, list(asked(name.replace(".txt", ".in"))), environment) == []


def test_all_that_applies_here_is_installed_as_it_is_pinned():
    """So that the test above knows what asks for what."""
    lines = pins((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))
    assert [
        str(pin) for pin in lines if applies(pin, default_environment()) and needs(pin.name, pinned(pin)) is None
    ] == []


def test_the_four_locks_pin_the_same_versions():
    known = {str(pin) for pin in pins((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))}
    assert {
        name: found
        for name in LOCKS
        if (found := {str(pin) for pin in pins((ROOT / name).read_text(encoding="utf-8"))} - known)
    } == {}


def test_a_missing_line_version_or_extra_is_noticed():
    """The negative control of the first test."""
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    wanted = list(asked("requirements-dev.in"))
    found = faults(without_extras(lock), wanted, default_environment())
    assert {fault.partition(" asks for ")[0] for fault in found} >= {"the .in file", "pytest-cov"}
    assert any("coverage[toml]" in fault for fault in found)
    assert "jinja2 asks for MarkupSafe>=2.0: no line" in faults(
        lock.replace("markupsafe==", "other=="), wanted, default_environment()
    )
    assert [
        one
        for one in faults(lock.replace("pluggy==1", "pluggy==0"), wanted, default_environment())
        if one.startswith("pytest asks for pluggy")
    ]


# --- by the pip that Python brings, and an index where everything is newer --------------------------------------------


def wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel without content, which says of itself what the installed package says."""
    try:
        told = distribution(name).metadata
        own = [
            (key, value)
            for key in ("Requires-Python", "Requires-Dist", "Provides-Extra")
            for value in told.get_all(key, [])
        ]
    except PackageNotFoundError:
        own = []
    stem = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    metadata = "".join(
        f"{key}: {value}\n" for key, value in [("Metadata-Version", "2.1"), ("Name", name), ("Version", version), *own]
    )
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{stem}.dist-info/METADATA", metadata)
        file.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{stem}.dist-info/RECORD", "")
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An index with every pinned release, a later one of the same version and the next great one; and the hashes of the
    pinned ones.
    """
    folder = tmp_path_factory.mktemp("index")
    hashes: dict[str, str] = {}
    for pin in pins((ROOT / "requirements-dev.txt").read_text(encoding="utf-8")):
        project = folder / canonicalize_name(pin.name)
        project.mkdir(exist_ok=True)
        version = Version(pinned(pin))
        links = []
        for release in (pinned(pin), f"{version.public}.post999", f"{version.major + 1}.0"):
            made = wheel(project, pin.name, release)
            digest = hashlib.sha256(made.read_bytes()).hexdigest()
            hashes.setdefault(f"{pin.name}=={release}", digest)
            links.append(f'<a href="{made.name}#sha256={digest}">{made.name}</a>')
        with (project / "index.html").open("a", encoding="utf-8") as page:
            page.write("\n".join(links))
    return folder, hashes


@pytest.fixture(scope="module", params=PYTHONS)
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Version]:
    """A fresh .venv's Python with the pip that came with it."""
    folder = tmp_path_factory.mktemp("venv")
    made = subprocess.run([request.param, "-m", "venv", str(folder)], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"{request.param} makes no .venv here: {made.stdout.strip()[:200]}")
    python = folder / "bin" / "python"
    told = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True, check=True).stdout
    return python, Version(told.split()[1])


def install(python: Path, lock: str, index: tuple[Path, dict[str, str]], folder: Path) -> tuple[dict[str, str], str]:
    """What pip would install of a lock, and why it would not."""
    address, hashes = index
    copy, report = folder / "lock.txt", folder / "report.json"
    copy.write_text(
        "".join(f"{pin} --hash=sha256:{hashes[f'{pin.name}=={pinned(pin)}']}\n" for pin in pins(lock)), encoding="utf-8"
    )
    options = [
        "--dry-run",
        "--quiet",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    ran = subprocess.run(
        [python, "-m", "pip", "install", *options, "--index-url", address.as_uri(), "--report", report, "-r", copy],
        env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        | {"PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {}, ran.stderr
    chosen = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {canonicalize_name(one["metadata"]["name"]): one["metadata"]["version"] for one in chosen}, ""


def environment_of(python: Path) -> dict[str, str]:
    program = "import platform; print(platform.python_version())"
    full = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    return default_environment() | {"python_version": ".".join(full.split(".")[:2]), "python_full_version": full}


def test_pip_installs_a_lock_though_all_of_it_was_published_anew(lock, index, brought, tmp_path):
    chosen, refused = install(brought[0], lock, index, tmp_path)
    assert refused == ""
    assert chosen == {
        canonicalize_name(pin.name): pinned(pin) for pin in pins(lock) if applies(pin, environment_of(brought[0]))
    }


def test_pip_refuses_a_lock_that_leaves_a_choice(index, brought, tmp_path):
    """The negative control of the test above: without the extras, for the releases of pip that mind, and without a
    line, for all.
    """
    (python, release), lock = brought, (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    _, refused = install(python, without_extras(lock), index, tmp_path)
    assert ("coverage[toml]" in refused) == (release < Version("23.3")), refused
    _, refused = install(python, lock.replace("markupsafe==", "# markupsafe=="), index, tmp_path)
    assert "markupsafe" in refused.lower()
