from pathlib import Path
from typing import Any

import pytest

from llama_console import bundles


@pytest.fixture
def sources(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "css/tokens.css": "tokens",
        "css/sans.css": "face",
        "js/a.js": "one()",
        "js/b.js": "two()",
    }.items():
        path = tmp_path / "static" / "console" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "static" / "console" / "icon.svg").write_text("icon")
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATIC_ROOT = tmp_path / "root"
    monkeypatch.setattr(bundles, "BUNDLES", {"page.css": ("sans", "tokens", "sans"), "page.js": ("b", "a")})
    return tmp_path


def test_components_are_joined_once_and_in_order(sources: Path) -> None:
    assert bundles.join("page.js") == "{\ntwo()\n}\n{\none()\n}"


def test_a_face_is_left_out_until_its_font_exists(sources: Path) -> None:
    assert bundles.join("page.css") == "tokens"
    (sources / "static" / "console" / "geist.woff2").touch()
    assert bundles.join("page.css") == "face\ntokens"


def test_bundles_are_collected_in_place_of_their_components(sources: Path) -> None:
    finder = bundles.BundleFinder()
    assert {path for path, _ in finder.list(None)} == {"console/icon.svg", "console/page.css", "console/page.js"}
    assert Path(finder.find("console/page.css")).read_text() == "tokens"
    assert finder.find("console/icon.svg") == str(sources / "static" / "console" / "icon.svg")


def test_every_bundle_names_components_that_exist() -> None:
    assert all(bundles.join(bundle) for bundle in bundles.BUNDLES)
