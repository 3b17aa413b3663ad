"""Several runs that answer one question together: arms side by side, and what each obstacle costs."""
