"""Exports: standards out, files(study) -> {name: bytes}."""
