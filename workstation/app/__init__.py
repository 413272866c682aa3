"""The open case, its commands and undo, background jobs, messages and actions (QtCore only)."""
