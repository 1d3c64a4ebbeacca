"""How frames travel between a board and Home Assistant."""
