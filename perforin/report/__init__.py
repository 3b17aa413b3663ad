"""The page a run leaves behind: one HTML file, no network, pictures inside."""

from perforin.report.comparison import write_comparison
from perforin.report.page import write
from perforin.report.replicates import write_replicates

__all__ = ["write", "write_comparison", "write_replicates"]
