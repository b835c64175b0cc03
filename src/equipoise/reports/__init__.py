"""Reports: estimates and tables become documents, data first."""
