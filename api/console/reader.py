"""Who looks at a page: the language and the colours they want, from the address, a cookie, or their browser."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import URL

from api.console.words import LANGUAGES, Words

LANGUAGE_COOKIE, MODE_COOKIE = "foretell-language", "foretell-mode"
LANGUAGE = "lang"
"""The parameter of an address that chooses a language, and keeps it in a cookie."""
MODES = {"system": None, "light": False, "dark": True}
KEPT_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Reader:
    """What a page is drawn for."""

    words: Words
    mode: str = "system"

    @property
    def dark(self) -> bool | None:
        """Whether the page is dark; None as the system is."""
        return MODES[self.mode]


def reader_of(request: Request) -> Reader:
    """The language from a cookie, else from what the browser accepts; the colours from a cookie."""
    kept, mode = request.cookies.get(LANGUAGE_COOKIE), request.cookies.get(MODE_COOKIE, "system")
    language = kept if kept in LANGUAGES else accepted(request.headers.get("accept-language", ""))
    return Reader(Words(language), mode if mode in MODES else "system")


def accepted(header: str) -> str:
    """The language of the console that an Accept-Language header likes best; English when it names none of them."""
    ranked = []
    for part in header.split(","):
        name, _, weight = part.partition(";q=")
        try:
            ranked.append((float(weight or 1), name.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    liked = [name for weight, name in sorted(ranked, key=lambda item: -item[0]) if weight > 0]
    return next((name for name in liked if name in LANGUAGES), LANGUAGES[0])


def chosen(request: Request) -> RedirectResponse | None:
    """Where to go on when the address chooses a language: the same page, the language kept in a cookie."""
    language = request.query_params.get(LANGUAGE)
    if language is None:
        return None
    address = URL(scope=request.scope).remove_query_params(LANGUAGE)
    answer = RedirectResponse(f"{address.path}?{address.query}".rstrip("?"), status_code=303)
    if language in LANGUAGES:
        secure = request.url.scheme == "https"
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=KEPT_S, samesite="lax", httponly=True, secure=secure)
    return answer


def mode_cookie(mode: str) -> str:
    """The script that keeps the choice of light or dark: a page that is open has no response to set it in."""
    return f'document.cookie = "{MODE_COOKIE}={mode}; path=/; max-age={KEPT_S}; samesite=lax"'
