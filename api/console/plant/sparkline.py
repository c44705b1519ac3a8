"""A tag's last hours as a line of the height of a word."""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 120, 24, 2

SVG = Markup(
    '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}"><path d="{}"/></svg>'
)


def sparkline(values: Sequence[float | None], said: str) -> Markup:
    """The values from edge to edge, lowest at the bottom; a gap stays open. `said` is what a screen reader says."""
    return SVG.format(WIDTH, HEIGHT, WIDTH, HEIGHT, said, path(values))


def path(values: Sequence[float | None]) -> str:
    """The SVG path of the values; empty without any. A lone value between gaps is drawn as a short dash."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, reach = min(known), max(known) - min(known)
    step = WIDTH / max(len(values) - 1, 1)
    drawn, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        height = (value - low) / reach if reach else 0.5
        y = HEIGHT - MARGIN - height * (HEIGHT - 2 * MARGIN)
        drawn.append(f"{pen}{index * step:.1f} {y:.1f}")
        if pen == "M" and (index + 1 == len(values) or values[index + 1] is None):
            drawn.append("h1")
        pen = "L"
    return "".join(drawn)
