"""A frozen case to a structured PDF."""
