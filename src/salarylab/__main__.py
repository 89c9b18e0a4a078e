"""The command line, as ``python -m salarylab``."""

from salarylab.cli import main

if __name__ == "__main__":
    main()
