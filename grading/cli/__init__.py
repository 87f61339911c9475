"""The commands of `grading`: each reads its arguments, calls the domain and prints what it says."""
