"""What is kept on disk: cases, history, settings."""
