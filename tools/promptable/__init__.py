"""What models share that answer prompts with low-resolution logits (SAM, SAM 2): frames, filters, batches."""
