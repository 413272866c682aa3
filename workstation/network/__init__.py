"""DIMSE and DICOMweb."""
