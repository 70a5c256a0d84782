import threading
import time

beats = 0
thread = None


def beat():
    global beats
    while True:
        time.sleep(0.01)
        beats += 1


def handler(event, context):
    global thread
    if thread is None:
        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
    before = beats
    time.sleep(event["ms"] / 1000)
    return {"before": before, "after": beats}
