"""A dbt that is started before it is needed: ``python -m goldthread.warehouse.dbt_ahead``.

Importing dbt, reading the parsed project and importing what Python models need takes some seconds,
which pass while sources are loaded. It then waits for one line on its standard input, the JSON
array of a command's arguments, and runs that command. It ends by itself when whoever started it is
gone.
"""

import gc
import json
import sys
from importlib import import_module

# Anything the waiting dbt said before it has its command would be taken for the command's output.
_SILENT = ["--quiet", "--log-level", "none", "--log-level-file", "none", "--no-write-json"]

_FOR_PYTHON_MODELS = ("pandas", "scipy.sparse.csgraph")


def main() -> int:
    """Returns the exit code dbt's own command has: 0 good, 1 nodes failed, 2 could not run."""
    # What is imported and parsed here stays to the end: the garbage collector need never look.
    gc.disable()
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    parsed = dbtRunner().invoke([*_SILENT, "parse"])
    for name in _FOR_PYTHON_MODELS:
        import_module(name)
    gc.freeze()
    gc.enable()
    command = sys.stdin.readline()
    if not command:
        return 0
    # Where it could not be parsed, the command finds out again and says why.
    manifest = parsed.result if isinstance(parsed.result, Manifest) else None
    result = dbtRunner(manifest).invoke(json.loads(command))
    if result.exception is not None:
        print(result.exception, file=sys.stderr)
        return 2
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
