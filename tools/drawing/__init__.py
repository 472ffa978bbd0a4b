"""Drawing on pictures: colours, letters, outlines, tags. Shared by what people and models are shown."""
