"""Phantoms, factories and fakes that several test folders use."""
