"""The case as objects of other systems: DICOM, FHIR, tables."""
