"""Where the demo plant's files and the results lie."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PLANT_FILE = ROOT / "ingest" / "demo" / "plant.yaml"
SHIPPED = ROOT / "models" / "shipped" / "demo.safetensors"
