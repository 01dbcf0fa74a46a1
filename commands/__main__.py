"""``python -m commands`` is ``gongkai``."""

from commands import main

main()
