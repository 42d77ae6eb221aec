"""`python -m scripts.create_artist --prompt "..."`."""

import argparse

from noktvrn.cli.main import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Create an artist from a sentence.")
    parser.add_argument("--prompt", required=True)
    wanted = parser.parse_args()
    main(["artist", "create", "--prompt", wanted.prompt])
