"""RECIST 1.1: measurability, target choice, response of a visit, best response. Each verdict explains itself."""
