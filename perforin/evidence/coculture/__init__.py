"""The fit of the CAR law to killing wells: the wells, how they are read, the design, the emulator and the posterior."""
