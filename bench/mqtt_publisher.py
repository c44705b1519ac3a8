"""What a gateway sends, at a steady rate, a message a line, for mosquitto_pub.

Sample i is of tag i mod tags, and due at start + i / rate: that instant is its time, and its value follows from it.
Usage: python -m bench.mqtt_publisher FORM RATE SECONDS TAGS START_US, FORM being single, array or unit.
"""

import sys
import time

ARRAY = 50
TICK_S = 0.01


def due(start_us: int, number: int, rate: int) -> int:
    """The time of sample (or, for units, of the unit's first sample) of that number, microseconds since the epoch."""
    return start_us + number * 1_000_000 // rate


def value(at_us: int) -> int:
    """What was measured then."""
    return at_us // 1000 % 1000


def line(form: str, start_us: int, number: int, rate: int, tags: int) -> str:
    """The message whose first sample has that number."""
    if form == "unit":
        at = due(start_us, number, rate)
        values = ",".join(f'"T{i:05d}":{value(at)}' for i in range(tags))
        return f'{{"time":{at},"values":{{{values}}}}}'
    samples = []
    for i in range(number, number + (ARRAY if form == "array" else 1)):
        at = due(start_us, i, rate)
        samples.append(f'{{"tag":"T{i % tags:05d}","time":{at},"value":{value(at)}}}')
    return samples[0] if form == "single" else f"[{','.join(samples)}]"


def size(form: str, tags: int) -> int:
    """Samples in a message."""
    return {"single": 1, "array": ARRAY, "unit": tags}[form]


def main(form: str, rate: int, seconds: int, tags: int, start_us: int) -> None:
    """Write each message when its last sample is due."""
    step, number = size(form, tags), 0
    while number < rate * seconds:
        behind = time.time() * 1e6 - start_us
        ready = min(int(behind * rate / 1e6), rate * seconds)
        lines = [line(form, start_us, first, rate, tags) for first in range(number, ready - step + 1, step)]
        if lines:
            number += step * len(lines)
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
        elif number + step > rate * seconds:
            return
        time.sleep(TICK_S)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]))
