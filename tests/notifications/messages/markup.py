"""A letter's HTML, read strictly: as a tree, with the colours that a mail program would give it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "br", "img", "link", "hr", "input"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, tag: str) -> list["Node"]:
        return [node for node in self.walk() if node.tag == tag]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class _Reader(HTMLParser):
    """Refuses what browsers forgive: a tag that is not closed, or closed twice, or an attribute given twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.at = self.root = Node("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"an attribute twice in {tag}"
        node = Node(tag, attributes, self.at)
        self.at.children.append(node)
        if tag not in _VOID:
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"{tag} is closed inside {self.at.tag}"
        assert self.at.parent
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(Node("#text", {}, self.at, text=data))


def parse(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root, f"{reader.at.tag} is not closed"
    return reader.root


def shown(root: Node) -> Iterator[Node]:
    """Return the texts that people see."""
    for node in root.walk():
        if node.tag == "#text" and node.text.strip() and not any(_is_hidden(each) for each in _up(node)):
            yield node


def contrast(text: Node, *, dark: bool) -> float:
    """Return the contrast of a text and its ground, as WCAG 2 counts it."""
    root = list(_up(text))[-1]
    rules = _dark_rules(root) if dark else {}
    color = next(found for node in _up(text) if (found := _style(node, rules).get("color")))
    ground = next(found for node in _up(text) if (found := _style(node, rules).get("background")))
    light, shade = sorted((_luminance(color), _luminance(ground)), reverse=True)
    return (light + 0.05) / (shade + 0.05)


def _up(node: Node | None) -> Iterator[Node]:
    while node:
        yield node
        node = node.parent


def _is_hidden(node: Node) -> bool:
    return node.tag in {"style", "title"} or "display:none" in node.attributes.get("style", "")


def _style(node: Node, rules: dict[str, dict[str, str]]) -> dict[str, str]:
    style = _declarations(node.attributes.get("style", ""))
    for selector, declarations in rules.items():
        if _matches(node, selector):
            style |= declarations
    return style


def _matches(node: Node, selector: str) -> bool:
    """Know the selectors of a letter: .class, a.class, and .class a."""
    outer, _, last = selector.rpartition(" ")
    tag, _, name = last.partition(".")
    if (tag and node.tag != tag) or (name and name not in node.classes):
        return False
    return not outer or any(_matches(each, outer) for each in list(_up(node))[1:])


def _dark_rules(root: Node) -> dict[str, dict[str, str]]:
    css = root.find("style")[0].children[0].text
    block = css.split("@media (prefers-color-scheme:dark){")[1]
    return {
        selector: _declarations(body.replace("!important", ""))
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block)
        for selector in selectors.split(",")
    }


def _declarations(style: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in style.split(";") if each)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
