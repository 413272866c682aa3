"""The rules core: spine, lesions, SINS, ESCC, NOMS, the case and its commands.

Standard library only, so that what must never be wrong runs and is tested with nothing installed.
"""
