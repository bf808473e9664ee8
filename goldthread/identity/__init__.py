"""The identity engine behind the Python models: scoring, clustering, training, evaluation.

Knows nothing of dbt, Dagster or files; tables come in and go out as DuckDB relations or Arrow.
"""

from goldthread.identity.clustering import cluster_records
from goldthread.identity.evaluation import Evaluation, evaluate, evaluate_links
from goldthread.identity.model import LinkageModel, committed_model, current_model, own_model_path
from goldthread.identity.scoring import score_pairs
from goldthread.identity.training import train

__all__ = [
    "Evaluation",
    "LinkageModel",
    "cluster_records",
    "committed_model",
    "current_model",
    "evaluate",
    "evaluate_links",
    "own_model_path",
    "score_pairs",
    "train",
]
