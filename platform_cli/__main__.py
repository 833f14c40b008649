"""`python -m platform_cli` is `platform`."""

from platform_cli.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
