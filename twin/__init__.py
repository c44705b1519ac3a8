"""The plant as data, and what one can do with a twin: value types, protocols, operations."""
