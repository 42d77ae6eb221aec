"""`python -m scripts.view_artist --id ID`."""

import argparse

from noktvrn.cli.main import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Show an artist.")
    parser.add_argument("--id", required=True)
    wanted = parser.parse_args()
    main(["artist", "show", wanted.id])
