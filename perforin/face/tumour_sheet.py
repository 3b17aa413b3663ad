"""The sheet of a tumour: what it is made of, number by number, in the order in which a reader asks."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perforin.kernel_cache import home
from perforin.scenario import catalog

if TYPE_CHECKING:
    from perforin.quantities import Value
    from perforin.scenario.catalog import Found, LibraryPath

# Title, and the beginnings of the paths that belong there: keys of the entry, tables of mechanisms.
GROUPS = (
    ("Geometry", ("geometry", "cell", "cell_fraction", "patch", "volume", "mechanics")),
    ("Growth", ("growth", "necrosis", "crowding", "division", "apoptosis", "asynchrony")),
    ("Antigen panel", ("carries", "antigens", "correlation", "antigen", "antigen_panel")),
    ("Stroma", ("stroma", "stroma_driver", "matrix", "remodelling", "passage", "restraint")),
    ("Vessels", ("perfusion", "vessels", "normalisation", "depletion")),
    (
        "Oxygen and fields",
        ("fields", "attractant", "oxygenation", "respiration", "secretion", "exchange", "oxygen_brakes"),
    ),
    ("Infiltrate", ("infiltrate",)),
    ("Suppression", ("suppression", "brakes", "checkpoint")),
    ("Usual routes", ("usual_routes",)),
)
OTHER = "Other numbers"
MARK = "!"  # before a number that is assumed
WIDEST, NARROWEST = 120, 60  # characters of a line


@dataclass(frozen=True)
class Line:
    """One number of the sheet."""

    path: str
    value: Value
    of: str  # the entry that gives it, where it is not the tumour's own

    def as_data(self) -> dict[str, Any]:
        """For a program to read."""
        return {"path": self.path, **asdict(self.value), "of": self.of}


@dataclass(frozen=True)
class TumourSheet:
    """A tumour of the library, to be read: words and numbers by subject, what is assumed marked."""

    name: str
    file: str
    summary: str
    words: dict[str, dict[str, str]]  # by group
    lines: dict[str, list[Line]]  # by group
    library_path: LibraryPath = None

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every number with its source, in the order of the sheet."""
        return [line.as_data() for group in self.lines.values() for line in group]

    def as_data(self) -> dict[str, Any]:
        """The sheet for a program to read."""
        groups = {
            title: {
                "words": self.words.get(title, {}),
                "numbers": [line.as_data() for line in self.lines.get(title, ())],
            }
            for title in _titles(self)
        }
        return {
            "kind": "tumours",
            "name": self.name,
            "file": self.file,
            "summary": self.summary,
            "groups": groups,
        }

    def picture(self, file: str | Path | None = None) -> Path:
        """Draw the untreated tissue of day 0 to a PNG file; returns where. No run is made.

        Without a file it goes to a folder of pictures beside the compiled kernels. Raises InputError, StorageError.
        """
        import io

        from perforin.face.untreated import untreated
        from perforin.plots.untreated import untreated as draw
        from perforin.results import disk

        path = Path(file) if file is not None else home() / "pictures" / f"{self.name.lower()}.png"
        buffer = io.BytesIO()
        draw(untreated(self.name, self.library_path)).savefig(buffer, format="png", dpi=130)
        disk.make_directory(path.parent)
        disk.write_file(path, buffer.getvalue())
        return path

    def __str__(self) -> str:
        width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size((100, 24)).columns))
        rows = [f"{self.name}: {self.summary}", f"  file: {self.file}"]
        for title in _titles(self):
            rows += ["", title]
            rows += [
                _wrapped(f"{key}: {text}", width, "  ") for key, text in self.words.get(title, {}).items()
            ]
            rows += _table(self.lines.get(title, []), width)
        every = [line for group in self.lines.values() for line in group]
        assumed = sum(line.value.grade == "assumed" for line in every)
        rows += [
            "",
            f"{len(every)} numbers, {assumed} of them assumed ({MARK}): a guess with a reason, not a measurement.",
        ]
        return "\n".join(rows)

    __repr__ = __str__


def sheet(found: Found, library_path: LibraryPath = None) -> TumourSheet:
    """The sheet of a tumour: its own words and numbers, and the numbers of its cells that it does not replace."""
    words: dict[str, dict[str, str]] = {}
    for key, value in found.document.items():
        text = _words(value)
        if key not in ("name", "summary") and text:
            words.setdefault(group_of(key), {})[key] = text
    pairs = _pairs(found.document)
    own = {pairs.get(path, path): value for path, value in found.values().items()}
    lines = {path: Line(path, value, "") for path, value in own.items()}
    cell = found.document.get("cell")
    if isinstance(cell, str):
        for path, value in catalog.find("cells", cell, library_path).values().items():
            lines.setdefault(path, Line(path, value, cell))
    by_group: dict[str, list[Line]] = {}
    for line in lines.values():
        by_group.setdefault(group_of(line.path), []).append(line)
    return TumourSheet(found.name, found.file, found.summary, words, by_group, library_path)


def group_of(path: str) -> str:
    """The group of a key or a path: by its first word."""
    first = path.partition(".")[0].partition("[")[0]
    return next((title for title, keys in GROUPS if first in keys), OTHER)


def _pairs(document: Mapping[str, Any]) -> dict[str, str]:
    """The path of each correlation, and what it is called here: by the two antigens it is between."""
    listed = document.get("correlation") or ()
    return {
        f"correlation[{k}].value": f"correlation.{' and '.join(one['between'])}"
        for k, one in enumerate(listed)
    }


def _titles(of: TumourSheet) -> list[str]:
    """The groups that hold anything, in order."""
    return [
        title for title in (*(title for title, _ in GROUPS), OTHER) if title in of.words or title in of.lines
    ]


def _words(value: Any) -> str:
    """What a key says in words; nothing for tables of numbers."""
    if isinstance(value, list):
        said = [_words(item) for item in value]
        return ", ".join(said) if all(said) else ""
    return "" if isinstance(value, dict) else str(value)


def _table(lines: list[Line], width: int) -> list[str]:
    """Numbers in columns: mark, path, value and unit, spread, grade, source; the note below, indented."""
    shown = [
        (line, (line.path, _quantity(line.value), _spread(line.value), line.value.grade)) for line in lines
    ]
    widths = [max((len(cells[k]) for _, cells in shown), default=0) for k in range(4)]
    rows = []
    for line, cells in shown:
        mark = MARK if line.value.grade == "assumed" else " "
        columns = "  ".join(f"{cell:<{room}}" for cell, room in zip(cells, widths, strict=True))
        source = "" if line.value.source == line.value.grade else line.value.source
        rows.append(_wrapped(f"{mark} {columns}  {source}".rstrip(), width, "", "      "))
        said = (
            f"{line.value.note} (of {line.of})"
            if line.of and line.value.note
            else line.value.note or f"of {line.of}" * bool(line.of)
        )
        if said:
            rows.append(_wrapped(said, width, "      "))
    return rows


def _quantity(value: Value) -> str:
    return _number(value.value) + ("" if value.unit == "1" else f" {value.unit}")


def _spread(value: Value) -> str:
    return " to ".join(_number(end) for end in value.spread)


def _number(number: float) -> str:
    """Large whole numbers with separators, all others as short as they are."""
    is_large = 1e4 <= abs(number) < 1e9 and float(number).is_integer()
    return f"{number:,.0f}" if is_large else f"{number:g}"


def _wrapped(text: str, width: int, first: str, later: str | None = None) -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=first + "  " if later is None else later,
        break_long_words=False, break_on_hyphens=False, replace_whitespace=False, drop_whitespace=True,
    )  # fmt: skip
