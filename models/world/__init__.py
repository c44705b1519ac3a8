"""World models: one file per dynamics family."""
