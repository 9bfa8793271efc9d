"""The case folder: cases, consent, findings and templates, kept no longer and no more openly than was agreed."""
