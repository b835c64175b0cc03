"""The questionnaires shipped: one YAML file each; adding a file adds an instrument, no Python needed.

Structure, item numbers and scoring are facts; the wording of items belongs to its owners and is not here. `about` is
our own short name of what an item asks about.
"""
