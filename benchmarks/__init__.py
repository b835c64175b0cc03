"""Ratios against peers and against the physical floor, measured side by side in one run; never gates on time."""
