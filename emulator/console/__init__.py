"""The pages that a person looks at: what the control surface tells, as HTML, in a browser."""
