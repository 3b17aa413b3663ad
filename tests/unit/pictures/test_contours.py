"""Lines of equal oxygen run where the oxygen is equal, up to the edge of the field."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from perforin.plots import oxygen


@pytest.mark.parametrize("voxels", [29, 41, 50])
def test_a_contour_keeps_to_its_level(monkeypatch, voxels):
    """29 and 50 voxels: sizes at which a resampling once put the last point at the origin."""
    axis = np.linspace(-490.0, 490.0, voxels)
    radius = np.hypot(*np.meshgrid(axis, axis))
    monkeypatch.setattr(
        oxygen, "plane", lambda *_: (axis, axis, 38.0 - 20.0 * np.exp(-((radius / 200.0) ** 2)))
    )
    axes = Figure().subplots()
    oxygen.contours(None, 0.0, 0.0, axes)
    (lines,) = axes.collections
    assert lines.levels.size >= 2
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        expected = 200.0 * np.sqrt(np.log(20.0 / (38.0 - level)))
        places = path.vertices[~np.isnan(path.vertices).any(axis=1)]
        assert np.abs(np.hypot(*places.T) - expected).max() < 5.0  # um; a quarter of a voxel
