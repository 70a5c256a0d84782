"""Hooks of functions with SnapStart: what runs before a snapshot is taken and after it is restored.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

_before = []
_after = []


def register_before_snapshot(func, *args, **kwargs):
    """Runs before a snapshot, the last registered first. Also a decorator."""
    _before.append((func, args, kwargs))
    return func


def register_after_restore(func, *args, **kwargs):
    """Runs after a restore, the first registered first. Also a decorator."""
    _after.append((func, args, kwargs))
    return func


def get_before_snapshot():
    """What was registered: functions with their arguments."""
    return _before


def get_after_restore():
    """What was registered: functions with their arguments."""
    return _after
