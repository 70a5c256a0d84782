# What a function without privileges must not be allowed by the kernel.
import ctypes
import errno
import os
import platform
import signal
import socket
import subprocess
import time

libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"
NUMBERS = {
    "keyctl": 219 if ARM else 250,
    "add_key": 217 if ARM else 248,
    "bpf": 280 if ARM else 321,
    "perf_event_open": 241 if ARM else 298,
    "userfaultfd": 282 if ARM else 323,
    "io_uring_setup": 425,
    "setns": 268 if ARM else 308,
    "init_module": 105 if ARM else 175,
    "kexec_load": 104 if ARM else 246,
    "open_by_handle_at": 265 if ARM else 304,
}


def refused(result):
    return "allowed" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def call(name, *arguments):
    return refused(libc.syscall(NUMBERS[name], *arguments))


def kernel(event, context):
    user = 0x10000000
    network = 0x40000000
    return {
        "mount": refused(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
        "umount": refused(libc.umount2(b"/var/task", 2)),
        "unshare user": refused(libc.unshare(user)),
        "unshare user and network": refused(libc.unshare(user | network)),
        "unshare network": refused(libc.unshare(network)),
        "ptrace": refused(libc.ptrace(16, 1, None, None)),
        "setuid": refused(libc.setuid(0)),
        "setgid": refused(libc.setgid(0)),
        "chroot": refused(libc.chroot(b"/tmp")),
        "sethostname": refused(libc.sethostname(b"x", 1)),
        "settimeofday": refused(libc.settimeofday(ctypes.byref((ctypes.c_long * 2)(1, 0)), None)),
        "mknod": refused(libc.mknod(b"/tmp/device", 0o60666, 0x700)),
        "reboot": refused(libc.reboot(0)),
        "swapoff": refused(libc.swapoff(b"/tmp")),
        "nice": refused(libc.setpriority(0, 0, -10)),
        "keyctl": call("keyctl", 0, -3, 0),
        "add_key": call("add_key", b"user", b"x", b"y", 1, -3),
        "bpf": call("bpf", 5, None, 0),
        "perf": call("perf_event_open", None, 0, -1, -1, 0),
        "userfaultfd": call("userfaultfd", 0),
        "io_uring": call("io_uring_setup", 1, None),
        "setns": call("setns", 0, 0),
        "init_module": call("init_module", None, 0, b""),
        "kexec": call("kexec_load", 0, 0, None, 0),
        "handles": call("open_by_handle_at", 0, None, 0),
    }


def signals(event, context):
    """Whom it can hurt."""
    found = {}
    for name, pid in (("init", 1), ("parent", os.getppid()), ("brume", event["brume"])):
        try:
            os.kill(pid, signal.SIGKILL)
            found[name] = "allowed"
        except OSError as failure:
            found[name] = errno.errorcode[failure.errno]
    return found


def everybody(event, context):
    os.kill(-1, signal.SIGKILL)
    time.sleep(50)


def sees(event, context):
    """Processes, and what of them can be read."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    readable = []
    for pid in pids:
        if pid == os.getpid():
            continue
        for name in ("environ", "mem", "root", "cwd", "fd", "maps"):
            try:
                path = f"/proc/{pid}/{name}"
                os.listdir(path) if name in ("root", "cwd", "fd") else open(path, "rb").read(1)
                readable.append(path)
            except OSError:
                pass
    return {"count": len(pids), "largest": max(pids), "readable": readable}


def lives_on(event, context):
    """Twice forked, in a session of its own, deaf to what can be ignored, and forgotten."""
    running, open_until = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(one, signal.SIG_IGN)
            os.execv("/bin/sleep", ["sleep", str(event["seconds"])])
        os._exit(0)
    os.close(open_until)
    os.read(running, 1)
    os.close(running)
    return "done"


def abstract(event, context):
    """Sockets that have a name and no file."""
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect("\0" + event["name"])
            return "open"
    except OSError as failure:
        return errno.errorcode[failure.errno]


def keeps(event, context):
    with open("/tmp/secret", "w") as file:
        file.write("secret")
    return sorted(os.listdir("/tmp"))


def looks(event, context):
    return {
        "tmp": sorted(os.listdir("/tmp")),
        "task": sorted(os.listdir("/var/task")),
        "found": [path for path in event["paths"] if os.path.exists(path)],
        "root": sorted(os.listdir("/")),
    }
