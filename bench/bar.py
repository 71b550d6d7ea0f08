"""A bar: one measured figure and what it has to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    bench: str
    figure: float
    unit: str
    bar: float
    at_most: bool = True  # or at least

    @property
    def met(self) -> bool:
        return self.figure <= self.bar if self.at_most else self.figure >= self.bar

    def line(self) -> dict[str, object]:
        relation = "<=" if self.at_most else ">="
        return {
            "bench": self.bench,
            "figure": round(self.figure, 3),
            "unit": self.unit,
            "bar": f"{relation} {self.bar:g}",
            "met": self.met,
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A bar that could not be measured here, and why. It is not met."""

    bench: str
    why: str
    met: bool = False

    def line(self) -> dict[str, object]:
        return {"bench": self.bench, "skipped": self.why, "met": self.met}
