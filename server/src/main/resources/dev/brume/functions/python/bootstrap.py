"""Brume's Python runtime: the inside of an execution environment.

Speaks the Lambda Runtime API (HTTP/1.1) over the Unix socket BRUME_SOCKET. Starts as a waiter that knows no function;
one `assign` message turns it into one. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import gc
import importlib
import importlib.util
import json
import logging
import os
import socket
import sys
import time
import traceback

API = "/2018-06-01/runtime"
RESERVED_HOST = "cfn-response.brume.internal"
RESPONSE_PATH = "/_brume/cfn-response"
LOG_FRAME = b"\xa5\x5a\x00\x03"
END_FRAME = b"\xa5\x5a\x00\xff"
END_FRAMES = "BRUME_END_FRAMES" in os.environ  # elsewhere Brume looks into the pipe
THERE = {name.partition(".")[0] for name in sys.modules}  # Python's own, and a debugger's
CARRIERS = {"lambda-runtime-aws-request-id", "brume-assign", "brume-restore"}
request_id = ""


class Fault(Exception):
    """A failure of the runtime's own making, e.g. a handler that is not there."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = "Runtime." + kind
        self.message = message
        self.trace = trace or []


class Wire:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.held = b""

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """The next response that carries an event, an assignment or a restore: (headers, body)."""
        while True:
            headers, body = self._response()
            if not CARRIERS.isdisjoint(headers):
                return headers, body

    def _response(self):
        while b"\r\n\r\n" not in self.held:
            self._fill()
        head, self.held = self.held.split(b"\r\n\r\n", 1)
        headers = {}
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        if len(self.held) < length:
            parts, have = [self.held], len(self.held)
            while have < length:
                part = self.socket.recv(min(1 << 18, length - have))
                if not part:
                    os._exit(0)
                parts.append(part)
                have += len(part)
            self.held = b"".join(parts)
        body, self.held = self.held[:length], self.held[length:]
        return headers, body

    def _fill(self):
        part = self.socket.recv(1 << 16)
        if not part:
            os._exit(0)
        self.held += part


def post(where, body, headers=""):
    head = (
        f"POST {API}{where} HTTP/1.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body


NEXT = f"GET {API}/invocation/next HTTP/1.1\r\n\r\n".encode()
RESTORE = f"GET {API}/restore/next HTTP/1.1\r\n\r\n".encode()


# ---------------------------------------------------------------------------------------------------------------- logs


def frame(kind, text):
    data = text.encode("utf-8", "replace")
    record = kind + len(data).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big") + data
    view = memoryview(record)
    while view:
        view = view[os.write(1, view) :]


class JsonFormatter(logging.Formatter):
    KNOWN = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime"}

    def format(self, record):
        entry = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": request_id,
        }
        if record.exc_info and record.exc_info[0]:
            entry["errorType"] = record.exc_info[0].__name__
            entry["errorMessage"] = str(record.exc_info[1])
            entry["stackTrace"] = [line.rstrip("\n") for line in traceback.format_tb(record.exc_info[2])]
            entry["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        for key, value in record.__dict__.items():
            if key not in self.KNOWN:
                entry[key] = value
        return json.dumps({k: v for k, v in entry.items() if v is not None}, default=str, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        record.aws_request_id = request_id
        return super().format(record)


class FrameHandler(logging.Handler):
    def emit(self, record):
        frame(LOG_FRAME, self.format(record))


def is_json():
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


def set_up_logging():
    handler = FrameHandler()
    if is_json():
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            TextFormatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
            )
        )
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level)
    root = logging.getLogger()
    if level and isinstance(logging.getLevelName(level), int):
        root.setLevel(level)
    root.addHandler(handler)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, write_through=True, errors="replace")


def log_error(error):
    if is_json():
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        frame(LOG_FRAME, json.dumps({"timestamp": stamp, "level": "ERROR", **error}, ensure_ascii=False))
        return
    text = "[ERROR]"
    if error["errorType"]:
        text += " " + error["errorType"]
    if error["errorMessage"]:
        text += (":" if error["errorType"] else "") + " " + error["errorMessage"]
    lines = [text, "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines() or [""]:
            bare = line.lstrip(" ")
            lines.append("\u00a0" * (len(line) - len(bare)) + bare)
    frame(LOG_FRAME, "\n".join(lines))


# -------------------------------------------------------------------------------------------------------------- errors


def error_payload(thrown, trace, invocation=""):
    if isinstance(thrown, Fault):
        kind, message, trace = thrown.kind, thrown.message, thrown.trace
    else:
        kind, message = type(thrown).__name__, str(thrown)
    return {"errorMessage": message, "errorType": kind, "requestId": invocation, "stackTrace": trace}


def own_frames(thrown):
    entries = traceback.extract_tb(thrown.__traceback__)
    for index, entry in enumerate(entries):
        if entry.filename != __file__ and "importlib" not in entry.filename:
            return traceback.format_list(entries[index:])
    return []


def error_post(where, error, kind=None):
    kind = kind or error["errorType"].encode("ascii", "replace").decode()
    body = json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")
    return post(where, body, f"Lambda-Runtime-Function-Error-Type: {kind}\r\n")


# ------------------------------------------------------------------------------------------------------------- loading


def load_handler(handler):
    module_name, dot, function = handler.rpartition(".")
    if not dot:
        raise Fault(
            "MalformedHandlerName", f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)"
        )
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as e:
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {e}") from e
    except SyntaxError as e:
        trace = [f'  File "{e.filename}" Line {e.lineno}\n    {e.text}']
        raise Fault("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {e}", trace) from e
    try:
        return getattr(module, function)
    except AttributeError as e:
        raise Fault("HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'") from e


class Identity:
    def __init__(self, given):
        given = given or {}
        self.cognito_identity_id = given.get("cognitoIdentityId")
        self.cognito_identity_pool_id = given.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, given):
        for key in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, key, given.get(key))


class ClientContext:
    def __init__(self, given):
        self.client = Client(given.get("client") or {})
        self.custom = given.get("custom")
        self.env = given.get("env")


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, headers):
        environment = os.environ.get
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.log_group_name = environment("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environment("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environment("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client)) if client else None
        identity = headers.get("lambda-runtime-cognito-identity")
        self.identity = Identity(json.loads(identity) if identity else None)
        self._deadline = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def to_json(value):
    from decimal import Decimal

    def other(item):
        if isinstance(item, Decimal):
            return float(item)
        raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")

    return json.dumps(value, default=other, ensure_ascii=False)


def marshal(result):
    try:
        return to_json(result).encode("utf-8")
    except Exception as e:
        raise Fault("MarshalError", f"Unable to marshal response: {e}") from e


# ------------------------------------------------------------------------------------------------------ reserved host


def bring_home_responses(endpoint):
    """CloudFormation's ResponseURL is https on a reserved host: brings such requests to Brume's endpoint."""
    import http.client
    from urllib.parse import urlsplit

    home = urlsplit(endpoint)

    def patch(kind):
        connect, put = kind.connect, kind.putrequest

        def connect_home(self):
            if self.host != RESERVED_HOST:
                return connect(self)
            self.sock = socket.create_connection((home.hostname, home.port or 80))
            return None

        def put_home(self, method, url, *args, **kwargs):
            return put(self, method, RESPONSE_PATH + url if self.host == RESERVED_HOST else url, *args, **kwargs)

        kind.connect, kind.putrequest = connect_home, put_home

    patch(http.client.HTTPSConnection)
    if "urllib3" in sys.modules or importlib.util.find_spec("urllib3"):
        try:
            import urllib3.connection

            if "connect" in vars(urllib3.connection.HTTPSConnection):
                kind = urllib3.connection.HTTPSConnection
                inner = kind.connect

                def connect_home(self):
                    if self.host != RESERVED_HOST:
                        return inner(self)
                    self.sock = socket.create_connection((home.hostname, home.port or 80))
                    self.is_verified = True
                    return None

                kind.connect = connect_home
        except Exception as e:  # an odd urllib3 must not keep a function from starting
            print(f"urllib3 was left as it is: {e}")


# -------------------------------------------------------------------------------------------------------------- invoke


def invoke(wire, handler, headers, body):
    global request_id
    request_id = headers["lambda-runtime-aws-request-id"]
    trace = headers.get("lambda-runtime-trace-id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    where = f"/invocation/{request_id}"
    try:
        try:
            event = json.loads(body)
        except ValueError as e:
            raise Fault("UnmarshalError", f"Unable to unmarshal input: {e}") from e
        answer = post(where + "/response", marshal(handler(event, Context(headers))))
    except Exception as e:
        error = error_payload(e, own_frames(e), request_id)
        log_error(error)
        answer = error_post(where + "/error", error)
    sys.stdout.flush()
    sys.stderr.flush()
    if END_FRAMES:
        frame(END_FRAME, request_id)
    wire.send(answer + NEXT)


def assign(message):
    # Without variables in the message they have been there from the start.
    given = message.get("env") or {k: v for k, v in os.environ.items() if not k.startswith("BRUME_")}
    os.environ.clear()
    os.environ.update(given)
    time.tzset()
    root = os.environ["LAMBDA_TASK_ROOT"]
    os.chdir(root)
    more = [p for p in os.environ.get("PYTHONPATH", "").split(":") if p]
    sys.path[0:1] = [root] + more
    # Layers come first in it; the rest is the platform's.
    forget_what_it_brings_along([root] + more[:1])
    set_up_logging()
    if message.get("notice"):
        logging.getLogger().warning(message["notice"])
    bring_home_responses(os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"))
    return load_handler(os.environ["_HANDLER"])


def checkpoint(wire):
    """Runs the hooks around a snapshot, and waits in between until it is restored.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html"""
    import snapshot_restore_py as hooks

    def run(some, where, kind):
        try:
            for function, args, kwargs in some:
                function(*args, **kwargs)
        except BaseException as e:
            error = error_payload(e, own_frames(e))
            log_error(error)
            wire.send(error_post(where, error, "Runtime." + kind))
            sys.exit(64)

    run(reversed(hooks.get_before_snapshot()), "/init/error", "BeforeSnapshotError")
    sys.stdout.flush()
    sys.stderr.flush()
    wire.send(RESTORE)
    wire.receive()
    run(hooks.get_after_restore(), "/restore/error", "AfterRestoreError")


def packages():
    """The packages that we have loaded and that are no part of Python, by their first name."""
    loaded = {name.partition(".")[0] for name in sys.modules} - THERE
    if not hasattr(sys, "stdlib_module_names"):  # before Python 3.10
        return loaded & {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}
    return loaded - set(sys.stdlib_module_names)


def forget_what_it_brings_along(folders):
    """A function's own packages go before those that were loaded in advance, and none is mixed with another's."""
    loaded = packages()
    own = set()
    for folder in folders:
        try:
            own.update(name.partition(".")[0] for name in os.listdir(folder))
        except OSError:
            continue  # no layer is there
    if own & loaded:
        for name in [name for name in sys.modules if name.partition(".")[0] in loaded]:
            del sys.modules[name]


def preload_for_all():
    """What every function's start needs, so that none waits for it."""
    import decimal  # noqa: F401
    import http.client  # noqa: F401
    import urllib.parse  # noqa: F401

    try:
        import urllib3.connection  # noqa: F401
    except Exception:
        return  # there is none, or it is odd: functions go on without


def preload():
    """Loads boto3 and the models of the services named; keeps no client or credential."""
    names = [n for n in os.environ.get("BRUME_PRELOAD", "").split(",") if n]
    if not names:
        return
    try:
        import boto3.session
        import botocore.session

        if "dynamodb" in names:
            import boto3.dynamodb.conditions  # noqa: F401
        session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="us-east-1")
        for name in names:
            if name != "boto3":
                session.client(name)
        loader = session._session.get_component("data_loader")
        create = botocore.session.create_loader
        botocore.session.create_loader = lambda path=None: create(path) if path else loader
        # Sessions look at variables when something is asked of them: the function's first one can be made now.
        waiting, get = [botocore.session.get_session()], botocore.session.get_session
        botocore.session.get_session = lambda env_vars=None: waiting.pop() if waiting and not env_vars else get(env_vars)
    except Exception:
        return  # the function itself will say what is missing when it asks for it


def main():
    preload_for_all()
    preload()
    if "BRUME_PRELOAD" in os.environ:
        # It waits. What is there stays: the collector need not go through it in the midst of a function's start.
        gc.collect()
        gc.freeze()
    wire = Wire(os.environ["BRUME_SOCKET"])
    wire.send(b"GET /brume/assign HTTP/1.1\r\n\r\n")
    _, body = wire.receive()
    try:
        handler = assign(json.loads(body))
    except BaseException as e:
        error = error_payload(e, own_frames(e))
        log_error(error)
        wire.send(error_post("/init/error", error))
        sys.exit(1)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        checkpoint(wire)
    wire.send(NEXT)
    while True:
        invoke(wire, handler, *wire.receive())


if __name__ == "__main__":
    # Handlers that import `bootstrap` or `__main__` get what they would on Lambda: nothing of theirs.
    main()
