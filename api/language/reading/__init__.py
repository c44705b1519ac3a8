"""From a question to its clauses and slots, and from slots to a plan."""
