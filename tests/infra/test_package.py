"""infra.package: what goes into the archive, and what must not be deployed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.template import ROOT

PINS = ["boto3==1.44.5", "python-dateutil==2.9.0.post0"]
FETCHED = ["boto3-1.44.5.dist-info/METADATA", "python_dateutil-2.9.0.post0.dist-info/METADATA"]


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for name in names:
            opened.writestr(name, "x")
    return path


def complete(path: Path, *more: str) -> Path:
    return archive(path, *package._ours(), *FETCHED, *more)


def test_a_complete_archive_has_no_flaws(tmp_path: Path) -> None:
    assert list(package.flaws(complete(tmp_path / "a.zip"), PINS)) == []


def test_a_requirement_that_was_left_out_is_a_flaw(tmp_path: Path) -> None:
    assert list(package.flaws(complete(tmp_path / "a.zip"), [*PINS, "pycurl==7.49"])) == ["pycurl==7.49 is missing"]


def test_a_file_of_ours_that_was_left_out_is_a_flaw(tmp_path: Path) -> None:
    made = archive(tmp_path / "a.zip", *(package._ours() - {"app.py"}), *FETCHED)
    assert list(package.flaws(made, PINS)) == ["app.py is missing"]


def test_templates_are_ours_and_bytecode_is_not() -> None:
    assert "chalicelib/channels/templates/mail.html.j2" in package._ours()
    assert not [name for name in package._ours() if name.endswith(".pyc")]


@pytest.mark.parametrize("name", ["tests/conftest.py", "infra/deploy.py"])
def test_what_only_this_machine_needs_is_a_flaw(tmp_path: Path, name: str) -> None:
    assert list(package.flaws(complete(tmp_path / "a.zip", name), PINS)) == [f"{name} does not belong there"]


def test_an_archive_beyond_the_limits_of_lambda_is_a_flaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "UNPACKED_LIMIT", 10)
    (flaw,) = package.flaws(complete(tmp_path / "a.zip"), PINS)
    assert flaw.startswith("too large for Lambda")


def test_a_handler_outside_app_py_is_named() -> None:
    handlers = {"Good": "app.sweep_due", "Bad": "chalicelib.sweep.run"}
    resources = {name: {"Properties": {"Handler": handler}} for name, handler in handlers.items()}
    found = package.wrong_handlers({"Resources": {**resources, "Table": {"Type": "AWS::DynamoDB::Table"}}})
    assert list(found) == ["Bad: the handler chalicelib.sweep.run is not in app.py"]


def test_a_python_that_lambda_does_not_run_well_or_at_all_is_refused() -> None:
    with pytest.raises(package.CannotPackage, match=r"Python 3\.12 or newer is needed to package, this is 3\.11"):
        package.require_python((3, 11), "python3.11")
    with pytest.raises(
        package.CannotPackage, match=r"newest runtime of Lambda that Chalice knows is python3\.15, this is Python 3\.16"
    ):
        package.require_python((3, 16), "python3.15")
    package.require_python((3, 12), "python3.12")


def test_apprise_is_packaged_where_it_is_asked_for() -> None:
    plain, more = set(package._pins(package.PLAIN)), set(package._pins(package.WITH_APPRISE))
    assert plain < more
    assert {pin.partition("==")[0] for pin in more - plain} >= {"apprise", "requests"}
    packager = object.__new__(package._Packager)
    hashes = []
    for requirements in (package.PLAIN, package.WITH_APPRISE):
        packager.requirements = requirements
        hashes.append(packager._hash_project_dir(packager._get_requirements_filename("elsewhere")))
    assert len(set(hashes)) == 2, "what was fetched for one would be taken for the other"


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Chalice keeps of an earlier run: the requirements, with an older version of the application."""
    kept = archive(tmp_path / "kept.zip", *FETCHED, "app.py", "chalicelib/gone.py")
    monkeypatch.setattr(package, "OLDEST", (3, 0))
    monkeypatch.setattr(package, "merged", lambda stage: {"Resources": {}, "Description": stage})
    monkeypatch.setattr("infra.place.cut", lambda template, _settings: template)
    monkeypatch.setattr(package, "_pins", lambda _requirements: PINS)
    monkeypatch.setattr(package._Packager, "create_deployment_package", lambda *_: str(kept))
    return kept


@pytest.mark.usefixtures("fetched")
def test_the_package_has_the_application_as_it_is_now(tmp_path: Path) -> None:
    package.build("blue", tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "deployment.zip") as opened:
        names = set(opened.namelist())
        assert opened.read("app.py") == (ROOT / "app.py").read_bytes()
    sources = {name for name in names if not name.endswith(".pyc")}
    assert sources == package._ours() | {*FETCHED, "chalice/app.py", "chalice/__init__.py"}
    assert json.loads((tmp_path / "out" / "sam.json").read_text())["Description"] == "blue"


@pytest.mark.usefixtures("fetched")
def test_an_unchanged_application_makes_the_same_archive(tmp_path: Path) -> None:
    archives = []
    for name in ("one", "two"):
        package.build("blue", tmp_path / name)
        archives.append((tmp_path / name / "deployment.zip").read_bytes())
    assert archives[0] == archives[1]


def test_a_bad_archive_is_neither_deployed_nor_kept(
    tmp_path: Path, fetched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_pins", lambda _requirements: ["pycurl==7.49"])
    with pytest.raises(package.CannotPackage, match="pycurl"):
        package.build("blue", tmp_path / "out")
    assert not fetched.exists()
    assert not (tmp_path / "out" / "sam.json").exists()
