"""What the planner may call: perception, tagging, spatial queries, and the ports they work through."""
