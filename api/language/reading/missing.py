"""What a question leaves out."""

from twin.errors import InvalidInput


class Incomplete(InvalidInput):
    """The question leaves out what cannot be guessed; ask for it."""

    slug = "incomplete"
    title = "Something is missing"
