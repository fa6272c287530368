"""Programs to read and to run: python -m systolith.examples.NAME."""
