"""Simulation: imagined trials, as fast operating characteristics and as rehearsals."""
