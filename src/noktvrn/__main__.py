"""`python -m noktvrn`: the command where it is not on the PATH."""

from noktvrn.cli.main import main

if __name__ == "__main__":
    main()
