"""`python -m scripts.create_content_plan --artist_id ID --duration 90`."""

import argparse

from noktvrn.cli.main import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a content calendar.")
    parser.add_argument("--artist_id", required=True)
    parser.add_argument("--duration", type=int, default=90, help="days")
    wanted = parser.parse_args()
    main(["plan", "make", wanted.artist_id, "--days", str(wanted.duration)])
