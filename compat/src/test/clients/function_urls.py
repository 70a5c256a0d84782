"""What users of boto3 and of plain HTTP do with function URLs and streamed answers; the first wrong answer ends the program."""
import base64, http.client, io, json, os, urllib.error, urllib.request, zipfile
import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

session = boto3.session.Session()
client = session.client
lam, iam, sts, cloudformation = client('lambda'), client('iam'), client('sts'), client('cloudformation')
TRUST = {'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'},
    {'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}]}
STREAMING = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  console.log('streaming');
  const q = event.queryStringParameters || event;
  if (q.early) throw new Error('early');
  if (q.status) stream = awslambda.HttpResponseStream.from(stream, { statusCode: Number(q.status), headers: { 'X-A': 'b' }, cookies: ['c=1'] });
  stream.write('one ');
  if (q.wait) await new Promise((resolve) => setTimeout(resolve, Number(q.wait)));
  if (q.late) throw new Error('late');
  stream.write('two');
  stream.end();
});
"""


def fails(code, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        assert e.response['Error']['Code'] == code, e.response['Error']
        return
    raise AssertionError('%s was expected' % code)


def function(name, source, runtime='nodejs22.x', file='index.js'):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        entry = zipfile.ZipInfo(file)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, source)
    lam.create_function(FunctionName=name, Runtime=runtime, Handler='index.handler', Role=role, Timeout=20, Code={'ZipFile': data.getvalue()})


def public(name, **options):
    url = lam.create_function_url_config(FunctionName=name, AuthType='NONE', **options)['FunctionUrl']
    lam.add_permission(FunctionName=name, StatementId='url', Action='lambda:InvokeFunctionUrl', Principal='*', FunctionUrlAuthType='NONE')
    lam.add_permission(FunctionName=name, StatementId='invoke', Action='lambda:InvokeFunction', Principal='*', InvokedViaFunctionUrl=True)
    return url


def send(url, method='GET', data=None, headers=()):
    """Status, headers, body."""
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read()


def signed(url, credentials, method='GET', data=None, headers=()):
    request = AWSRequest(method=method, url=url, data=data or b'', headers=dict(headers))
    SigV4Auth(credentials, 'lambda', 'us-east-1').add_auth(request)
    return send(url, method, data, dict(request.headers))


def streamed_invocations():
    function('streaming', STREAMING)
    answer = lam.invoke_with_response_stream(FunctionName='streaming', LogType='Tail', Payload=json.dumps({'wait': 1}))
    assert answer['ExecutedVersion'] == '$LATEST' and answer['ResponseStreamContentType'] == 'application/vnd.amazon.eventstream', answer
    events = list(answer['EventStream'])
    assert b''.join(e['PayloadChunk']['Payload'] for e in events[:-1]) == b'one two', events
    assert b'streaming' in base64.b64decode(events[-1]['InvokeComplete']['LogResult']), events
    events = list(lam.invoke_with_response_stream(FunctionName='streaming', Payload=json.dumps({'late': 1}))['EventStream'])
    assert events[0]['PayloadChunk']['Payload'] == b'one ', events
    end = events[-1]['InvokeComplete']
    assert end['ErrorCode'] == 'Unhandled' and json.loads(end['ErrorDetails'])['errorMessage'] == 'late', events
    assert lam.invoke_with_response_stream(FunctionName='streaming', InvocationType='DryRun')['StatusCode'] == 204
    fails('ResourceNotFoundException', lam.invoke_with_response_stream, FunctionName='none')
    fails('InvalidRequestContentException', lam.invoke_with_response_stream, FunctionName='streaming', Payload='{')
    lam.put_function_concurrency(FunctionName='streaming', ReservedConcurrentExecutions=0)
    fails('TooManyRequestsException', lam.invoke_with_response_stream, FunctionName='streaming')
    lam.delete_function_concurrency(FunctionName='streaming')


def buffered_urls():
    function('answers', 'def handler(event, context):\n    import json\n    return json.loads(event["body"]) if event["rawPath"] == "/answer" else event\n',
             'python3.12', 'index.py')
    url = public('answers')
    status, headers, body = send(url + 'a%20b?x=1&x=2&y=%C3%A9', headers={'Cookie': 'a=1; b=2', 'X-Custom': 'c'})
    event = json.loads(body)
    assert status == 200 and headers['Content-Type'] == 'application/json' and headers['x-amzn-RequestId'], (status, headers)
    assert event['version'] == '2.0' and event['rawPath'] == '/a%20b' and event['rawQueryString'] == 'x=1&x=2&y=%C3%A9', event
    assert event['queryStringParameters'] == {'x': '1,2', 'y': 'é'} and event['cookies'] == ['a=1', 'b=2'], event
    assert event['headers']['x-custom'] == 'c' and event['requestContext']['accountId'] == 'anonymous', event
    identifier = event['requestContext']['apiId']
    assert event['requestContext']['domainName'] == identifier + '.lambda-url.us-east-1.on.aws', event
    body = json.loads(send(url, 'POST', 'é'.encode(), {'Content-Type': 'text/plain; charset=utf-8'})[2])
    assert body['body'] == 'é' and not body['isBase64Encoded'], body
    body = json.loads(send(url, 'POST', b'a=1', {'Content-Type': 'application/x-www-form-urlencoded'})[2])
    assert body['body'] == 'YT0x' and body['isBase64Encoded'], body
    on_aws = send(os.environ['AWS_ENDPOINT_URL'] + '/x', headers={'Host': identifier + '.lambda-url.us-east-1.on.aws'})
    assert json.loads(on_aws[2])['rawPath'] == '/x', on_aws

    def answer(document):
        return send(url + 'answer', 'POST', json.dumps(document).encode(), {'Content-Type': 'application/json'})

    status, headers, body = answer({'statusCode': 201, 'headers': {'X-A': 'b'}, 'cookies': ['a=1', 'b=2'], 'body': 'hi'})
    assert (status, headers['X-A'], headers.get_all('Set-Cookie'), body) == (201, 'b', ['a=1', 'b=2'], b'hi'), (status, headers, body)
    assert answer({'statusCode': 200, 'isBase64Encoded': True, 'body': 'AP8='})[2] == b'\x00\xff'
    assert answer('text')[2] == b'text' and answer([1, True])[2] == b'[1,true]' and answer({'a': 'b'})[2] == b'{"a":"b"}'
    for wrong in ({'statusCode': 'x'}, {'statusCode': 100}, {'statusCode': 200, 'headers': {'a b': 'c'}}, {'statusCode': 200, 'headers': {'a': 'b\r\nc: d'}},
                  {'statusCode': 200, 'headers': {'a': [1]}}, {'statusCode': 200, 'cookies': [['a']]}, {'statusCode': 200, 'isBase64Encoded': True, 'body': '*'}):
        status, headers, body = answer(wrong)
        assert (status, body) == (502, b'Internal Server Error'), (wrong, status, body)
    assert send(url + 'answer', 'POST', b'not JSON')[0] == 502
    assert send(url, 'POST', bytes(6_291_457))[0] == 413 and send(url, 'POST', bytes(5_000_000))[0] == 413
    assert send(url, headers={'X-Huge': 'x' * 100_000})[0] in (400, 431)
    lam.put_function_concurrency(FunctionName='answers', ReservedConcurrentExecutions=0)
    assert send(url)[0] == 429
    lam.delete_function_concurrency(FunctionName='answers')
    assert send(url)[0] == 200


def cross_origin():
    url = lam.get_function_url_config(FunctionName='answers')['FunctionUrl']
    lam.update_function_url_config(FunctionName='answers', Cors={
        'AllowOrigins': ['https://www.example.com'], 'AllowMethods': ['GET', 'PUT'], 'AllowHeaders': ['x-a'], 'ExposeHeaders': ['x-b'], 'MaxAge': 60,
        'AllowCredentials': True})
    page = {'Origin': 'https://www.example.com'}
    preflight = {'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-a'}
    status, headers, body = send(url, 'OPTIONS', headers=page | preflight)
    assert status == 200 and not body and headers['Access-Control-Allow-Origin'] == page['Origin'], (status, headers)
    assert headers['Access-Control-Allow-Methods'] == 'PUT' and headers['Access-Control-Max-Age'] == '60', headers
    assert headers['Access-Control-Allow-Headers'] == 'x-a' and headers['Access-Control-Allow-Credentials'] == 'true', headers
    assert 'Access-Control-Allow-Origin' not in send(url, 'OPTIONS', headers={'Origin': 'https://evil.example'} | preflight)[1]
    status, headers, _ = send(url, headers=page)
    assert status == 200 and headers['Access-Control-Allow-Origin'] == page['Origin'] and headers['Access-Control-Expose-Headers'] == 'x-b', headers


def streamed_urls():
    url = public('streaming', InvokeMode='RESPONSE_STREAM')
    with urllib.request.urlopen(url + '?status=201&wait=200', timeout=30) as answer:
        assert answer.status == 201 and answer.headers['X-A'] == 'b' and answer.headers['Set-Cookie'] == 'c=1', answer.headers
        assert answer.read(4) == b'one ' and answer.read() == b'two'
    assert send(url)[2] == b'one two'
    assert send(url + '?early=1')[0] == 502 and send(url + '?status=1')[0] == 502
    try:
        raise AssertionError(send(url + '?late=1'))
    except http.client.IncompleteRead as e:
        assert e.partial == b'one ', e
    lam.update_function_url_config(FunctionName='streaming', InvokeMode='BUFFERED')
    status, headers, body = send(url + '?status=202')
    assert (status, headers['X-A'], body) == (202, 'b', b'one two'), (status, headers, body)


def who_may():
    function('guarded', 'exports.handler = async (event) => event.requestContext.authorizer.iam.userArn;')
    lam.publish_version(FunctionName='guarded')
    lam.create_alias(FunctionName='guarded', Name='live', FunctionVersion='1')
    url = lam.create_function_url_config(FunctionName='guarded', Qualifier='live', AuthType='AWS_IAM')['FunctionUrl']
    status, _, body = send(url)
    assert status == 403 and json.loads(body)['Message'].startswith('Forbidden. For troubleshooting'), body
    assert signed(url, Credentials('test', 'test'))[2] == b'arn:aws:iam::000000000000:root'
    assert signed(url, Credentials('123456789012', 'x'))[0] == 403
    keys = sts.assume_role(RoleArn=role, RoleSessionName='me')['Credentials']
    caller = Credentials(keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken'])
    assert signed(url, caller)[0] == 403

    def policy(*statements):
        iam.put_role_policy(RoleName='urls', PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': list(statements)}))

    arn = 'arn:aws:lambda:us-east-1:000000000000:function:guarded:live'
    url_only = {'Effect': 'Allow', 'Action': 'lambda:InvokeFunctionUrl', 'Resource': arn, 'Condition': {'StringEquals': {'lambda:FunctionUrlAuthType': 'AWS_IAM'}}}
    invoke = {'Effect': 'Allow', 'Action': 'lambda:InvokeFunction', 'Resource': arn, 'Condition': {'Bool': {'lambda:InvokedViaFunctionUrl': 'true'}}}
    policy(url_only)
    assert signed(url, caller)[0] == 403
    policy(url_only, invoke)
    status, _, body = signed(url + 'a%20b?x=%C3%A9', caller, 'POST', b'{"a":1}', {'Content-Type': 'application/json'})
    assert (status, body) == (200, b'arn:aws:sts::000000000000:assumed-role/urls/me'), (status, body)
    assert signed(url, Credentials(keys['AccessKeyId'], 'wrong', keys['SessionToken']))[0] == 403
    lam.delete_alias(FunctionName='guarded', Name='live')
    assert signed(url, Credentials('test', 'test'))[2] == b'{"Message":null}'


def stacks():
    def template(cors):
        url = {'AuthType': 'NONE', 'TargetFunctionArn': {'Fn::GetAtt': ['Function', 'Arn']}}
        permission = {'FunctionName': {'Ref': 'Function'}, 'Principal': '*'}
        return json.dumps({'Resources': {
            'Function': {'Type': 'AWS::Lambda::Function', 'Properties': {
                'Runtime': 'nodejs22.x', 'Handler': 'index.handler', 'Role': role, 'Code': {'ZipFile': "exports.handler = async () => 'stack';"}}},
            'Url': {'Type': 'AWS::Lambda::Url', 'Properties': url | cors},
            'P1': {'Type': 'AWS::Lambda::Permission', 'Properties': permission | {'Action': 'lambda:InvokeFunctionUrl', 'FunctionUrlAuthType': 'NONE'}},
            'P2': {'Type': 'AWS::Lambda::Permission', 'Properties': permission | {'Action': 'lambda:InvokeFunction', 'InvokedViaFunctionUrl': True}}},
            'Outputs': {'Url': {'Value': {'Fn::GetAtt': ['Url', 'FunctionUrl']}}, 'Arn': {'Value': {'Ref': 'Url'}}}})

    def outputs():
        return {o['OutputKey']: o['OutputValue'] for o in cloudformation.describe_stacks(StackName='urls')['Stacks'][0]['Outputs']}

    cloudformation.create_stack(StackName='urls', TemplateBody=template({'Cors': {'AllowOrigins': ['*'], 'MaxAge': 5}}))
    cloudformation.get_waiter('stack_create_complete').wait(StackName='urls')
    made = outputs()
    assert made['Arn'].startswith('arn:aws:lambda:us-east-1:000000000000:function:urls-Function-'), made
    status, headers, body = send(made['Url'], headers={'Origin': 'https://a.example'})
    assert (status, body, headers['Access-Control-Allow-Origin']) == (200, b'stack', '*'), (status, headers, body)
    cloudformation.update_stack(StackName='urls', TemplateBody=template({'InvokeMode': 'RESPONSE_STREAM'}))
    cloudformation.get_waiter('stack_update_complete').wait(StackName='urls')
    assert outputs() == made
    changed = lam.get_function_url_config(FunctionName=made['Arn'])
    assert 'Cors' not in changed and changed['InvokeMode'] == 'RESPONSE_STREAM', changed
    cloudformation.delete_stack(StackName='urls')
    cloudformation.get_waiter('stack_delete_complete').wait(StackName='urls')
    assert send(made['Url'])[0] == 403


role = iam.create_role(RoleName='urls', AssumeRolePolicyDocument=json.dumps(TRUST))['Role']['Arn']
for part in (streamed_invocations, buffered_urls, cross_origin, streamed_urls, who_may, stacks):
    part()
    print('ok', part.__name__)
