"""The composition root: settings, wiring, planners, the facade, tracing, the artifact store, the command."""
