"""Equipoise: one protocol file designs, rehearses, conducts and analyses a randomized trial."""
