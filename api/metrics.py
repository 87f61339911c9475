"""Counters of the service, for Prometheus. Labels are route templates, never ids."""

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where several processes count together; it has to be set before this is imported."""
REQUESTS = Counter("grading_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "grading_http_request_seconds",
    "Seconds until a request was answered",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10),
)
IN_PROGRESS = Gauge("grading_http_requests_in_progress", "Requests being answered", multiprocess_mode="livesum")
SIGN_INS = Counter("grading_sign_ins_total", "Sign-ins tried with a password", ["outcome"])
GRADINGS = Counter("grading_gradings_total", "Gradings made", ["mode"])
TRANSITIONS = Counter("grading_transitions_total", "Changes of state of audits", ["action"])


def exposition() -> bytes:
    """The counts of all processes together, in Prometheus's text format."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    registry.register(_Processes(Path(folder)))
    return generate_latest(registry)


class _Processes(Collector):
    """Memory, processor time and open files of each process that counts, by its id (`pid`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterator[Metric]:
        """One metric of each kind."""
        metrics: dict[str, Metric] = {}
        for file in sorted(self.folder.glob("gauge_livesum_*.db")):
            pid = re.sub(r"\D", "", file.stem)
            # One that has just ended gives nothing.
            for one in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                metric = metrics.setdefault(one.name, Metric(one.name, one.documentation, one.type))
                for sample in one.samples:
                    metric.add_sample(sample.name, {**sample.labels, "pid": pid}, sample.value)
        yield from metrics.values()
