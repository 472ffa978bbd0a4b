"""OWLv2 (Minderer et al., 2023) behind the tagger's port: the method's other way to semantics. Extra ``hf``.

``phrases`` (what to look for: the query's noun phrases and a vocabulary), ``detector`` (the model: boxes for
phrases), ``assignment`` (which mask gets which box's label); ``tagger`` puts them together.
"""
