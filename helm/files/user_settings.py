"""authentik, mounted as /data/user_settings.py: writes its events to a file that a herald beside it reads.

For places where herald may read neither the pod-log API nor the kubelet's files. What authentik prints stays as it is.
"""

import fcntl
import logging.handlers
import os

from authentik.lib.logging import get_logger_config


class HeraldFileHandler(logging.handlers.WatchedFileHandler):
    """Appends to one file from all of authentik's processes. Who finds it full renames it; the others see that and follow."""

    bytes_max = 32 * 1024 * 1024

    def emit(self, record):
        try:
            if self.is_full():
                self.rotate()
            super().emit(record)
        except OSError:
            # A missing or full volume must not reach authentik.
            self.handleError(record)

    def is_full(self):
        try:
            return os.stat(self.baseFilename).st_size > self.bytes_max
        except FileNotFoundError:
            return False

    def rotate(self):
        with open(f"{self.baseFilename}.lock", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.is_full():
                os.replace(self.baseFilename, f"{self.baseFilename}.1")


LOGGING = get_logger_config()
LOGGING["handlers"]["herald"] = {
    "()": HeraldFileHandler,
    "filename": os.environ.get("HERALD_LOG", "/var/log/authentik/authentik.log"),
    "encoding": "utf-8",
    "delay": True,
    "formatter": "json",
}
# The loggers of events, and of logins with unknown user names.
for _name in ("authentik.events", "authentik.flows.stage"):
    LOGGING["loggers"][_name] = {**LOGGING["loggers"]["authentik"], "handlers": ["console", "herald"]}
