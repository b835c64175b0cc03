"""What estimation says: survival curves, tests, models, and the design of trials."""
