"""What users of boto3 do; every answer is checked, the first wrong one ends the program."""
import hashlib, json, os, threading, time, uuid
import boto3
from botocore.exceptions import ClientError

session = boto3.session.Session()
client = session.client


def fails(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ClientError as e:
        assert e.response['Error']['Code'] == code, e.response['Error']
        assert e.response['ResponseMetadata']['HTTPStatusCode'] < 500, e.response
        return e.response['Error']['Message']
    raise AssertionError('%s was expected' % code)


def eventually(check, seconds=20):
    end = time.time() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.time() < end, 'nothing came'


def sts_and_iam():
    sts, iam = client('sts'), client('iam')
    assert sts.get_caller_identity()['Account'] == '000000000000'
    other = session.client('sts', aws_access_key_id='123456789012', aws_secret_access_key='x')
    assert other.get_caller_identity()['Account'] == '123456789012'
    trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}]}
    role = iam.create_role(RoleName='reader', AssumeRolePolicyDocument=json.dumps(trust))['Role']
    assert iam.get_role(RoleName='reader')['Role']['AssumeRolePolicyDocument'] == trust
    iam.put_role_policy(RoleName='reader', PolicyName='p', PolicyDocument=json.dumps(
        {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sqs:ListQueues', 'Resource': '*'}]}))
    fails('EntityAlreadyExists', iam.create_role, RoleName='reader', AssumeRolePolicyDocument=json.dumps(trust))
    fails('MalformedPolicyDocument', iam.put_role_policy, RoleName='reader', PolicyName='q', PolicyDocument='{')
    fails('MalformedPolicyDocument', iam.put_role_policy, RoleName='reader', PolicyName='q', PolicyDocument=json.dumps(
        {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*', 'Condition': {'Nonsense': {'a': 'b'}}}]}))
    fails('DeleteConflict', iam.delete_role, RoleName='reader')
    fails('AccessDenied', sts.assume_role, RoleArn='arn:aws:iam::000000000000:role/none', RoleSessionName='me')
    keys = sts.assume_role(RoleArn=role['Arn'], RoleSessionName='me')['Credentials']
    as_role = dict(aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
    assert session.client('sts', **as_role).get_caller_identity()['Arn'].endswith(':assumed-role/reader/me')
    session.client('sqs', **as_role).list_queues()
    fails('AccessDenied', session.client('sqs', **as_role).create_queue, QueueName='forbidden')
    wrong = dict(as_role, aws_secret_access_key='wrong')
    fails('SignatureDoesNotMatch', session.client('sts', **wrong).get_caller_identity)


def queues():
    sqs = client('sqs')
    dead = sqs.create_queue(QueueName='dead')['QueueUrl']
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
    url = sqs.create_queue(QueueName='work', Attributes={
        'VisibilityTimeout': '0', 'RedrivePolicy': json.dumps({'deadLetterTargetArn': arn, 'maxReceiveCount': 2})})['QueueUrl']
    sent = sqs.send_message_batch(QueueUrl=url, Entries=[{'Id': str(i), 'MessageBody': 'm%d' % i} for i in range(3)])
    assert len(sent['Successful']) == 3
    seen = set()
    while len(seen) < 3:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get('Messages', []):
            seen.add(message['Body'])
    eventually(lambda: not sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get('Messages'))
    bodies = set()
    eventually(lambda: bodies.update(m['Body'] for m in sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get('Messages', [])) or len(bodies) == 3)
    fails('AWS.SimpleQueueService.NonExistentQueue', sqs.send_message, QueueUrl=url + 'x', MessageBody='m')
    fails('ReceiptHandleIsInvalid', sqs.delete_message, QueueUrl=url, ReceiptHandle='nonsense')
    got = []
    waiter = threading.Thread(target=lambda: got.extend(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get('Messages', [])))
    waiter.start()
    sqs.send_message(QueueUrl=url, MessageBody='wake')
    waiter.join(10)
    assert got and got[0]['Body'] == 'wake'


def objects():
    s3 = client('s3')
    s3.create_bucket(Bucket='py-objects')
    body = os.urandom(3 << 20)
    s3.put_object(Bucket='py-objects', Key='dir/ü & <x>.bin', Body=body, ContentType='x/y', Metadata={'who': 'me'})
    got = s3.get_object(Bucket='py-objects', Key='dir/ü & <x>.bin')
    assert got['Body'].read() == body and got['ETag'] == '"%s"' % hashlib.md5(body).hexdigest() and got['Metadata'] == {'who': 'me'}
    upload = s3.create_multipart_upload(Bucket='py-objects', Key='big')['UploadId']
    parts = [{'PartNumber': n, 'ETag': s3.upload_part(Bucket='py-objects', Key='big', UploadId=upload, PartNumber=n, Body=bytes([n]) * (5 << 20))['ETag']} for n in (1, 2)]
    s3.complete_multipart_upload(Bucket='py-objects', Key='big', UploadId=upload, MultipartUpload={'Parts': parts})
    assert s3.head_object(Bucket='py-objects', Key='big')['ContentLength'] == 10 << 20
    for i in range(5):
        s3.put_object(Bucket='py-objects', Key='list/%d/x' % i, Body=b'')
    page = s3.list_objects_v2(Bucket='py-objects', Prefix='list/', Delimiter='/', MaxKeys=3)
    assert len(page['CommonPrefixes']) == 3 and page['IsTruncated']
    assert s3.get_bucket_location(Bucket='py-objects')['LocationConstraint'] is None
    fails('NoSuchKey', s3.get_object, Bucket='py-objects', Key='none')
    fails('NoSuchBucket', s3.list_objects_v2, Bucket='py-none')
    fails('NoSuchBucketPolicy', s3.get_bucket_policy, Bucket='py-objects')
    fails('BucketNotEmpty', s3.delete_bucket, Bucket='py-objects')
    s3.put_bucket_versioning(Bucket='py-objects', VersioningConfiguration={'Status': 'Enabled'})
    first = s3.put_object(Bucket='py-objects', Key='v', Body=b'1')['VersionId']
    s3.put_object(Bucket='py-objects', Key='v', Body=b'2')
    s3.delete_object(Bucket='py-objects', Key='v')
    fails('NoSuchKey', s3.get_object, Bucket='py-objects', Key='v')
    assert s3.get_object(Bucket='py-objects', Key='v', VersionId=first)['Body'].read() == b'1'
    import urllib.request
    url = s3.generate_presigned_url('get_object', Params={'Bucket': 'py-objects', 'Key': 'list/1/x'})
    assert urllib.request.urlopen(url).status == 200


def forms():
    """Uploads as browsers send them, with a policy that boto3 signed."""
    import urllib.error, urllib.request
    from botocore.config import Config

    def post(form, file, fields={}, headers={}):
        boundary = uuid.uuid4().hex
        parts = [b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary.encode(), k.encode(), v.encode())
                 for k, v in {**form['fields'], **fields}.items()]
        parts.append(b'--%s\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\n%s\r\n--%s--\r\n' % (
            boundary.encode(), file, boundary.encode()))
        request = urllib.request.Request(form['url'], b''.join(parts), {'Content-Type': 'multipart/form-data; boundary=' + boundary, **headers})
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    client('s3').create_bucket(Bucket='py-forms')
    trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}]}
    role = client('iam').create_role(RoleName='uploader', AssumeRolePolicyDocument=json.dumps(trust))['Role']
    client('iam').put_role_policy(RoleName='uploader', PolicyName='p', PolicyDocument=json.dumps(
        {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:PutObject', 'Resource': 'arn:aws:s3:::py-forms/up/*'}]}))
    keys = client('sts').assume_role(RoleArn=role['Arn'], RoleSessionName='me')['Credentials']
    for version in ('s3', 's3v4'):
        s3 = session.client('s3', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'],
                            aws_session_token=keys['SessionToken'], config=Config(signature_version=version))
        form = s3.generate_presigned_post('py-forms', 'up/%s-${filename}' % version, Fields={'success_action_status': '201', 'x-amz-meta-who': 'me'}, Conditions=[
            {'success_action_status': '201'}, {'x-amz-meta-who': 'me'}, ['content-length-range', 2, 10], ['starts-with', '$Content-Type', 'text/']])
        text = {'Content-Type': 'text/plain'}
        assert post(form, b'hello', text) == 201
        got = client('s3').get_object(Bucket='py-forms', Key='up/%s-x.txt' % version)
        assert got['Body'].read() == b'hello' and got['ContentType'] == 'text/plain' and got['Metadata'] == {'who': 'me'}
        for wrong, file, fields in (('EntityTooLarge', b'x' * 11, text), ('EntityTooSmall', b'x', text), ('Policy Condition failed', b'hello', {'Content-Type': 'image/png'}),
                                    ('Extra input fields: acl', b'hello', {**text, 'acl': 'private'}), ('SignatureDoesNotMatch', b'hello', {**text, 'policy': form['fields']['policy'] + '='})):
            assert wrong in post(form, file, fields)[1], wrong
        assert 'Policy expired' in post(s3.generate_presigned_post('py-forms', 'up/late', ExpiresIn=-5), b'x')[1]
        assert 'not authorized to perform: s3:PutObject' in post(s3.generate_presigned_post('py-forms', 'elsewhere'), b'x')[1]
    own = client('s3').generate_presigned_post('py-forms', 'big')
    big = os.urandom(3 << 20) + b'\r\n--'
    assert post(own, big) == 204 and client('s3').get_object(Bucket='py-forms', Key='big')['Body'].read() == big
    assert 'web page of another site' in post(own, b'x', headers={'Origin': 'http://elsewhere.example'})[1]


def objects_under_a_key():
    s3, kms, iam = client('s3'), client('kms'), client('iam')
    s3.create_bucket(Bucket='py-kms')
    key = kms.create_key()['KeyMetadata']
    under = {'ServerSideEncryption': 'aws:kms', 'SSEKMSKeyId': key['KeyId']}
    large = os.urandom(300001)
    assert s3.put_object(Bucket='py-kms', Key='large', Body=large, **under)['SSEKMSKeyId'] == key['Arn']
    s3.put_object(Bucket='py-kms', Key='small', Body=b'0123456789' * 5, **under)
    assert s3.get_object(Bucket='py-kms', Key='large')['Body'].read() == large
    for first, last in ((0, 4), (15, 16), (17, 99999), (200003, 300000)):
        assert s3.get_object(Bucket='py-kms', Key='large', Range='bytes=%d-%d' % (first, last))['Body'].read() == large[first:last + 1]
    upload = s3.create_multipart_upload(Bucket='py-kms', Key='parts', ChecksumAlgorithm='CRC32', ChecksumType='FULL_OBJECT', **under)['UploadId']
    bodies = [os.urandom(5 << 20), b'end']
    sent = [s3.upload_part(Bucket='py-kms', Key='parts', UploadId=upload, PartNumber=n, Body=b, ChecksumAlgorithm='CRC32') for n, b in enumerate(bodies, 1)]
    s3.complete_multipart_upload(Bucket='py-kms', Key='parts', UploadId=upload, MultipartUpload={'Parts': [
        {'PartNumber': n, 'ETag': part['ETag'], 'ChecksumCRC32': part['ChecksumCRC32']} for n, part in enumerate(sent, 1)]})
    assert s3.get_object(Bucket='py-kms', Key='parts', ChecksumMode='ENABLED')['Body'].read() == b''.join(bodies)
    s3.copy_object(Bucket='py-kms', Key='copy', CopySource='py-kms/small')
    fails('KMS.NotFoundException', s3.put_object, Bucket='py-kms', Key='x', ServerSideEncryption='aws:kms', SSEKMSKeyId='alias/none')
    fails('NotImplemented', s3.put_object, Bucket='py-kms', Key='x', ServerSideEncryption='aws:kms:dsse')
    kms.disable_key(KeyId=key['KeyId'])
    fails('KMS.DisabledException', s3.get_object, Bucket='py-kms', Key='small')
    assert s3.get_object(Bucket='py-kms', Key='copy')['Body'].read() == b'0123456789' * 5
    kms.enable_key(KeyId=key['KeyId'])
    trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}]}
    role = iam.create_role(RoleName='keyless', AssumeRolePolicyDocument=json.dumps(trust))['Role']

    def may(*statements):
        iam.put_role_policy(RoleName='keyless', PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [
            {'Effect': 'Allow', 'Action': action, 'Resource': resource} for action, resource in (('s3:*', '*'),) + statements]}))
    may()
    keys = client('sts').assume_role(RoleArn=role['Arn'], RoleSessionName='me')['Credentials']
    other = session.client('s3', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
    assert 'kms:Decrypt' in fails('AccessDenied', other.get_object, Bucket='py-kms', Key='small')
    may(('kms:Decrypt', key['Arn']))
    other.get_object(Bucket='py-kms', Key='small')
    assert 'kms:GenerateDataKey' in fails('AccessDenied', other.put_object, Bucket='py-kms', Key='x', **under)
    other.put_object(Bucket='py-kms', Key='own', Body=b'1', ServerSideEncryption='aws:kms')
    assert other.get_object(Bucket='py-kms', Key='own')['Body'].read() == b'1'


def what_access_lists_say():
    s3 = client('s3')
    s3.create_bucket(Bucket='py-acl')
    fails('InvalidBucketAclWithObjectOwnership', s3.create_bucket, Bucket='py-acl-public', ACL='public-read')
    fails('AccessDenied', s3.create_bucket, Bucket='py-acl-public', ACL='public-read', ObjectOwnership='ObjectWriter')
    s3.put_object(Bucket='py-acl', Key='k', ACL='bucket-owner-full-control')
    fails('AccessControlListNotSupported', s3.put_object, Bucket='py-acl', Key='k', ACL='public-read')
    fails('AccessControlListNotSupported', s3.copy_object, Bucket='py-acl', Key='k2', CopySource='py-acl/k', ACL='public-read')
    s3.create_bucket(Bucket='py-acl-writer', ObjectOwnership='ObjectWriter')
    fails('NotImplemented', s3.put_object, Bucket='py-acl-writer', Key='k', GrantRead='uri=x')
    fails('InvalidTag', s3.put_object, Bucket='py-acl', Key='k', Tagging='a=1&a=2')
    s3.put_object(Bucket='py-acl', Key='cold', StorageClass='GLACIER')
    assert s3.head_object(Bucket='py-acl', Key='cold')['StorageClass'] == 'GLACIER'
    fails('InvalidObjectState', s3.get_object, Bucket='py-acl', Key='cold')
    fails('InvalidArgument', s3.list_objects_v2, Bucket='py-acl', ContinuationToken='bm9uc2Vuc2U=')


def bucket_to_queue():
    s3, sqs = client('s3'), client('sqs')
    s3.create_bucket(Bucket='py-notify')
    url = sqs.create_queue(QueueName='notify')['QueueUrl']
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
    sqs.set_queue_attributes(QueueUrl=url, Attributes={'Policy': json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': {'Service': 's3.amazonaws.com'}, 'Action': 'sqs:SendMessage', 'Resource': arn}]})})
    s3.put_bucket_notification_configuration(Bucket='py-notify', NotificationConfiguration={'QueueConfigurations': [
        {'QueueArn': arn, 'Events': ['s3:ObjectCreated:*'], 'Filter': {'Key': {'FilterRules': [{'Name': 'suffix', 'Value': '.png'}]}}}]})
    s3.put_object(Bucket='py-notify', Key='no.txt', Body=b'')
    s3.put_object(Bucket='py-notify', Key='a b.png', Body=b'12345')
    records = []

    def poll():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2).get('Messages', []):
            records.extend(json.loads(message['Body']).get('Records', []))
        return records
    eventually(poll)
    assert records[0]['s3']['object']['key'] == 'a+b.png' and records[0]['s3']['object']['size'] == 5 and records[0]['eventName'] == 'ObjectCreated:Put'
    assert len(records) == 1


def topic_to_web():
    """A subscriber that follows the links in what it gets, as web hooks do: without a signature."""
    import http.server, urllib.error, urllib.request
    got = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sns = client('sns')
    topic = sns.create_topic(Name='web')['TopicArn']

    def subscribed(path):
        arn = sns.subscribe(TopicArn=topic, Protocol='http', Endpoint='http://127.0.0.1:%d/%s' % (server.server_port, path), ReturnSubscriptionArn=True)['SubscriptionArn']
        return arn, eventually(lambda: [m for m in got if m['Type'] == 'SubscriptionConfirmation'])[-1]
    arn, confirmation = subscribed('a')
    assert arn.encode() in urllib.request.urlopen(confirmation['SubscribeURL']).read()
    sns.publish(TopicArn=topic, Message='hello')
    notification = eventually(lambda: [m for m in got if m['Type'] == 'Notification'])[0]
    assert notification['Message'] == 'hello'
    urllib.request.urlopen(notification['UnsubscribeURL']).read()
    fails('NotFound', sns.get_subscription_attributes, SubscriptionArn=arn)
    got.clear()
    arn, confirmation = subscribed('b')
    sns.confirm_subscription(TopicArn=topic, Token=confirmation['Token'], AuthenticateOnUnsubscribe='true')
    sns.publish(TopicArn=topic, Message='hello')
    notification = eventually(lambda: [m for m in got if m['Type'] == 'Notification'])[0]
    try:
        urllib.request.urlopen(notification['UnsubscribeURL'])
        raise AssertionError('ended without a signature')
    except urllib.error.HTTPError as e:
        assert e.code == 403, e.code
    assert sns.get_subscription_attributes(SubscriptionArn=arn)['Attributes']['ConfirmationWasAuthenticated'] == 'true'
    sns.unsubscribe(SubscriptionArn=arn)


def tables():
    dynamo = session.resource('dynamodb')
    table = dynamo.create_table(TableName='py', BillingMode='PAY_PER_REQUEST',
                                KeySchema=[{'AttributeName': 'pk', 'KeyType': 'HASH'}, {'AttributeName': 'sk', 'KeyType': 'RANGE'}],
                                AttributeDefinitions=[{'AttributeName': 'pk', 'AttributeType': 'S'}, {'AttributeName': 'sk', 'AttributeType': 'N'}])
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for i in range(60):
            batch.put_item({'pk': 'a', 'sk': i, 'data': {'even': i % 2 == 0, 'tags': {'x', 'y'}}})
    from boto3.dynamodb.conditions import Attr, Key
    found = table.query(KeyConditionExpression=Key('pk').eq('a') & Key('sk').between(10, 19), FilterExpression=Attr('data.even').eq(True))
    assert [int(item['sk']) for item in found['Items']] == [10, 12, 14, 16, 18] and found['ScannedCount'] == 10
    table.update_item(Key={'pk': 'a', 'sk': 1}, UpdateExpression='ADD hits :n', ExpressionAttributeValues={':n': 5})
    assert table.get_item(Key={'pk': 'a', 'sk': 1})['Item']['hits'] == 5
    fails('ValidationException', table.get_item, Key={'pk': 'a'})
    fails('ResourceNotFoundException', dynamo.Table('none').get_item, Key={'pk': 'a'})
    fails('ResourceInUseException', dynamo.create_table, TableName='py', BillingMode='PAY_PER_REQUEST',
          KeySchema=[{'AttributeName': 'pk', 'KeyType': 'HASH'}], AttributeDefinitions=[{'AttributeName': 'pk', 'AttributeType': 'S'}])


def lake():
    s3, athena = client('s3'), client('athena')
    s3.create_bucket(Bucket='py-lake')
    for day in (1, 2):
        s3.put_object(Bucket='py-lake', Key='data/year=2025/day=%02d/x.json' % day, Body=b'{"id":%d,"tags":["a","b"]}\n' % day)

    def query(sql, state='SUCCEEDED'):
        started = athena.start_query_execution(QueryString=sql, QueryExecutionContext={'Database': 'lake'},
                                               ResultConfiguration={'OutputLocation': 's3://py-lake/results/'})['QueryExecutionId']
        end = eventually(lambda: (lambda q: q if q['Status']['State'] in ('SUCCEEDED', 'FAILED', 'CANCELLED') else None)(
            athena.get_query_execution(QueryExecutionId=started)['QueryExecution']))
        assert end['Status']['State'] == state, end['Status']
        if state == 'SUCCEEDED':
            return [[cell.get('VarCharValue') for cell in row['Data']] for row in athena.get_query_results(QueryExecutionId=started)['ResultSet']['Rows']]
        return end['Status']['StateChangeReason']
    query('CREATE DATABASE lake')
    query("CREATE EXTERNAL TABLE events (id int, tags array<string>) PARTITIONED BY (year int, day string) "
          "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://py-lake/data/'")
    query("ALTER TABLE events ADD IF NOT EXISTS PARTITION (year=2025, day=01) LOCATION 's3://py-lake/data/year=2025/day=01/'")
    assert query('SELECT id, day FROM events') == [['id', 'day'], ['1', '01']]
    query('MSCK REPAIR TABLE events')
    query('CREATE OR REPLACE VIEW tagged AS SELECT id, tag FROM events CROSS JOIN UNNEST(tags) AS t(tag)')
    assert query('SELECT count(*) AS n FROM tagged') == [['n'], ['4']]
    query('CREATE OR REPLACE VIEW tagged AS SELECT id FROM events')
    assert query('SELECT count(*) AS n FROM tagged') == [['n'], ['2']]
    query('DROP VIEW tagged')
    assert 'TABLE_NOT_FOUND' in query('SELECT * FROM tagged', 'FAILED')


def parameters():
    ssm = client('ssm')
    for name in ('/app/a', '/app/b', '/app/c/d'):
        ssm.put_parameter(Name=name, Value=name, Type='String')
    assert len(ssm.get_parameters_by_path(Path='/app')['Parameters']) == 2
    assert len(ssm.get_parameters_by_path(Path='/app', Recursive=True)['Parameters']) == 3
    fails('ParameterAlreadyExists', ssm.put_parameter, Name='/app/a', Value='x', Type='String')
    assert ssm.put_parameter(Name='/app/a', Value='x', Type='String', Overwrite=True)['Version'] == 2
    assert ssm.get_parameter(Name='/app/a:1')['Parameter']['Value'] == '/app/a'
    fails('ParameterNotFound', ssm.get_parameter, Name='none')


def what_is_missing_says_so():
    fails('NotImplemented', client('sns').create_platform_application, Name='x', Platform='GCM', Attributes={'PlatformCredential': 'x'})
    fails('NotImplemented', client('dynamodb').list_backups)
    fails('NotImplemented', client('iam').list_users)
    for service, call, arguments in (('ec2', 'describe_vpcs', {}), ('stepfunctions', 'list_state_machines', {}), ('cloudwatch', 'list_metrics', {}),
                                     ('scheduler', 'list_schedules', {}), ('cognito-idp', 'list_user_pools', {'MaxResults': 1})):
        assert 'Brume does not implement' in fails('NotImplemented', getattr(client(service), call), **arguments)


for test in (queues, objects, forms, objects_under_a_key, what_access_lists_say, bucket_to_queue, topic_to_web, tables, lake, parameters, what_is_missing_says_so, sts_and_iam):
    test()
    print('ok', test.__name__)
