"""Text that people read: control characters in it are shown, and do nothing.

What a step wrote, raised or recorded, and what code calls things, may hold any character. Printed
as they are, some would clear the screen, name the window or turn the text around.
"""

from __future__ import annotations

import re

#: What moves or hides other text, or cannot be written. Not among them are ZWNJ and ZWJ (U+200C,
#: U+200D), which words and emoji are joined with, and the tags that flags are spelled with.
_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # which way text runs
    "\u2028\u2029"  # line breaks that are none in a terminal
    "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0001"  # of no width
    "\ud800-\udfff"  # halves of characters
    "]"
)


def visible(text: str) -> str:
    r"""Write control and format characters as Python does, `\x1b` or `\u202e`; all else stays.

    Tabs and line feeds stay too.
    """
    return _HIDDEN.sub(_python_escape, text)


def visible_json(document: str) -> str:
    """Write them as JSON does, in a document that means the same as before."""
    return _HIDDEN.sub(_json_escape, document)


def _python_escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
