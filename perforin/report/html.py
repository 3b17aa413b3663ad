"""The few pieces of HTML a report is made of. Whatever comes in as text is escaped; only `Html` is trusted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

DOI = re.compile(r"\b(10\.\d{4,9}/[^\s,;<>\"']*[^\s,;.<>\"')])")


class Html(str):
    """Markup that is already safe."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value as escaped text; Html passes as it is."""
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=True))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Pieces one after the other, each escaped unless it is Html."""
    return Html(between.join(text(part) for part in parts))


def tag(name: str, *inside: object, **attributes: str) -> Html:
    """An element; `class_` and `aria_label` become class and aria-label."""
    names = {key: key.rstrip("_").replace("_", "-") for key in attributes}
    written = "".join(f' {names[key]}="{text(value)}"' for key, value in attributes.items() if value != "")
    return Html(f"<{name}{written}>{join(inside)}</{name}>")


def paragraph(*inside: object, class_: str = "") -> Html:
    """A paragraph."""
    return tag("p", *inside, class_=class_)


def section(title: str, *inside: object, id: str = "") -> Html:
    """A section with its heading; nothing at all where there is nothing inside."""
    filled = [part for part in inside if part]
    return tag("section", tag("h2", title), *filled, id=id) if filled else Html("")


def picture(source: str, alt: str, caption: object = "", class_: str = "") -> Html:
    """A figure with its picture inside the page, its description and its caption."""
    image = Html(f'<img src="{source}" alt="{text(alt)}">')
    return tag("figure", image, tag("figcaption", caption) if caption else "", class_=class_)


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], numeric: Sequence[int] = (), caption: str = ""
) -> Html:
    """A table; columns in `numeric` are set to the right, in even figures."""

    def cell(name: str, place: int, value: object) -> Html:
        return tag(
            name, value, class_="n" if place in numeric else "", **({"scope": "col"} if name == "th" else {})
        )

    top = tag("tr", *(cell("th", i, title) for i, title in enumerate(head)))
    body = (tag("tr", *(cell("td", i, value) for i, value in enumerate(row))) for row in rows)
    title = tag("caption", caption) if caption else ""
    return tag("div", tag("table", title, tag("thead", top), tag("tbody", *body)), class_="scroll")


def pairs(rows: Iterable[tuple[object, object]]) -> Html:
    """A list of terms with what they are."""
    return tag("dl", *(join([tag("dt", term), tag("dd", what)]) for term, what in rows))


def folded(title: object, *inside: object) -> Html:
    """Something to unfold; open in print."""
    return tag("details", tag("summary", title), *inside)


def with_links(source: str) -> Html:
    """A source as text, its DOI as a link to follow (nothing is fetched)."""
    parts, last = [], 0
    for match in DOI.finditer(source):
        doi = match.group(1)
        parts += [source[last : match.start()], tag("a", doi, href=f"https://doi.org/{doi}")]
        last = match.end()
    return join([*parts, source[last:]])
