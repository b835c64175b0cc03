"""The protocol: typed model, loading with line numbers, checks, differences, description."""
