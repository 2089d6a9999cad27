"""Explicit labels for what is shown and not filed: interfaces and virtual scenes, as ready HTML. Pure."""

import html
import math
from enum import StrEnum

from hegui.marking.explicit import Edge, ExplicitLabel, Prominence

SMALLEST_INK = 0.70
"""The height of a Latin capital, the lowest character in use, as a share of the font size.

Noto Sans SC draws 0.73; the rest is room for the other fonts that a page may fall back on.
"""

_STYLE = (
    "color:#fff;background:rgba(0,0,0,.72);"
    "font-family:'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
)
_ABOVE_ALL = "z-index:2147483647"
_VERTICAL = {"top": "top:0", "bottom": "bottom:0"}
_HORIZONTAL = {"left": "left:0", "right": "right:0"}


class Surface(StrEnum):
    """Where people meet content that is no file.

    Basis:
        GB-45438 5.5
        GB-45438 5.6
    """

    INTERFACE = "interface"
    SCENE = "scene"
    TEXT = "text"


def snippet(surface: Surface, explicit: ExplicitLabel, prominence: Prominence) -> str:
    """What an interface or a scene includes to show the label.

    Args:
        surface: what it is for. An interface shows it as long as the content is there; a scene shows it
            on its opening picture, as large as the standard asks, and may show it on.
        explicit: the words, and for a scene their edge.
        prominence: how large.

    Basis:
        GB-45438 5.5
        GB-45438 5.6
    """
    words = html.escape(explicit.wording)
    if surface is Surface.TEXT:
        return explicit.wording
    if surface is Surface.INTERFACE:
        return (
            f'<div role="note" class="aigc-label" style="position:sticky;top:0;{_ABOVE_ALL};'
            f'padding:.4em 1em;font-size:max(1em,14px);line-height:1.5;{_STYLE}">{words}</div>'
        )
    # The smaller side of the picture is 100 vmin; rounded up, so that it is never too low.
    size = math.ceil(prominence.height / SMALLEST_INK * 10_000) / 100
    return (
        f'<div role="note" class="aigc-label" style="position:absolute;{_place(explicit.edge)};'
        f"{_ABOVE_ALL};"
        f'padding:.3em .6em;font-size:{size}vmin;line-height:1.2;max-width:100%;{_STYLE}">{words}</div>'
    )


def _place(edge: Edge) -> str:
    parts = edge.value.split("-")
    vertical = next((_VERTICAL[part] for part in parts if part in _VERTICAL), "top:50%")
    horizontal = next((_HORIZONTAL[part] for part in parts if part in _HORIZONTAL), "left:50%")
    shift = ",".join("-50%" if side.endswith("50%") else "0" for side in (horizontal, vertical))
    return f"{vertical};{horizontal};transform:translate({shift})"
