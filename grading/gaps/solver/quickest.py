"""The quickest set of changes: the cheapest of those that take the fewest weeks."""

from grading.gaps.solver.change_sets import Solution, solve
from grading.gaps.solver.trials import Trials
from grading.gaps.solver.within_weeks import times, within_weeks
from grading.gaps.tree.lines import Open
from grading.gaps.tree.nodes import obstacles_of


def quickest(trials: Trials, open_: Open, cheapest: Solution) -> Solution:
    """The set of changes that is done soonest; the cheapest one where none is sooner, or nothing reaches the level."""
    longest = cheapest.change_set.weeks
    if not cheapest.change_set.enough or longest is None:
        return cheapest
    trees = list(open_.trees.values())
    # What a change upsets takes its time too.
    for weeks in sorted({weeks for weeks in times([*trees, *open_.held.values()]) if weeks < longest[1]}):
        if any(obstacles_of(within_weeks(tree, weeks)) for tree in trees):
            continue
        found = solve(trials, open_, smallest=False, within=weeks)
        if found.change_set.enough and (found.change_set.weeks or (0, 0))[1] <= weeks:
            return found
    return cheapest
