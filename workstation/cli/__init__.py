"""The commands of ``batson``, one small module each, thin over the services of the window."""
