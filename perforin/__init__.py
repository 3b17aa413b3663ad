"""Perforin: an in-silico laboratory for CAR-T cell therapy of solid tumours."""

from perforin import kernel_cache

kernel_cache.settle()  # before anything imports numba

__version__ = "0.1.0.dev0"
