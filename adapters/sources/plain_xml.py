"""XML as plain data: no document type, no entities, no network, no unbounded tree.

It decides which documents are read at all; what their elements mean is the wire modules' business.
"""

from __future__ import annotations

import re
from typing import Any, cast

from lxml import etree

from bot.errors import SourceGarbled

MOST_TAGS = 400_000
"""Marks of tags in one document; arXiv's largest feed (2,000 entries) has about 80,000."""

# XML 1.0 has no such characters; one of them in one abstract must not cost the whole page.
_CONTROLS = bytes(c for c in range(0x20) if c not in b"\t\n\r")
_BLANKS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_FIRST_MARK = re.compile(rb"<!DOCTYPE|<[A-Za-z_]")


def parse_xml(body: bytes, source: str) -> etree._Element:
    """The root element.  `source` is what people call the sender.

    Raises SourceGarbled for anything that is not well-formed, has a document type (so no entity can
    be declared), or is larger than a source's answer can be.
    """
    text = body.decode("utf-8-sig", errors="replace").encode().translate(_BLANKS)
    first = _FIRST_MARK.search(text)
    if first is None or first[0].startswith(b"<!"):
        raise SourceGarbled(f"{source} answered with something that is not a feed.")
    if text.count(b"<") > MOST_TAGS:
        raise SourceGarbled(f"{source} answered with too many elements.")
    # The encoding is given, so that a declared one cannot hide a document type from the check.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.LxmlError as error:
        raise SourceGarbled(f"{source} answered with a broken or cut-off feed.") from error
    if root is None or _has_doctype(root):
        raise SourceGarbled(f"{source} answered with something that is not a feed.")
    return root


def _has_doctype(root: etree._Element) -> bool:
    return bool(cast("Any", root.getroottree().docinfo).doctype)  # the stubs leave it out


class Children:
    """An element's own children by local name in lower case; namespaces are left out, since arXiv
    has changed its own before."""

    __slots__ = ("_by_name",)

    def __init__(self, element: etree._Element) -> None:
        self._by_name: dict[str, list[etree._Element]] = {}
        for child in element:
            self._by_name.setdefault(local_name(child), []).append(child)

    def all(self, name: str) -> list[etree._Element]:
        return self._by_name.get(name, [])

    def text(self, name: str) -> str:
        """The whole text of the first child of that name, or nothing."""
        return next((text_of(child) for child in self.all(name)), "")


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def text_of(element: etree._Element) -> str:
    """The text of an element and all below it."""
    return "".join(str(piece) for piece in element.itertext())
