"""The colours, the same in every figure of every report.

Hues are from Okabe and Ito's colour-blind-safe set (jfly.uni-koeln.de/color, 2008), chosen so that the
lightness differs too: a grey print still tells tumour (light) from T cell (dark). Lines and markers differ
besides, so colour is never the only sign.
"""

from __future__ import annotations

INK = "#1a1c1f"
SOFT_INK = "#5c636b"
HAIRLINE = "#c9ced4"
PAPER = "#ffffff"
ACCENT = "#0072b2"

TUMOUR = "#e69f00"
T_CELL = "#0072b2"
DEAD_TUMOUR = "#b9bcc0"
DEAD_T_CELL = "#8fb4cd"
NECROTIC = "#4a4038"
ONLY_FIRST = "#f0e442"  # of a product with two binders: tumour cells seen by one of them only
ONLY_SECOND = "#009e73"
ANTIGEN_NEGATIVE = "#cc79a7"
HOSTS = (
    "#8c2d04",
    "#6a51a3",
    "#56b4e9",
    "#7f8c3b",
)  # cells of the body in the tumour, in the order of the run's types
DEAD_HOST = "#d3c7bd"
VESSEL = "#c8102e"
OXYGEN = "#d55e00"
KILL = "#000000"
PUBLISHED = "#1a1c1f"
BEFORE = "#9aa1a8"

LINE = {"tumour": "-", "t_cell": "--", "published": "none", "oxygen": "-.", "dead": ":"}
CLASS_LINE = ("-", "--", "-.", ":")  # of the antigen classes, in the order of analysis.antigen_classes
CLASS_COLOURS = (TUMOUR, ONLY_FIRST, ONLY_SECOND, ANTIGEN_NEGATIVE)
CLASS_MARKER = ("o", "^", "v", "s")
MARKER = {"tumour": "o", "t_cell": "s", "published": "D", "oxygen": "^"}

# What can be seen in the tissue, in drawing and legend order: key, label, colour.
TISSUE = (
    ("tumour", "tumour cell", TUMOUR),
    ("first", "tumour cell, seen by the first binder only", ONLY_FIRST),
    ("second", "tumour cell, seen by the second binder only", ONLY_SECOND),
    ("negative", "tumour cell, antigen-negative", ANTIGEN_NEGATIVE),
    ("t_cell", "T cell", T_CELL),
    *((f"host_{place}", f"host cell {place}", colour) for place, colour in enumerate(HOSTS, start=1)),
    ("dead_tumour", "dying tumour cell", DEAD_TUMOUR),
    ("necrotic", "necrotic cell", NECROTIC),
    ("dead_t_cell", "dying T cell", DEAD_T_CELL),
    ("dead_host", "dying host cell", DEAD_HOST),
)
TISSUE_COLOURS = {key: colour for key, _, colour in TISSUE}
TISSUE_LABELS = {key: label for key, label, _ in TISSUE}

ANTIGEN_MAP = "YlOrBr"  # levels of antigen: pale without, dark with; no blue, which is the T cells'
OXYGEN_STOPS = ("#16242e", "#4f6b7c", "#93adb9", "#cfdce2", "#f9fbfc")  # dark without oxygen, pale with
FIELD_STOPS = (
    "#fbfbfa",
    "#dbd6e6",
    "#a99fc2",
    "#6d5f94",
    "#38305c",
)  # of any other field: dark where there is much
