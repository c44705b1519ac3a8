"""From findings to sentences: the catalog, drafts of typed facts, and answers closed by the verifier."""
