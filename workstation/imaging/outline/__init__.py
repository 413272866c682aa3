"""Lesion outlines and what is measured on them."""
