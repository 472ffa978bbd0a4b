"""The planner ``openai:MODEL``: a language model reasons over the twin's text (Eqs. 6 to 9)."""
