"""The one way by which language and vision models are called, on any OpenAI-compatible endpoint.

``endpoint`` says where and how, ``client`` makes the calls, ``transport`` looks at what comes over the wire,
``streams`` checks what comes piece by piece,
``bodies`` reads it, ``errors`` tells what went wrong, ``messages`` and ``schemas`` write what services are
sent, ``answers`` turns text into typed values, ``metering`` counts calls and tokens, ``prices`` has what they
cost.

Import from the modules: those that count and price load no HTTP library, those that call do.
"""
