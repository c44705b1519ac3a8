"""What tracks, models and detectors are called in tables and pictures."""

TRACKS = {"lab": "lab", "second": "lab, other seeds", "field": "field", "second-field": "field, other seeds"}
MODELS = {
    "champion": "Foretell",
    "arx": "ARX ridge",
    "latentplant_ensemble": "latentplant ensemble",
    "latentplant_rssm": "latentplant RSSM ensemble",
    "hold": "persistence",
}
DETECTORS = {"foretell": "Foretell", "arx": "ARX", "cva": "CVA", "dpca": "DPCA", "pca": "PCA"}
MODES = {"steady": "at rest", "moving": "moving setpoints"}
"""Of the operators, in runs that are watched."""
