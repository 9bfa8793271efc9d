"""Generates the sample media: made-up people in made-up rooms, saying made-up things. Nobody real is shown."""
