"""`python scripts/init_db.py`: makes the home and the ledger."""

from noktvrn.cli.main import main

if __name__ == "__main__":
    main(["init"])
