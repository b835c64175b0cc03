"""Analysis: casebooks to datasets to estimates, as the protocol's analysis plan says."""
