"""A real Home Assistant, a real recorder, a real browser."""
