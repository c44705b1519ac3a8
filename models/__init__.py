"""Models of the plant: world models, anomaly detection, language model client. The only room with torch."""
