"""What boards have kept, and how it gets into the history."""
