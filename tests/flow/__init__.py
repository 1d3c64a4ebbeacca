"""Tests of the dialogs, the way a person goes through them."""
