"""Perforin: an in-silico laboratory for CAR-T cell therapy of solid tumours."""

__version__ = "0.1.0.dev0"
