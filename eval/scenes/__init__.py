"""Procedural scenes: pictures with exact masks, twins, questions and gold reasoning, made anywhere."""
