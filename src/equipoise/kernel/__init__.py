"""Truth, dates, quantities, chance, canonical form, findings, messages and errors: what everything else stands on."""
