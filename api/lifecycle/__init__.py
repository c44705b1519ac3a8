"""The world model's life in a process: loading, serving, training, promoting; part of the composition root."""
