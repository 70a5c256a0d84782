import json
import logging
import os
import sys
import time

count = 0


def echo(event, context):
    return event


def counts(event, context):
    global count
    count += 1
    return count


def context(event, context):
    return {
        "id": context.aws_request_id,
        "name": context.function_name,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "root": os.environ["LAMBDA_TASK_ROOT"],
        "user": os.environ.get("CUSTOMER"),
    }


def throws(event, context):
    raise ValueError("no such order")


def hangs(event, context):
    while True:
        pass


def exits(event, context):
    os._exit(5)


def logs(event, context):
    print("printed")
    logging.getLogger().warning("careful %s", 1)
    sys.stderr.write("to stderr\n")


def unserializable(event, context):
    return object()


def boto(event, context):
    import boto3

    client = boto3.client("s3")
    return {"region": client.meta.region_name, "endpoint": client.meta.endpoint_url}
