"""What the integration costs, measured."""
