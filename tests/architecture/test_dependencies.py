"""Every dependency has a reason, and both ways to install ask for the same."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.architecture.sources import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
DECLARED = tomllib.loads(PYPROJECT)
CONDA_EXTRAS = {"h5netcdf[h5py]": ["h5py"]}  # conda has no extras: they are packages of their own

REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[.*\])?(?P<bound>.*)")


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name without extras -> version bound."""
    parsed = (REQUIREMENT.fullmatch(requirement) for requirement in requirements)
    return {match["name"]: match["bound"] for match in parsed if match}


def test_conda_and_pip_users_get_the_same_packages() -> None:
    """environment.yml names pyproject's dependencies and its `lab` extra, with the same bounds."""
    project = DECLARED["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["lab"]
    for name, packages in CONDA_EXTRAS.items():
        wanted += packages if any(line.startswith(name) for line in wanted) else []
    wanted += ["pip", f"python{project['requires-python']}"]

    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = [line for line in environment["dependencies"] if isinstance(line, str)]

    assert bounds(named) == bounds(wanted)


def test_every_dependency_has_a_reason() -> None:
    """Each requirement in pyproject.toml stands on its own line, with a comment that says why."""
    project = DECLARED["project"]
    groups = DECLARED["dependency-groups"] | project["optional-dependencies"]
    required = project["dependencies"] + [line for group in groups.values() for line in group]

    reasoned = re.findall(r'^  "([^"]+)", +# \S.*$', PYPROJECT, flags=re.MULTILINE)

    assert not [line for line in required if line not in reasoned]


def test_the_version_managers_pick_a_python_that_works() -> None:
    """The version that pyenv and uv pick in this folder is one that the package allows."""
    chosen = tuple(map(int, (ROOT / ".python-version").read_text(encoding="utf-8").split(".")))
    lowest, highest = re.findall(r"(\d+)\.(\d+)", DECLARED["project"]["requires-python"])

    assert tuple(map(int, lowest)) <= chosen < tuple(map(int, highest))
