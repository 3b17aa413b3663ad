"""`python -m perforin`, the same as the command `perforin`."""

from perforin.cli import main

if __name__ == "__main__":
    main()
