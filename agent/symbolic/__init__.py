"""The embedded planner: parses a query, plans filters, calls the same tools as a language model would."""
