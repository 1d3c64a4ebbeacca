"""Tests of the integration; they mirror its modules."""
