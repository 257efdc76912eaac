"""`python -m demandshift` is the command `demandshift`."""

from .cli import main

if __name__ == "__main__":
    main()
