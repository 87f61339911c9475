"""A city to try out: invented plants with a year of audits, two campaigns, plans, visits; all of it made through the services."""

from api.services.demo_city.build import City, begin, finish, start_of_year
from api.services.demo_city.play import Play
from api.services.demo_city.rulesets import write_rulesets

__all__ = ["City", "Play", "begin", "finish", "start_of_year", "write_rulesets"]
