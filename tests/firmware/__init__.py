"""The library for the boards, compiled for this machine."""
