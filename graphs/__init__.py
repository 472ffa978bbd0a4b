"""LangGraph: states, nodes, routes, ports, one builder a graph. Topology only."""
