"""The figures, one file each; `gallery` lists them by name. Every figure function returns its axes."""
