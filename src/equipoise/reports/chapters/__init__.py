"""The chapters of a report, one module each: findings in, a section of texts, tables and figures out."""
