"""The `perforin` command: thin verbs over the same functions that Python offers."""

from perforin.cli.entry import main

__all__ = ["main"]
