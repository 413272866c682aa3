"""Errors, logging, paths, cancel and progress: what every layer may use."""
