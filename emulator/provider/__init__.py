"""The form that a cloud fills in: what it documents, which code answers, whom it asks and tells, and how it says no."""
