"""The wheel holds what the program needs, and an installed copy finds it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).resolve().parents[2]

OPEN_AN_ICON = """
from PySide6.QtSvg import QSvgRenderer
import workstation
from workstation.base.paths import plugins_folder, resource_path
print(workstation.__file__)
print(resource_path("icons", "ruler.svg"))
print(QSvgRenderer(str(resource_path("icons", "ruler.svg"))).isValid())
print(plugins_folder())
"""


def _run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout with what is installed here, without network."""
    out = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out))
    _run(*build, str(CHECKOUT), cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed into it and nothing of the checkout."""
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*pip, "--no-deps", "--no-index", "--target", str(target), str(wheel), cwd=target)
    return target


def test_it_is_the_wheel_of_this_version(wheel: Path) -> None:
    version = subprocess.run(
        [sys.executable, "-c", "import workstation; print(workstation.__version__)"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert wheel.name == f"batson-{version}-py3-none-any.whl"


def test_every_tracked_module_and_resource_is_inside(names: set[str]) -> None:
    tracked = _run("git", "ls-files", "-z", "workstation", "resources", "plugins", cwd=CHECKOUT)
    missing = []
    for name in filter(None, tracked.split("\0")):
        inside = name if name.startswith("workstation/") else f"workstation/_data/{name}"
        if (CHECKOUT / name).is_file() and inside not in names:
            missing.append(name)
    assert missing == []


def test_neither_tests_nor_the_environment_are_inside(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"workstation"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_licenses_travel_with_what_they_cover(names: set[str]) -> None:
    data = "workstation/_data/resources/"
    assert {f"{data}icons/LICENSE", f"{data}fonts/LICENSE-Noto.txt", f"{data}demo/ORIGIN.md"} <= (
        names
    )
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_an_installed_copy_opens_its_own_icon(installed: Path) -> None:
    # -P keeps the working folder, -s the user's packages off the path; the target comes first.
    code = f"import sys; sys.path.insert(0, {str(installed)!r})\n{OPEN_AN_ICON}"
    module, icon, valid, plugins = _run(
        sys.executable, "-P", "-s", "-c", code, cwd=installed
    ).splitlines()
    assert Path(module).is_relative_to(installed)
    assert Path(icon) == installed / "workstation/_data/resources/icons/ruler.svg"
    assert valid == "True"
    assert Path(plugins) == installed / "workstation/_data/plugins"


def test_an_installed_copy_has_the_command(installed: Path) -> None:
    assert (installed / "bin" / "batson").is_file()
