"""Widgets. No decisions about medicine, no file access."""
