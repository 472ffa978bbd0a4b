"""What a vision-language model is shown of the masks of a picture."""
