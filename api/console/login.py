"""The form that asks somebody without a key for it."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.console.reader import reader_of

PAGE = Markup("""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Foretell</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font-family:system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;color:#222}}
form{{display:grid;gap:.6rem;width:min(22rem,90vw)}}input,button{{font:inherit;padding:.5rem}}</style></head>
<body><form method="post" action="/login"><h1>Foretell</h1>
<label for="key">{key}</label><input id="key" name="key" type="password" autocomplete="current-password" required>
<button>{enter}</button><p role="alert">{message}</p></form></body></html>""")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="foretell"', "Cache-Control": "no-store"}


def login_page(request: Request, *, wrong: bool) -> HTMLResponse:
    """401 with the form, in the language of who looks at it; `wrong` when the key that was given is."""
    words = reader_of(request).words
    message = words("frame.login.wrong") if wrong else ""
    key, enter = words("frame.login.key"), words("frame.login.enter")
    return HTMLResponse(PAGE.format(language=words.language, key=key, enter=enter, message=message), 401, CHALLENGE)
