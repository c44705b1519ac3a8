"""`python -m api.cli` is `foretell`."""

from api.cli.app import main

main()
