"""Seeded calls: from genuine clips, calls whose truth is known, each with its genuine twin through the same call ladder."""
