"""What a detector wrote about an event, said in the reader's language.

A message holds what the other fields of its event do not, such as by how much a value has risen. So it is read by the
forms that detectors write in; one in another form, such as a person's, is shown as it was written.
"""

import re
from datetime import datetime

from api.console.view import View
from api.console.writing import Writer
from twin.event import EventFrame

NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?"
AMOUNT = rf"{NUMBER}(?: [^;:,]+?)?"
WHEN = r"\w{3} \d\d \w{3} \d\d:\d\d"
DEPARTURE = re.compile(
    r"(?P<what>.+) went (?P<side>above|below) what the model expected"
    rf"(?:; it has (?P<moved>risen|fallen) by (?P<size>{AMOUNT}))?"
    r"; (?:no logged move explains this|explained by (?P<kind>setpoint change|change of) "
    rf"(?P<tag>\S+) from (?P<before>{AMOUNT}) to (?P<after>{AMOUNT}))\."
)
FROZEN = re.compile(rf"(?P<what>.+): the transmitter has repeated the same value for (?P<size>{AMOUNT})\.")
SIDED = {
    "reads": re.compile(
        rf"(?P<what>.+): the transmitter reads about (?P<size>{AMOUNT}) (?P<side>above|below) "
        r"what the rest of the plant implies\."
    ),
    "regime": re.compile(
        r"The plant runs by its laws, but where the training log did not cover it: (?P<what>.+) is "
        rf"(?P<size>{NUMBER}) times its ordinary variation (?P<side>above|below) its ordinary level\."
    ),
    "moved": re.compile(
        rf"The plant responds as if (?P<tag>\S+) had been moved (?P<side>up|down) by about (?P<size>{AMOUNT}), "
        r"but no such move was logged\."
    ),
}
SILENCE = re.compile(
    r"(?P<withdrawn>Withdrawn: samples that came late fill it\. )?"
    r"(?:(?P<number>\d+) tags of (?P<asset>.+?)|(?P<one>.+ \(\S+\)))(?: has| have)? "
    rf"sent (?P<sent>nothing but bad quality|nothing) (?:since {WHEN}|from {WHEN} to {WHEN}) [^\s:.]+"
    r"(?:: (?P<names>.+?)(?: and (?P<more>\d+) more)?)?\."
)
DIGITS = 3
"""As detectors write them."""

Found = dict[str, str | None]


def message_of(view: View, event: EventFrame) -> str:
    """The message in the reader's language; as it was written where that cannot be said without a loss."""
    for name, form in SIDED.items():
        if (found := form.fullmatch(event.message)) is not None:
            slots = {**found.groupdict(), "size": _size(view.write, found["size"])}
            return view.words(f"message.{name}.{found['side']}", **slots)
    if (found := FROZEN.fullmatch(event.message)) is not None:
        return view.words("message.frozen", what=found["what"], size=_size(view.write, found["size"]))
    if (found := DEPARTURE.fullmatch(event.message)) is not None:
        return _departure(view, found.groupdict())
    if (found := SILENCE.fullmatch(event.message)) is not None:
        return _silence(view, event, found.groupdict())
    return event.message


def _departure(view: View, found: Found) -> str:
    words, write = view.words, view.write
    said = [words(f"message.{found['side']}", what=found["what"])]
    if found["moved"]:
        said.append(words(f"message.{found['moved']}", size=_size(write, found["size"])))
    if found["tag"] is None:
        said.append(words("message.unexplained"))
    else:
        key = "message.setpoint" if found["kind"] == "setpoint change" else "message.change"
        before, after = _size(write, found["before"]), _size(write, found["after"])
        said.append(words(key, tag=found["tag"], before=before, after=after))
    return "; ".join(said) + "."


def _silence(view: View, event: EventFrame, found: Found) -> str:
    words, write = view.words, view.write
    number = int(found["number"] or 1)
    who = found["one"] or words.counted("message.tags", number, asset=found["asset"])
    what = "silent" if found["sent"] == "nothing" else "bad"
    if event.end is None:
        said = words.counted(f"message.{what}.since", number, who=who, time=_instant(write, event.start))
    else:
        said = words.counted(f"message.{what}.from", number, who=who, time=write.stretch(event.start, event.end))
    if (names := found["names"]) is not None:
        names = words("message.more", names=names, more=found["more"]) if found["more"] else names
        said = words("message.names", said=said, names=names)
    return words("message.withdrawn", said=f"{said}.") if found["withdrawn"] else f"{said}."


def _instant(write: Writer, moment: datetime) -> str:
    return f"{write.instant(moment)} {write.zone_name(moment)}"


def _size(write: Writer, text: str | None) -> str:
    """A number with its unit, as the reader writes it."""
    number, _, unit = (text or "").partition(" ")
    return write.quantity(float(number), unit or None, DIGITS)
