"""Training and fine-tuning of SAM (Kirillov et al., 2023). Needs the extra ``train``."""
