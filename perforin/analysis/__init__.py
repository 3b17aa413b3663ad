"""What a run means: burden, killing, survivors, tissue, antigen. Reads stored runs, never an engine."""
