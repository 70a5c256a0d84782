"""A runtime in shell with curl, made as https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html makes one: in the function's package, then in a layer."""

import base64
import io
import json
import os
import urllib.request
import zipfile

import boto3

TRUST = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
with urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_brume/health') as health:
    REDUCED = json.load(health)['functions']['isolation'] not in ('root', 'user')
# On Lambda sh is bash; without a sandbox it is what the machine has.
BOOTSTRAP = ('#!/bin/bash' if REDUCED else '#!/bin/sh') + r'''
set -euo pipefail
api=http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime

# The handler is a function in a script: <script>.<function>
script=$LAMBDA_TASK_ROOT/${_HANDLER%.*}.sh
if [[ ! -f $script ]]; then
  curl -sS -H 'Lambda-Runtime-Function-Error-Type: Runtime.NoSuchHandler' -d "{\"errorMessage\":\"there is no ${_HANDLER%.*}.sh\",\"errorType\":\"NoSuchHandler\"}" "$api/init/error"
  exit 1
fi
source "$script"

while true; do
  headers=$(mktemp)
  event=$(curl -sS -LD "$headers" "$api/invocation/next")
  id=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  if answer=$("${_HANDLER#*.}" "$event"); then
    curl -sS -d "$answer" "$api/invocation/$id/response"
  else
    curl -sS -H 'Lambda-Runtime-Function-Error-Type: Shop.Refused' -d "{\"errorMessage\":\"$answer\",\"errorType\":\"Refused\",\"stackTrace\":[]}" "$api/invocation/$id/error"
  fi
  rm "$headers"
done
'''
FUNCTION = r'''
function handler () {
  echo "got $1" 1>&2
  case $1 in
    *refuse*) echo "nothing for you"; return 1 ;;
    *sleep*) sleep 60 ;;
    *exit*) kill $$ ;;
  esac
  echo "Echoing request: '$1'"
}
'''
functions = boto3.client('lambda')


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return out.getvalue()


def create(name, files, **more):
    functions.create_function(FunctionName=name, Runtime='provided.al2023', Role=role, Handler='function.handler', Code={'ZipFile': zipped(files)}, **more)
    functions.get_waiter('function_active_v2').wait(FunctionName=name)


def invoke(event, name='bash-runtime'):
    result = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType='Tail')
    return result.get('FunctionError'), result['Payload'].read().decode(), base64.b64decode(result['LogResult']).decode()


def echoes():
    event = json.dumps({'text': 'Hello'})
    error, answer, log = invoke({'text': 'Hello'})
    assert (error, answer) == (None, f"Echoing request: '{event}'"), (error, answer, log)
    assert f'got {event}\n' in log and 'REPORT RequestId: ' in log, log


role = boto3.client('iam').create_role(RoleName='lambda-role', AssumeRolePolicyDocument=json.dumps(TRUST))['Role']['Arn']
create('bash-runtime', {'bootstrap': BOOTSTRAP, 'function.sh': FUNCTION}, Timeout=20)
echoes()
echoes()

# The runtime in a layer of its own, the package with the function alone.
layer = functions.publish_layer_version(LayerName='bash-runtime', Content={'ZipFile': zipped({'bootstrap': BOOTSTRAP})})['LayerVersionArn']
functions.update_function_configuration(FunctionName='bash-runtime', Layers=[layer])
functions.get_waiter('function_updated_v2').wait(FunctionName='bash-runtime')
functions.update_function_code(FunctionName='bash-runtime', ZipFile=zipped({'function.sh': FUNCTION}))
functions.get_waiter('function_updated_v2').wait(FunctionName='bash-runtime')
echoes()

# What it says of an error is the answer, word for word.
error, answer, log = invoke({'text': 'refuse'})
assert (error, json.loads(answer)) == ('Unhandled', {'errorMessage': 'nothing for you', 'errorType': 'Refused', 'stackTrace': []}), answer
# It ends in the midst of an event.
error, answer, log = invoke({'text': 'exit'})
assert error == 'Unhandled' and json.loads(answer)['errorType'] == 'Runtime.ExitError', answer
assert 'signal: terminated' in json.loads(answer)['errorMessage'], answer
echoes()
# It takes too long.
functions.update_function_configuration(FunctionName='bash-runtime', Timeout=3)
functions.get_waiter('function_updated_v2').wait(FunctionName='bash-runtime')
error, answer, log = invoke({'text': 'sleep'})
assert error == 'Unhandled' and json.loads(answer)['errorType'] == 'Sandbox.Timedout', answer
assert json.loads(answer)['errorMessage'].endswith('Error: Task timed out after 3.00 seconds'), answer
assert 'Status: timeout' in log, log
echoes()
# It cannot begin.
create('no-script', {'bootstrap': BOOTSTRAP})
error, answer, log = invoke({}, 'no-script')
assert (error, json.loads(answer)) == ('Unhandled', {'errorMessage': 'there is no function.sh', 'errorType': 'NoSuchHandler'}), answer
# It cannot be executed.
functions.update_function_code(FunctionName='no-script', ZipFile=zipped({'boots': BOOTSTRAP}))
functions.get_waiter('function_updated_v2').wait(FunctionName='no-script')
error, answer, log = invoke({}, 'no-script')
assert error == 'Unhandled' and json.loads(answer)['errorType'] == 'Runtime.InvalidEntrypoint', answer
print('ok')
