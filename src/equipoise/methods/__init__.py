"""Methods: items and forms, the criteria language, schedule, randomization, endpoints."""
