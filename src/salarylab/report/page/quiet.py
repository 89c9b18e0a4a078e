"""Quiet: whether markup of a notebook only shows something, or could act or ask the network."""

from __future__ import annotations

import re
from html.parser import HTMLParser

ACTIVE = {
    "applet",
    "audio",
    "base",
    "button",
    "embed",
    "form",
    "frame",
    "frameset",
    "iframe",
    "input",
    "link",
    "math",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "portal",
    "script",
    "select",
    "source",
    "svg",
    "template",
    "textarea",
    "title",
    "track",
    "video",
    "xmp",
}
STYLE_ASKS = re.compile(r"url\s*\(|image-set|@import|expression|\\", re.IGNORECASE)
"""What in a style could name an address; a backslash could hide one."""
COMMENT = re.compile(r"<!--(?!-?>)[^<>]*-->")
"""A comment that begins and ends at the same letters for every reader of markup."""


def quiet(markup: str) -> bool:
    """Return whether markup only shows something: no script, handler, frame, form or outside address.

    What is left open, or is declared, is not quiet: browsers may read on from it otherwise than this does.

    >>> quiet("<table><tr><td>1</td></tr></table>"), quiet('<img src="x" onerror="alert(1)">')
    (True, False)
    """
    listener = _Listener()
    listener.feed(markup)
    whole = "<" not in listener.rawdata and listener.cdata_elem is None
    declares = re.search(r"<[!?]", COMMENT.sub("", markup))
    return listener.quiet and whole and not declares


class _Listener(HTMLParser):
    """Read markup and note whether any of it could act or ask the network."""

    quiet = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE or any(_acts(name, value or "") for name, value in attrs):
            self.quiet = False

    def handle_endtag(self, tag: str) -> None:
        if tag in ACTIVE:
            self.quiet = False

    def handle_data(self, text: str) -> None:
        if self.cdata_elem == "style" and STYLE_ASKS.search(text):
            self.quiet = False


def _acts(name: str, value: str) -> bool:
    """Whether an attribute is a handler, or an address other than a plain link or a picture inside the page."""
    if name == "src":
        return not value.startswith("data:image/png;")
    if name in ("href", "xlink:href"):
        return not value.startswith(("#", "https://", "http://"))
    if name == "style":
        return bool(STYLE_ASKS.search(value))
    return name.startswith("on") or name in ("srcset", "action", "formaction", "background", "ping")
