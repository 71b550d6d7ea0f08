"""Cuts Geist and Geist Mono down to what the pages use: 25 KB of woff2 in var/fonts, from PyPI packages.

Pages fall back to the system's fonts, so a failure here is one line and never the end of a run.
"""

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from dev.environment import var_dir

# Latin, and the signs the interface draws: dashes, quotes, bullet, ellipsis, euro, arrows, minus, ⌘, ⇧.
TEXT = "U+20-7E,U+A0-17F,U+2013,U+2014,U+2018-201D,U+2022,U+2026,U+20AC,U+2190-2193,U+2212,U+2318,U+21E7"
CODE = "U+20-7E,U+2026"


@dataclass(frozen=True, slots=True)
class Face:
    package: str
    path: str
    unicodes: str
    weights: tuple[int, int]  # a face that has more weights than pages use weighs more


FACES = {
    "geist.woff2": Face("fontpkg_geist", "files/Geist[wght].ttf", TEXT, (400, 600)),
    "geist-mono.woff2": Face("fontpkg_geist_mono", "files/GeistMono[wght].ttf", CODE, (400, 400)),
}
FEATURES = "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,zero"


def source(package: str, path: str) -> Path:
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        raise FileNotFoundError(f"the package {package} is not installed")
    return Path(found.origin).parent / path


def is_current(target: Path, original: Path) -> bool:
    newest = max(original.stat().st_mtime, Path(__file__).stat().st_mtime)
    return target.is_file() and target.stat().st_mtime >= newest


def subset(original: Path, target: Path, face: Face) -> None:
    # Slow to import, and not needed on most runs.
    fonttools = importlib.import_module("fontTools.subset")
    ttlib = importlib.import_module("fontTools.ttLib")
    instancer = importlib.import_module("fontTools.varLib.instancer")
    lightest, boldest = face.weights
    weights = lightest if lightest == boldest else face.weights
    unfinished, narrowed = target.with_suffix(".part"), target.with_suffix(".ttf")
    instancer.instantiateVariableFont(ttlib.TTFont(original), {"wght": weights}).save(narrowed)
    options = [f"--unicodes={face.unicodes}", f"--layout-features={FEATURES}", "--flavor=woff2", "--drop-tables+=meta"]
    fonttools.main([str(narrowed), *options, f"--output-file={unfinished}"])
    narrowed.unlink()
    unfinished.replace(target)


def main() -> None:
    folder = var_dir() / "fonts" / "console"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, face in FACES.items():
            original = source(face.package, face.path)
            if not is_current(folder / name, original):
                subset(original, folder / name, face)
    except Exception as error:  # whatever it is, the pages do without
        print(f"Fonts were not made ({error}); pages use the system's fonts.")


if __name__ == "__main__":
    main()
