"""`python -m models.foundry`."""
from models.foundry import cli

if __name__ == "__main__":
    cli.main()
