"""The report of one run, from top to bottom."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from perforin.report import answer, colophon, explained, holding, sections
from perforin.report.html import Html, join, paragraph, tag, text

if TYPE_CHECKING:
    from perforin.results.run import RunData

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # the browser fetches nothing, runs nothing
USE = "For research use only; not a medical device."


def write(run: RunData, path: Path) -> Path:
    """Write the report of a run to `path`; the same run folder gives the same bytes. Raises StorageError."""
    return save(page(run), path)


def page(run: RunData) -> str:
    """The report of a run as one HTML text."""
    body = [
        answer.opening(run),
        answer.answer(run),
        explained.costs(run),
        sections.tissue(run),
        sections.attack(run) if len(run.series) else "",
        holding.held_back(run) if len(run.series) else "",
        sections.untreated_antigen(run),
        sections.comparison(run),
        sections.departed(run),
        colophon.numbers_used(run),
        colophon.provenance(run),
    ]
    return document(f"{run.meta.get('name') or run.path.name}: Perforin report", body)


def document(title: str, body: list[str]) -> str:
    """A whole page around its sections, the style inside."""
    style = files("perforin.report").joinpath("page.css").read_text(encoding="utf-8")
    head = join(
        [
            Html('<meta charset="utf-8">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", title),
            Html(f"<style>\n{style}</style>"),
        ],
        "\n",
    )
    main = tag("main", *(text(part) for part in body if part), tag("footer", paragraph(USE)))
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{main}\n</body>\n</html>\n'


def save(html: str, path: Path) -> Path:
    """Write the page whole or not at all."""
    from perforin.results import disk

    disk.write_file(path, html.encode("utf-8", "replace"))
    return path
