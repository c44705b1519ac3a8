"""What to do about an alert: the page that every alert links to."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token

router = APIRouter(include_in_schema=False)

TEXT = Path(__file__).parent.parent / "runbooks.md"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Foretell: runbooks</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{{color-scheme:light dark}}body{{font-family:system-ui,sans-serif;line-height:1.5;max-width:46rem;
margin:2rem auto;padding:0 1rem}}
h2:target{{border-left:.3rem solid;padding-left:.6rem}}</style>
</head><body>{body}</body></html>"""


@router.get("/runbooks", response_class=HTMLResponse)
def show_runbooks() -> str:
    """A section per alert, under the id of its rule."""
    return _page()


@cache
def _page() -> str:
    reader = MarkdownIt("commonmark")
    tokens = reader.parse(TEXT.read_text(encoding="utf-8"))
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", _identity(content))
    return PAGE.format(body=reader.renderer.render(tokens, reader.options, {}))


def _identity(heading: Token) -> str:
    """The rule's id, which stands first in its heading."""
    return heading.content.partition(":")[0].strip("` ")
