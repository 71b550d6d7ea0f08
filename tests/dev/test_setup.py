"""What is set up once stays set up: packages by the digest of their file, fonts by their age."""

import subprocess
from pathlib import Path

import pytest

from dev import fonts, install


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "BASE_DIR", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(subprocess, "call", lambda command: 0)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements").mkdir()
    for name in ("run", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1")
    return tmp_path


def test_packages_are_installed_until_their_file_changes(checkout: Path) -> None:
    assert not install.is_installed("run")
    install.install("run")
    assert install.is_installed("run")
    assert not install.is_installed("test")
    (checkout / "requirements" / "run.txt").write_text("run==2")
    assert not install.is_installed("run")


@pytest.mark.usefixtures("checkout")
def test_who_has_the_tests_packages_can_run() -> None:
    install.install("test")
    assert install.is_installed("run")


@pytest.mark.usefixtures("checkout")
def test_a_failed_installation_is_not_taken_for_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "call", lambda command: 1)
    with pytest.raises(SystemExit, match="pip says why above"):
        install.install("run")
    assert not install.is_installed("run")


def test_fonts_are_cut_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    fonts.main()
    made = {file.name: file.stat() for file in (tmp_path / "fonts" / "console").iterdir()}
    assert made.keys() == {"geist.woff2", "geist-mono.woff2"}
    assert 10_000 < sum(file.st_size for file in made.values()) < 30_000
    fonts.main()
    assert {file.name: file.stat() for file in (tmp_path / "fonts" / "console").iterdir()} == made


def test_without_the_font_packages_set_up_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setattr(fonts, "FACES", {"geist.woff2": fonts.Face("no_such_font", "x.ttf", fonts.CODE, (400, 400))})
    fonts.main()
    assert capsys.readouterr().out == (
        "Fonts were not made (the package no_such_font is not installed); pages use the system's fonts.\n"
    )
