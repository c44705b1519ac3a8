"""Where the demo plant's files and the results lie."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PLANT_FILE = ROOT / "ingest" / "demo" / "plant.yaml"
SHIPPED = ROOT / "models" / "shipped" / "demo.safetensors"


def calibration_log(plant: Plant, progress: Callable[[float], None] = lambda done: None) -> MemoryHistorian:
    """400 h at the operators' ordinary rate, which no model was trained on: what the detector is calibrated by.

    Its thresholds hold for a plant that is moved as often as this one.
    """
    historian = MemoryHistorian(plant)
    campaign = training_campaign(CALIBRATION_SEED, CALIBRATION_HOURS, MOVES_PER_HOUR, start=CALIBRATION_START)
    for number, batch in enumerate(campaign, start=1):
        historian.write(batch)
        progress(min(1.0, 50.0 * number / CALIBRATION_HOURS))
    return historian
