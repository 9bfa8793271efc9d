"""Specimen documents of a state that does not exist, with made-up people; nothing in verifier/ imports this package."""
