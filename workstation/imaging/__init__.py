"""DICOM and NIfTI to volumes, geometry in patient millimetres, processing."""
