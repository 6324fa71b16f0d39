"""The house holds: imports point left, each heavy dependency has one door, the API stays light."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("profiles", "tagging", "recommender", "jobs", "api")

# package -> what it may import of ours
ARROWS = {
    "profiles": {"profiles"},
    "tagging": {"profiles", "tagging"},
    "recommender": {"profiles", "tagging", "recommender"},
    "jobs": {"profiles", "tagging", "recommender", "jobs"},
    "api": {"profiles", "recommender", "api"},
}

# module -> the files that may import it; a folder ends with a slash
DOORS = {
    "lightfm": {"recommender/model.py"},
    "sklearn": {"recommender/regression.py", "tagging/learning.py"},
    "redis": {"recommender/store/"},
    "great_expectations": {"profiles/gate/expectations/"},
    "hmac": {"profiles/identity/keys.py"},
    "cryptography": {"profiles/identity/keys.py"},
    "rdflib": {"recommender/cpsv/"},
    "splink": {"profiles/linkage/match.py"},
    "duckdb": {"tagging/", "profiles/linkage/match.py"},
    "sqlglot": {"tagging/"},
    "pyspark": {"profiles/", "tagging/", "jobs/"},
    "fastapi": {"api/"},
    "httpx": {"api/client.py"},
    "smtplib": {"jobs/carriers/mail.py"},
    "urllib3": {"jobs/carriers/webhook.py"},
    "standardwebhooks": {"jobs/carriers/webhook.py"},
    "apprise": {"jobs/carriers/chat.py"},
}


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Every module name that the file imports, anywhere in it, in full."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the arrows"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_left(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert (tops(path) & set(PACKAGES)) <= ARROWS[package]


@pytest.mark.parametrize("heavy", DOORS)
def test_each_heavy_dependency_has_one_door(heavy: str) -> None:
    users = {str(path.relative_to(ROOT)) for path in modules() if heavy in tops(path)}
    strangers = {user for user in users if not any(user == door or _inside(user, door) for door in DOORS[heavy])}
    assert strangers == set()
    assert users, f"nothing imports {heavy}: the door is in the wrong place"


def _inside(user: str, door: str) -> bool:
    return door.endswith("/") and user.startswith(door)


def test_spark_sessions_are_made_in_one_file() -> None:
    makers = [str(path.relative_to(ROOT)) for path in modules() if "SparkSession.builder" in path.read_text()]
    assert makers == ["jobs/session.py"]


def test_the_api_loads_none_of_the_heavy_libraries() -> None:
    probe = "import api.app, sys, json; print(json.dumps(sorted(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in json.loads(said.stdout)}
    heavy = {"pyspark", "lightfm", "sklearn", "great_expectations", "duckdb", "pandas", "sqlglot"}
    assert loaded & heavy == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_every_package_is_installed() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    assert listed == {".".join(path.relative_to(ROOT).parent.parts) for path in modules() if path.name == "__init__.py"}


def test_the_repository_names_no_registry_and_no_machine_path() -> None:
    listing = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    words = ("pypi" + ".org", "files.python" + "hosted", "/work" + "/main", "--index" + "-url", "index-url" + " =")
    for name in listing.splitlines():
        path = ROOT / name
        if path.is_file():
            text = path.read_text(errors="replace")
            assert not [word for word in words if word in text], name
