"""Dead letters tried again."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.dead_letters import DeadLetters
from ingest.preparing import Preparation
from ingest.validation import Reason
from ingest.writing import write
from twin.intake import DeadLetter, Refused, Replayed
from twin.protocols import Historian, WriteResult
from twin.sample import SampleBatch


def replay(
    letters: Sequence[DeadLetter],
    preparation: Callable[[Refused], Preparation],
    historian: Historian,
    kept: DeadLetters,
) -> Replayed:
    """Store what can be stored by now and take it out of the letters; raises StoreUnavailable."""
    done, stored, duplicates, unreadable = 0, 0, 0, 0
    still: Counter[str] = Counter()
    for letter in letters:
        if letter.refused.samples is None:
            unreadable += 1
            continue
        written, refused = _again(letter.refused, letter.refused.samples, preparation(letter.refused), historian)
        stored, duplicates = stored + written.written + written.corrected, duplicates + written.duplicates
        if sum(map(len, refused)) < len(letter.refused):
            kept.replace(letter, refused)
        done += not refused
        for one in refused:
            still[one.reason] += len(one)
    return Replayed(done, stored, duplicates, still, unreadable)


def _again(
    refused: Refused, samples: SampleBatch, preparation: Preparation, historian: Historian
) -> tuple[WriteResult, list[Refused]]:
    """What is stored, and what is refused again."""
    checked = preparation.check(samples, None)
    written = write(historian, checked.batch)
    faulty = [preparation.refused(samples, checked, fault) for fault in checked.faults]
    still = [replace(one, translated=refused.translated) for one in faulty]
    still += [
        Refused(refused.source, Reason.REFUSED.value, said, part, translated=True) for part, said in written.refused
    ]
    return written.result, still
