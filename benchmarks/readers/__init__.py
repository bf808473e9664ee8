"""Reading processes on the published files while they are published again and again."""
