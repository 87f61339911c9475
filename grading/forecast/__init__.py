"""The grade of an audit on days to come, if nothing is done: graded anew only where a day may change something."""

from grading.forecast.forecast import Forecast, Stretch, forecast

__all__ = ["Forecast", "Stretch", "forecast"]
