"""A shift report as a document: templates fill in what the operation found."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from api.report.charts import chart
from twin.errors import ConfigurationError
from twin.operations.explain import Explanation
from twin.operations.numbers import amount_of, plain
from twin.operations.shift_report import ShiftReport

FOLDER = Path(__file__).with_name("templates")


class Format(StrEnum):
    """What a report can be given as."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """For HTTP."""
        return {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}[
            self
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about a shift, and the sentences that lead it: an answer checked against its evidence."""

    found: ShiftReport
    lead: str
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """For a file: the shift's first day and its name."""
        return f"{self.found.span.start.astimezone(self.zone):%Y-%m-%d}-{self.found.shift}"


def rendered(report: Report, form: Format) -> bytes:
    """The document; raises ConfigurationError for a PDF where the extra `report` or Pango is missing."""
    if form is Format.MARKDOWN:
        return _markdown(report, pictures=False).encode()
    page = _page(report)
    return page.encode() if form is Format.HTML else _printed(page)


def _printed(page: str) -> bytes:
    try:
        from weasyprint import HTML  # loads Pango, which a house without PDFs does not need
    except (ImportError, OSError) as error:
        raise ConfigurationError(
            f"no PDF without WeasyPrint and Pango (pip install 'foretell[report]', apt install libpango-1.0-0 "
            f"libpangoft2-1.0-0 libharfbuzz-subset0): {error}",
            field="format",
            value="pdf",
            limit=["md", "html"],
        ) from error
    document: bytes = HTML(string=page, url_fetcher=_nothing_from_outside).write_pdf()
    return document


def _nothing_from_outside(url: str) -> dict[str, object]:
    raise ValueError(f"a report loads nothing: {url}")


def _page(report: Report) -> str:
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(_markdown(report, pictures=True))
    page = Environment(loader=FileSystemLoader(FOLDER), autoescape=True).get_template("page.html.jinja")
    return page.render(title=f"{report.found.plant}, {report.name}", body=Markup(body))  # noqa: S704 see `_text`


def _markdown(report: Report, *, pictures: bool) -> str:
    environment = Environment(  # noqa: S701 Markdown: what people wrote goes through `_text`
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        moment=lambda moment: f"{moment.astimezone(report.zone):%a %d %b %H:%M %Z}",
        clock=lambda moment: f"{moment.astimezone(report.zone):%H:%M}",
        amount=amount_of,
        plain=plain,
        picture=lambda explanation: _picture(explanation, report.zone),
        text=_text,
        prose=_prose,
    )
    template = environment.get_template("report.md.jinja")
    return template.render(report=report, found=report.found, pictures=pictures)


def _picture(explanation: Explanation, zone: ZoneInfo) -> str:
    leading = explanation.contributions[:1]
    drawn = chart(leading[0].measured, leading[0].predicted, explanation.event, zone) if leading else None
    return drawn or ""


def _prose(said: str) -> str:
    """Sentences of the twin, line by line, with whatever they quote, as Markdown that is nothing but words."""
    marked = re.sub(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)", r"\\\g<0>", said)
    marked = re.sub(r"^(\s*\d*)([#>+.)-])", r"\1\\\2", marked, flags=re.MULTILINE)
    return marked.replace("&", "&amp;").replace("<", "&lt;")


def _text(said: object) -> str:
    """Words of a person or of a file, as Markdown that is nothing but words."""
    plain_text = re.sub(r"([\\`*_{}\[\]()#+!|~>-])", r"\\\1", re.sub(r"\s+", " ", str(said)))
    return plain_text.replace("&", "&amp;").replace("<", "&lt;")
