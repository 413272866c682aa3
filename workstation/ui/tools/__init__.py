"""The tools of the panes: small state machines that answer in patient coordinates (LPS, mm)."""
