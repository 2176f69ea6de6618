"""`python -m minisat VERB` is the same as `minisat VERB`."""

import sys

from minisat.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
