"""The digital twin: pure domain. Masks, objects, relations, steps, paths. No torch, no LangChain, no I/O."""
