"""The what-if bench: several futures beside each other, and what each is worth."""
