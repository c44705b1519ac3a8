"""How a sentence speaks of time: words, the atoms they make, and the rules that join them. See `twin.timephrases`."""
