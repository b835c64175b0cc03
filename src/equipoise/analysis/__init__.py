"""Casebooks to datasets to estimates, as the protocol's analysis plan says. By arm only under an authority."""
