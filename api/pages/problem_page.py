"""A refusal as a page; inside htmx as a notice on top of the page that asked."""

from fastapi import Request
from starlette.responses import Response

from api.pages.place_words import place_words
from api.pages.render import page
from api.problems import Problem


def problem_page(request: Request, problem: Problem) -> Response:
    """The page, with the problem's status."""
    inside = "hx-request" in request.headers
    template = "problem_notice.html.j2" if inside else "problem.html.j2"
    back = request.headers.get("referer") or "/"
    library = request.app.state.service.grader.library
    errors = [(place_words(error.place, library), error) for error in problem.errors]
    values = problem.as_json()
    made = page(request, None, template, problem.status, problem=problem, told=values, errors=errors, back=back)
    if problem.retry_after is not None:
        made.headers["Retry-After"] = str(problem.retry_after)
    made.headers["X-Problem"] = problem.code
    if inside:
        made.headers["HX-Retarget"] = "#notices"
        made.headers["HX-Reswap"] = "innerHTML"
    return made
