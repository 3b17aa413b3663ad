"""Write docs/equations.md, docs/parameters.md and docs/commands.md from the package itself."""

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"
CATALOG = REPOSITORY / "perforin" / "catalog"
WRITTEN = "Written by `scripts/pages` from the package; change the source, not this page.\n"
COMMANDS = (
    "run",
    "check",
    "resume",
    "report",
    "show",
    "library",
    "new",
    "schema",
    "sources",
    "validate",
    "bench",
)


def declared():
    """Room and mechanism, of tissue and body, in the order in which they are declared."""
    from perforin.mechanisms import body, tissue

    for room in (tissue, body):
        for mechanism in (*room.MECHANISMS, *getattr(room, "OF_LESIONS", ())):
            yield room.__name__.rpartition(".")[2], mechanism


def equations():
    """One section per mechanism: its own text, its parameters and the columns it owns."""
    text = ["# Equations\n", WRITTEN]
    for room, mechanism in declared():
        module = importlib.import_module(f"perforin.mechanisms.{room}.{mechanism.name}")
        text.append(f"## {mechanism.name}\n")
        text.append(f"`perforin/mechanisms/{room}/{mechanism.name}.py`\n")
        text.append(fenced_equations(inspect.cleandoc(module.__doc__ or "")) + "\n")
        if mechanism.columns:
            text.append("| column | type | unit | at division | what it is |\n|---|---|---|---|---|")
            for column in mechanism.columns:
                kind = column.dtype if column.width == 1 else f"{column.dtype} x {column.width}"
                division = column.on_division.replace("_", " ")
                text.append(f"| `{column.name}` | {kind} | {column.unit} | {division} | {column.about} |")
            text.append("")
    return "\n".join(text).rstrip() + "\n"


def fenced_equations(text):
    """Indented blocks of a docstring become fenced ones, so that every reader shows them as written."""
    lines, inside = [], False
    for line in text.splitlines():
        indented = line.startswith("    ")
        if indented and not inside:
            lines.append("```text")
        if inside and not indented and line.strip():
            if lines[-1] == "":
                lines.insert(len(lines) - 1, "```")
            else:
                lines.append("```")
        inside = indented or (inside and not line.strip())
        traffic = re.match(r"(Reads|Writes) +(.*)", line)
        lines.append(line[4:] if indented else f"- {traffic[1]}: {traffic[2]}" if traffic else line)
    if inside:
        lines.append("```")
    return "\n".join(lines)


def parameters():
    """Every number of biology: the defaults of the mechanisms, then what each catalog entry says."""
    text = ["# Parameters\n", WRITTEN]
    text.append(
        "A catalog entry overrides the mechanism's default for its kind of cell. Grades: human, animal,"
    )
    text.append("in_vitro, fitted, assumed (a choice, with a note that says why).\n")
    text.append("## Defaults of the mechanisms\n")
    for _, mechanism in declared():
        defaults = mechanism.defaults()
        if defaults:
            about = inspect.getdoc(mechanism.parameters) or ""
            text.append(f"### {mechanism.name}\n\n{about}\n")
            text.append("| parameter | value | unit | grade | source | note |\n|---|---|---|---|---|---|")
            text += [f"| `{name}` | {number_row(value)}" for name, value in defaults.items()]
            text.append("")
    text.append("## The catalog\n")
    for path in sorted(CATALOG.rglob("*.toml")):
        if path.parent.name != "scenarios":
            text += entry(path)
    return "\n".join(text).rstrip() + "\n"


def number_row(value):
    note = value.note + (f" (spread {', '.join(f'{s:g}' for s in value.spread)})" if value.spread else "")
    cells = (f"{value.value:g}", value.unit, value.grade, value.source, note.strip())
    return " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def entry(path):
    from perforin.quantities import Value

    table = tomllib.loads(path.read_text(encoding="utf-8"))
    text = [f"### {path.parent.name}/{path.stem}\n", f"{table.get('summary', '')}\n"]
    rows = []
    for where, number in numbers_of(table):
        names = {f.name for f in fields(Value)}
        value = Value(**{k: tuple(v) if k == "spread" else v for k, v in number.items() if k in names})
        shown = value.value if isinstance(value.value, int | float) else float("nan")
        rows.append(f"| `{where}` | {number_row(Value(shown, *list(vars(value).values())[1:]))}")
    if rows:
        text.append("| parameter | value | unit | grade | source | note |\n|---|---|---|---|---|---|")
    return [*text, *rows, ""]


def numbers_of(table, where=""):
    for key, inner in table.items():
        path = f"{where}.{key}".strip(".")
        if isinstance(inner, dict) and {"value", "source", "grade"} <= set(inner):
            yield path, inner
        elif isinstance(inner, dict):
            yield from numbers_of(inner, path)


def commands():
    """What each command says about itself."""
    text = ["# Commands\n", WRITTEN]
    for name in COMMANDS:
        asked = [sys.executable, "-m", "perforin", name, "--help"]
        environment = {
            "COLUMNS": "100",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path.home()),
        }
        answer = subprocess.run(
            asked, capture_output=True, text=True, check=True, cwd=REPOSITORY, env=environment
        )
        shown = re.sub(r"\x1b\[[0-9;]*m", "", answer.stdout)
        body = "\n".join(line.rstrip() for line in shown.strip().splitlines())
        text.append(f"## perforin {name}\n\n```text\n{body}\n```\n")
    return "\n".join(text).rstrip() + "\n"


PAGES = {"equations.md": equations, "parameters.md": parameters, "commands.md": commands}


def main():
    sys.path.insert(0, str(REPOSITORY))
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
        print(f"wrote docs/{name}")


if __name__ == "__main__":
    main()
