"""What the service counts, for Prometheus. Labels are route templates, never ids."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("grading_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "grading_http_request_seconds",
    "Seconds until a request was answered",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10),
)
IN_PROGRESS = Gauge("grading_http_requests_in_progress", "Requests being answered")
SIGN_INS = Counter("grading_sign_ins_total", "Sign-ins tried with a password", ["outcome"])
GRADINGS = Counter("grading_gradings_total", "Gradings made", ["mode"])
TRANSITIONS = Counter("grading_transitions_total", "Changes of state of audits", ["action"])
