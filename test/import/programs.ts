/** Expression policies of all kinds that can be carried over. The first two are the examples of authentik's documentation. */
export const policies: readonly string[] = [
  `return ip_address(request.context["event"].client_ip) in ip_network('192.0.2.0/24')`,
  `event = request.context.get("event", None)
if not event:
    ak_logger.info("no event")
    return False
if event.action != "login":
    return False
return event.context["auth_method_args"]["known_device"] == False`,
  `event = request.context["event"]
return event.context["model"]["app"] == "authentik_core"`,
  `event = context["event"]
agent = event.context.get("http_request", {}).get("user_agent", "")
if regex_match(agent, "(?i)^(curl|python-requests|go-http-client)/"):
    ak_message("scripted client: " + agent)
    return True
return False`,
  `event = request.context["event"]
return event.action.startswith("model_") and (event.created.hour >= 22 or event.created.hour < 6)`,
  `return request.context["event"].context.get("geo", {}).get("country") not in ["DE", "CH"]`,
  `return request.context["event"].context.get("geo", {}).get("country", "") in ("DE", "CH", None)`,
  `return (request.context["event"].context.get("geo") or {}).get("country") == "DE"`,
  `return request.context["event"].context.get("geo").get("country") == "DE"`,
  `return request.context["event"].context["geo"]["country"] != "DE"`,
  `event = request.context["event"]
geo = event.context["geo"]
if event.action == "login":
    return geo["country"] != "DE"
return True`,
  `event = request.context["event"]
message = "x" + event.context["username"]
return True`,
  `return request.obj.user.get("username") == "akadmin" or request.obj.user.get("email", "").endswith("@example.com")`,
  `return request.obj.user["username"].lower() in ["akadmin", "ada"]`,
  `return request.obj.user.get("username", "").startswith(("ak", "ad"))`,
  `return request.context["event"].context.get("username")`,
  `return request.context["event"].context`,
  `return not request.context["event"].user`,
  `return request.context["event"].client_ip`,
  `return request.context["event"].client_ip is None`,
  `return request.context["event"].client_ip == "198.51.100.7"`,
  `return request.context["event"].client_ip in ["198.51.100.7", None]`,
  `return request.context["event"].client_ip.startswith("198.")`,
  `return "198." in request.context["event"].client_ip`,
  `return "geo" in request.context["event"].context and "username" in request.context["event"].user`,
  `return "a" in request.context["event"].context["username"]`,
  `return "event" in request.context and "message" not in context["event"].context`,
  `return ak_client_ip in ip_network("10.0.0.0/8") or ak_client_ip.version == 6`,
  `return ak_client_ip == ip_address("255.255.255.255")`,
  `return any(ak_client_ip in network for network in [ip_network("10.0.0.0/8"), ip_network("198.51.100.0/24")])`,
  `for network in ["10.0.0.0/8", "198.51.100.0/24"]:
    if ip_address(context["event"].client_ip) in ip_network(network):
        return True`,
  `for key in ["geo", "asn"]:
    if key not in context["event"].context:
        return False
return True`,
  `event = request.context["event"]
kind = "write" if event.action in ["user_write", "model_updated"] else "other"
if kind == "write" and not ak_is_sso_flow:
    return len(event.context) > 2
elif kind == "other" and len(event.action) > 10:
    return event.context["message"]
else:
    pass`,
  `return len(context["event"].context.get("http_request", {}).get("path", "").split("/")) > 3`,
  `return context["event"].context.get("http_request", {}).get("path", "").split("/")[1] == "api"`,
  `return 8 <= context["event"].created.hour < 18 and context["event"].created.weekday() < 5`,
  `return f"{context['event'].action}:{context['event'].user.get('username')}" == "login:akadmin"`,
  `return str(context["event"].context.get("known")) == "None"`,
  `return isinstance(context["event"].context.get("message"), str)`,
  `return all([context["event"].action, context["event"].user, context["event"].client_ip])`,
  `import re
return re.search(r"^/api/", context["event"].context["http_request"]["path"])`,
  `import re
return re.match(r"log(in|out)", context["event"].action)`,
  `x = context["event"].context.get("attempts", 1)
y = 2
return x + y == 3 and x * 2 - 1 < 5 and -x < 0`,
  `return True if context["event"].action == "login" else None`,
  `pass`,
  `return`,
  `return "yes" and context["event"].user.get("email")`,
  `return context["event"].context.get("reason") or context["event"].context.get("message") or False`,
  `return not (context["event"].action == "login" and context["event"].context["geo"]["city"] == "Berlin")`,
  `return context["event"].context["username"] == "ada" or True`,
  `return True or context["event"].context["nowhere"]`,
  `return context["event"].context["nowhere"] and False`,
  `return context["event"].context.get("auth_method_args", {}).get("mfa_devices", [])[0]["name"] == "phone"`,
  `return context["event"].user.get("pk", 0) > 5`,
  `return context["event"].user.get("pk") in [4, 5, 6]`,
  `return [] or {} or "" or 0`,
  `return context["event"].action.upper().find("LOGIN") == 0 and " a ".strip() == "a"`,
  `return ", ".join(["a", context["event"].action]) == "a, login"`,
];

/** Programs that cannot be carried over, with what is said about them and the line. */
export const unportable: readonly (readonly [string, RegExp, number])[] = [
  ['return ak_is_group_member(request.user, name="admins")', /ak_is_group_member asks authentik's database/, 1],
  [
    'event = context["event"]\nreturn ak_user_by(pk=event.user["pk"]).is_superuser',
    /ak_user_by asks authentik's database/,
    2,
  ],
  ['return request.user.username == "x"', /request\.user is in authentik's database.*event\.user\["username"\]/, 1],
  ['return requests.get("https://example.com").ok', /requests asks the network/, 1],
  ['from authentik.core.models import User\nreturn True', /the import of authentik\.core\.models/, 1],
  ['return event.brand', /event is not known here/, 1],
  ['return context["event"].brand', /event\.brand is in authentik's database/, 1],
  ['return context["event"].pk', /event\.pk/, 1],
  ['try:\n    return True\nexcept Exception:\n    return False', /try cannot be imported/, 1],
  ['while True:\n    return 1', /while cannot be imported/, 1],
  ['def f():\n    return 1\nreturn f()', /def cannot be imported/, 1],
  ['return (context', /not valid Python/, 1],
  ['return regex_match(context["event"].action, "(?=x)")', /cannot be run in linear time/, 1],
  ['return ip_address(context["event"].client_ip) in ip_network("192.0.2.1/24")', /bits behind the prefix/, 1],
  ['return ak_client_ip.is_private', /is_private of an address/, 1],
  ['return context["event"].context["a"][-1]', /only a text or a number from 0/, 1],
  ['return context["event"].context["a"][1:]', /a\[b:c\]/, 1],
  ['return [x for x in context["event"].context]', /can only be given to any\(\) and all\(\)/, 1],
  ['for x in context["event"].context["a"]:\n    return x', /only a list that is written out/, 1],
  ['return context["event"].context.get("a").replace("a", "b")', /replace\(\) of a text/, 1],
  ['return f"{context[\'event\'].action!r}"', /in an f-string/, 1],
  ['return context["other"]', /"other" is not in the context/, 1],
  ['return lambda: 1', /LambdaExpression/, 1],
  [
    'a = context["event"].context.get("a")\n' + 'a = (a or 1) and (a or 2)\n'.repeat(20) + 'return a',
    /longer than 8192/,
    1,
  ],
];

/** Webhook mappings that can be carried over. */
export const mappings: readonly string[] = [
  `event = notification.event
return {
    "title": event.action,
    "severity": notification.severity,
    "ip": event.client_ip,
    "who": event.user.get("username"),
    "country": event.context.get("geo", {}).get("country"),
}`,
  `return {
    "text": f"{notification.event.action} by {notification.event.user.get('username', '?')}",
    "tags": [notification.event.action, "", "idp", notification.event.user.get("email")],
    "nested": {"to": user.email, "name": request.user.username, "none": None, "costs": "$\{env:X} \${1 + 1}"},
}`,
  `if notification.event.action == "login":
    return {"login": notification.event.context}
return {"other": [notification.event.action, 1, 0, None]}`,
  `return request.context["notification"].event.user`,
  `return {"list": [], "empty": {}, "yes": True, "number": 1.5, "negative": -3}`,
];
