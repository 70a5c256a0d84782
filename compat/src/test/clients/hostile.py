"""Requests that no client sends: each must get a clear 4xx (or a closed connection), and the server must go on."""
import gzip, os, socket, struct, urllib.parse

host, port = urllib.parse.urlparse(os.environ['AWS_ENDPOINT_URL']).netloc.split(':')
AUTH = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=' + '0' * 64


def raw(data, pieces=1):
    with socket.create_connection((host, int(port)), timeout=20) as s:
        try:
            s.sendall(data)
            s.settimeout(20)
            answer = b''
            while b'\r\n\r\n' not in answer:
                more = s.recv(65536)
                if not more:
                    break
                answer += more
            return answer
        except (ConnectionResetError, BrokenPipeError):
            return b''


def status(answer):
    return int(answer.split(b' ', 2)[1]) if answer.startswith(b'HTTP/') else 0


def request(service, headers, body, method='POST', path='/'):
    lines = ['%s %s HTTP/1.1' % (method, path), 'Host: %s:%s' % (host, port), 'Authorization: ' + AUTH % service, 'Connection: close']
    lines += ['%s: %s' % pair for pair in headers.items()]
    lines.append('Content-Length: %d' % len(body))
    return raw('\r\n'.join(lines).encode() + b'\r\n\r\n' + body)


def refused(answer, what):
    assert status(answer) == 0 or 400 <= status(answer) < 500, (what, answer[:300])
    alive(what)


def alive(what):
    answer = raw(b'GET /_brume/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    assert status(answer) == 200, ('not alive after', what, answer[:200])


def json_call(target, body, service='dynamodb'):
    return request(service, {'X-Amz-Target': target, 'Content-Type': 'application/x-amz-json-1.0'}, body)


refused(json_call('DynamoDB_20120810.PutItem', b'{'), 'broken JSON')
refused(json_call('DynamoDB_20120810.PutItem', b'[' * 100000), 'deep JSON')
refused(json_call('DynamoDB_20120810.PutItem', b'{"TableName": 5}'), 'wrong type')
refused(json_call('DynamoDB_20120810.PutItem', b'{"TableName":"t","Item":{"a":{"M":' + b'{"a":{"M":' * 5000 + b'{}' + b'}}' * 5000 + b'}}}'), 'deep item')
refused(json_call('DynamoDB_20120810.NoSuchThing', b'{}'), 'unknown operation')
refused(json_call('NoSuchService.Op', b'{}'), 'unknown target')
refused(json_call('DynamoDB_20120810.PutItem', b'\xff\xfe\x00'), 'not UTF-8')
refused(json_call('AmazonSQS.ReceiveMessage', b'{"QueueUrl":"x","MaxNumberOfMessages":99999999999999999999}', 'sqs'), 'huge number')
refused(request('sqs', {'Content-Type': 'application/x-www-form-urlencoded'}, b'Action=NoSuch&Version=2012-11-05'), 'unknown action')
refused(request('iam', {'Content-Type': 'application/x-www-form-urlencoded'}, b'Action=CreateRole&%zz=%'), 'broken escapes')
refused(request('s3', {}, b'<Delete>' * 50000, path='/bucket?delete'), 'deep XML')
refused(request('s3', {}, b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&b;</Key></Object></Delete>', path='/bucket?delete'), 'XML entity')
refused(request('s3', {'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '5'}, b'zz\r\nhello\r\n', 'PUT', '/bucket/key'), 'broken chunk')
refused(request('s3', {}, b'', 'PUT', '/..%2f..%2fetc/passwd'), 'odd path')
refused(request('lambda', {}, b'{"FunctionName":"../../x"}', path='/2015-03-31/functions'), 'bad function')
refused(raw(b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'), 'smuggling')
refused(raw(b'GET / HTTP/1.1\r\nHost: x\r\nX: ' + b'a' * 200000 + b'\r\n\r\n'), 'large header')
refused(raw(b'GET /' + b'a' * 100000 + b' HTTP/1.1\r\nHost: x\r\n\r\n'), 'long line')
refused(raw(b'\x16\x03\x01\x02\x00' + os.urandom(200)), 'TLS hello')
refused(raw(b'NONSENSE\r\n\r\n'), 'nonsense')
refused(json_call('AmazonSQS.SendMessage', b'{"QueueUrl":"x","MessageBody":"' + b'a' * (20 << 20) + b'"}', 'sqs'), 'oversize body')
refused(request('s3', {}, b'', 'GET', '/bucket/%zz%'), 'broken percent')
bomb = gzip.compress(b' ' * (300 << 20), 6)
packed = {'Content-Encoding': 'gzip', 'X-Amz-Target': 'DynamoDB_20120810.PutItem', 'Content-Type': 'application/x-amz-json-1.0'}
refused(request('dynamodb', packed, bomb), 'zip bomb')
refused(request('dynamodb', packed, bomb[:1000]), 'half a zip bomb')
refused(request('iam', {'Content-Encoding': 'gzip', 'Content-Type': 'application/x-www-form-urlencoded'}, bomb), 'zip bomb of a form')
refused(request('iam', {'Content-Encoding': 'gzip', 'Content-Type': 'application/x-www-form-urlencoded'}, b'Action=ListRoles&Version=2010-05-08'), 'form that is not gzip')
with socket.create_connection((host, int(port))) as slow:
    slow.sendall(b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf')
    alive('a client that stops half-way')
connections = [socket.create_connection((host, int(port))) for _ in range(300)]
alive('300 idle connections')
for each in connections:
    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    each.close()
alive('300 resets')
print('ok')
