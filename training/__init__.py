"""Learning: labels in and out, fitting, figures, gates, what to label next, and drift."""
