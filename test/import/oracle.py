"""Runs programs of authentik as Python itself runs them: the judge of what their CEL has to yield.

Reads {"programs": [text], "events": [event], "purpose": "policy" | "mapping"} and writes a list of results for each program:
"true" or "false" of a policy, what a mapping returns as {"value": ...}, "raises" for both.
"""

import ipaddress
import json
import re
import sys
import textwrap
from datetime import datetime, timezone
from types import SimpleNamespace


def ip_address(text):
    """As in herald, IPv4 written as IPv6 is IPv4: the one difference, which the import tells of."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


class Nothing:
    def __getattr__(self, name):
        return lambda *args, **kwargs: None


def sanitized(value):
    if isinstance(value, dict):
        return {key: sanitized(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [sanitized(item) for item in value if sanitized(item)]
    return value


def scope(event, purpose):
    context = event["context"]
    body = str(context["message"]) if "message" in context else "no message"
    thing = SimpleNamespace(
        action=event["action"],
        client_ip=event.get("client_ip"),
        user=event["user"],
        context=context,
        created=datetime.fromtimestamp(event["at"] / 1000, timezone.utc),
    )
    names = {
        "ip_address": ip_address,
        "ip_network": ipaddress.ip_network,
        "regex_match": lambda value, regex: re.search(regex, value) is not None,
    }
    if purpose == "mapping":
        notification = SimpleNamespace(event=thing, severity="warning", body=body)
        context = {"notification": notification}
        user = SimpleNamespace(username="ana", email="ana@example.com")
        return names | {"request": SimpleNamespace(context=context, user=user), "user": user, "notification": notification}
    request = SimpleNamespace(context={"event": thing}, obj=thing, http_request=None, debug=False)
    address = ip_address(event.get("client_ip") or "255.255.255.255")
    return names | {
        "request": request,
        "context": request.context,
        "ak_client_ip": address,
        "ak_is_sso_flow": False,
        "ak_message": lambda text: None,
        "ak_logger": Nothing(),
    }


def compiled(program):
    return compile("def handler():\n" + textwrap.indent(program, " "), "program", "exec")


def run(code, event, purpose):
    names = scope(event, purpose)
    try:
        exec(code, names)
        result = names["handler"]()
        if purpose == "mapping":
            return {"value": sanitized(result)}
        return "true" if result else "false"
    except Exception:
        return "raises"


job = json.load(sys.stdin)
codes = [compiled(program) for program in job["programs"]]
json.dump([[run(code, event, job["purpose"]) for event in job["events"]] for code in codes], sys.stdout)
