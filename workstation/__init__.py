"""Batson: a workstation for reading spinal metastasis."""

__version__ = "0.1.0"
