"""A rendered page as its reader meets it: elements, their attributes and their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}
BLOCKS = {"p", "li", "figcaption", "th", "td", "dd", "dt", "h1", "h2", "h3", "caption", "summary"}


@dataclass
class Element:
    """An element, and what it holds in order: elements and texts."""

    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, blanks collapsed and no-break spaces made plain."""
        inner = "".join(c if isinstance(c, str) else c.text for c in self.children)
        return re.sub(r"\s+", " ", inner) if self.name not in BLOCKS else f" {inner.strip()} "

    def all(self, *names: str) -> Iterator[Element]:
        """Yield every element inside of one of these names, or of any."""
        for child in self.children:
            if isinstance(child, Element):
                if not names or child.name in names:
                    yield child
                yield from child.all(*names)

    def one(self, identifier: str) -> Element:
        """Find the element of this id."""
        return next(e for e in self.all() if e.attributes.get("id") == identifier)

    def of_class(self, name: str) -> list[Element]:
        """Elements that carry this class."""
        return [e for e in self.all() if name in e.attributes.get("class", "").split()]

    def within(self, *names: str) -> bool:
        """Whether the element stands inside one of these names."""
        return self.parent is not None and (self.parent.name in names or self.parent.within(*names))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {k: v or "" for k, v in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        assert self.at.name == tag, f"</{tag}> closes <{self.at.name}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def parse(html: str) -> Element:
    """Read a page; fails where its elements do not nest."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.name}> is never closed"
    return reader.root


def plain(text: str) -> str:
    """Make no-break spaces plain, as a reader's eye does."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def sentences(page: Element) -> Iterator[str]:
    """Sentences that a reader meets, block by block."""
    for block in page.all(*BLOCKS):
        if not any(True for _ in block.all(*BLOCKS)):
            yield from re.split(r"(?<=[.!?])\s+", plain(block.text))
