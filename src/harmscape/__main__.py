"""`python -m harmscape` is the command line."""

from harmscape.publish.cli import main

if __name__ == "__main__":
    main()
