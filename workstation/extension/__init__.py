"""Plug-in interface, manifest and loader."""
