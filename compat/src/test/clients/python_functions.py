"""Functions in Python: what they bring along goes before what the runtime has, which is loaded in advance."""

import io
import json
import zipfile

import boto3

TRUST = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
functions = boto3.client('lambda')


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        for name, text in files.items():
            # Without a mode Python writes 0600, which functions may not read.
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return out.getvalue()


def answer(name, files, **more):
    functions.create_function(FunctionName=name, Runtime='python3.11', Role=role, Handler='index.handler', Timeout=30, Code={'ZipFile': zipped(files)}, **more)
    functions.get_waiter('function_active_v2').wait(FunctionName=name)
    result = functions.invoke(FunctionName=name, Payload=b'{}')
    payload = json.loads(result['Payload'].read())
    assert 'FunctionError' not in result, payload
    return payload


role = boto3.client('iam').create_role(RoleName='python', AssumeRolePolicyDocument=json.dumps(TRUST))['Role']['Arn']
SDK = 'import boto3, urllib3\ns3 = boto3.client("s3")\ndef handler(event, context):\n    return [boto3.__name__, hasattr(urllib3, "PoolManager")]\n'
OWN = 'import urllib3\ndef handler(event, context):\n    return urllib3.mine\n'

# The first makes Brume load boto3 in advance, so that the processes of the others have it.
assert answer('sdk', {'index.py': SDK}) == ['boto3', True]
assert answer('own', {'index.py': OWN, 'urllib3.py': 'mine = "in the zip"\n'}) == 'in the zip'
layer = functions.publish_layer_version(LayerName='mine', Content={'ZipFile': zipped({'python/urllib3/__init__.py': 'mine = "in a layer"\n'})})['LayerVersionArn']
assert answer('layered', {'index.py': OWN}, Layers=[layer]) == 'in a layer'
assert answer('sdk-again', {'index.py': SDK}) == ['boto3', True]
# The machine's own name is an address, also where there is no name server.
assert answer('name', {'index.py': 'import socket\ndef handler(event, context):\n    return socket.gethostbyname(socket.gethostname())\n'}).count('.') == 3
print('ok')
