"""The plant and its tags, as they are now and as they were."""
