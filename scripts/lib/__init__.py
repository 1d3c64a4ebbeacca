"""What the scripts and the end-to-end tests share."""
