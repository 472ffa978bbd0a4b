"""The tagger ``openai:MODEL``: a vision-language model looks at the masks (Eqs. 1 and 4)."""
