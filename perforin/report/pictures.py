"""Axes into pictures inside the page: SVG with live text, its heavy layers as pixels, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FACES = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
PIXELS = 190  # dots per inch of the rasterised layers: sharp in print, moderate in size
UNTOUCHED = " '/:=;,+()-_.~!*?@$"  # what a data URI inside double quotes may hold as it is


def embed(figure: Figure) -> str:
    """The figure as a data URI."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "perforin"}):
        figure.savefig(buffer, format="svg", dpi=PIXELS, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml," + quote(_slim(buffer.getvalue()), safe=UNTOUCHED)


def of(axes: Axes) -> str:
    """The figure that holds these axes, as a data URI."""
    from matplotlib.figure import Figure

    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("a picture needs axes that stand directly on a figure")
    return embed(figure)


def draw(figure: Callable[..., Axes], *arguments: object) -> str:
    """Call a figure function and embed what it drew."""
    return of(figure(*arguments))


def _slim(svg: str) -> str:
    """Without declaration, document type and metadata; text in the faces of the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    faces = FACES.replace('"', "'")
    svg = re.sub(r"(font-family: |font: (?:\w+ )*?[\d.]+px )'DejaVu Sans'[^;\"]*", rf"\1{faces}", svg)
    return re.sub(r">\s+<", "><", svg)
