"""Everything Dagster knows of Goldthread: what the modules of ``defs`` define."""

from __future__ import annotations

import warnings

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    # Not `load_from_defs_folder`: it also loads and describes every component type there is, of
    # which none is used here, and takes half a second for it.
    from orchestration import defs as modules
    from orchestration.defs import resources

    with warnings.catch_warnings():
        # Dagster may change this function in a patch version; ours is pinned.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        found = dg.load_definitions_from_package_module(modules)
    return dg.Definitions.merge(found, resources.defs)
