"""`python -m scripts.generate_content --artist_id ID --content_type track`."""

import argparse

from noktvrn.cli.main import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Produce content for an artist.")
    parser.add_argument("--artist_id", required=True)
    parser.add_argument("--content_type", choices=["track", "video"], default="track")
    wanted = parser.parse_args()
    without_film = ["--no-video"] if wanted.content_type == "track" else []
    main(["run", "start", wanted.artist_id, *without_film])
