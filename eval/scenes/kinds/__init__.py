"""The kinds of things that scenes show, drawn of parts."""
