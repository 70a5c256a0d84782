"""Lambda's control plane and event machinery as users of boto3 know them; every answer is checked, the first wrong one ends the program."""
import io, json, time, zipfile
import boto3
from botocore.exceptions import ClientError

session = boto3.session.Session()
client = session.client
lam, sqs, sns, s3, iam, cfn = client('lambda'), client('sqs'), client('sns'), client('s3'), client('iam'), client('cloudformation')
OTHER = '123456789012'
REGION = lam.meta.region_name
TRUST = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}


def fails(code, text, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        assert e.response['Error']['Code'] == code, e.response['Error']
        assert text in e.response['Error']['Message'], e.response['Error']['Message']
        return
    raise AssertionError('%s was expected' % code)


def eventually(check, seconds=60):
    end = time.time() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.time() < end, 'nothing came'
        time.sleep(0.1)


def printed(function, start):
    """What a function has printed so far; its log comes a moment later than its answers."""
    try:
        events = client('logs').filter_log_events(logGroupName='/aws/lambda/' + function)['events']
    except ClientError as e:
        assert e.response['Error']['Code'] == 'ResourceNotFoundException', e
        return []
    return [e['message'] for e in events if e['message'].startswith(start)]


def role(name, *actions):
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))['Role']['Arn']
    if actions:
        iam.put_role_policy(RoleName=name, PolicyName='p', PolicyDocument=json.dumps(
            {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': list(actions), 'Resource': '*'}]}))
    return arn


def packed(source):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        entry = zipfile.ZipInfo('index.py')
        entry.external_attr = 0o644 << 16
        z.writestr(entry, source)
    return out.getvalue()


ROLE = role('worker', '*')
PLAIN = 'import os\ndef handler(event, context):\n    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]\n'


def function(name, source=PLAIN, **kwargs):
    lam.create_function(FunctionName=name, Runtime='python3.12', Handler='index.handler', Code={'ZipFile': packed(source)}, **{'Role': ROLE, 'Timeout': 20, **kwargs})
    lam.get_waiter('function_active_v2').wait(FunctionName=name)


def invoke(name, payload=None):
    answer = lam.invoke(FunctionName=name, Payload=json.dumps(payload or {}))
    return json.loads(answer['Payload'].read())


def queue(name, **attributes):
    url = sqs.create_queue(QueueName=name, Attributes={'VisibilityTimeout': '30', **attributes})['QueueUrl']
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['QueueArn'])['Attributes']['QueueArn']


def message(url):
    def one():
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, MessageAttributeNames=['All']).get('Messages')
        return found and found[0]
    return eventually(one)


def provisioned_concurrency():
    function('ready', Publish=True)
    lam.get_waiter('published_version_active').wait(FunctionName='ready', Qualifier='1')
    lam.create_alias(FunctionName='ready', Name='live', FunctionVersion='1')
    asked = lam.put_provisioned_concurrency_config(FunctionName='ready', Qualifier='live', ProvisionedConcurrentExecutions=1)
    assert asked['Status'] == 'IN_PROGRESS' and asked['ResponseMetadata']['HTTPStatusCode'] == 202, asked
    eventually(lambda: lam.get_provisioned_concurrency_config(FunctionName='ready', Qualifier='live')['Status'] == 'READY')
    assert invoke('ready:live') == 'provisioned-concurrency'
    listed = lam.list_provisioned_concurrency_configs(FunctionName='ready')['ProvisionedConcurrencyConfigs']
    assert [c['FunctionArn'].rsplit(':', 1)[1] for c in listed] == ['live'], listed
    fails('ResourceConflictException', 'Version is pointed by', lam.put_provisioned_concurrency_config,
          FunctionName='ready', Qualifier='1', ProvisionedConcurrentExecutions=1)
    fails('InvalidParameterValueException', 'unpublished', lam.put_provisioned_concurrency_config,
          FunctionName='ready', Qualifier='$LATEST', ProvisionedConcurrentExecutions=1)
    lam.delete_provisioned_concurrency_config(FunctionName='ready', Qualifier='live')
    fails('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config', lam.get_provisioned_concurrency_config,
          FunctionName='ready', Qualifier='live')


HOOKED = """import os
from snapshot_restore_py import register_before_snapshot, register_after_restore
seen = ['init']
register_before_snapshot(seen.append, 'before')
register_after_restore(seen.append, 'after')
def handler(event, context):
    return [os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], *seen]
"""


def snap_start():
    function('restored', HOOKED, SnapStart={'ApplyOn': 'PublishedVersions'})
    assert lam.get_function_configuration(FunctionName='restored')['SnapStart'] == {'ApplyOn': 'PublishedVersions', 'OptimizationStatus': 'Off'}
    assert lam.publish_version(FunctionName='restored')['State'] == 'Pending'
    lam.get_waiter('published_version_active').wait(FunctionName='restored', Qualifier='1', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    assert lam.get_function_configuration(FunctionName='restored', Qualifier='1')['SnapStart']['OptimizationStatus'] == 'On'
    assert invoke('restored') == ['on-demand', 'init']
    assert invoke('restored:1') == ['snap-start', 'init', 'before', 'after']
    eventually(lambda: any('Restore Duration: ' in line for line in printed('restored', 'REPORT')))
    fails('InvalidParameterValueException', 'SnapStart', lam.put_provisioned_concurrency_config,
          FunctionName='restored', Qualifier='1', ProvisionedConcurrentExecutions=1)
    fails('InvalidParameterValueException', 'SnapStart', lam.update_function_configuration, FunctionName='restored', EphemeralStorage={'Size': 1024})


def layers_of_other_accounts():
    arn = lam.publish_layer_version(LayerName='shared', Content={'ZipFile': packed('')})['LayerVersionArn']
    other = session.client('lambda', aws_access_key_id=OTHER, aws_secret_access_key='x')
    fails('AccessDeniedException', 'lambda:GetLayerVersion', other.get_layer_version_by_arn, Arn=arn)
    lam.add_layer_version_permission(LayerName='shared', VersionNumber=1, StatementId='s', Action='lambda:GetLayerVersion', Principal=OTHER)
    assert other.get_layer_version_by_arn(Arn=arn)['LayerVersionArn'] == arn
    policy = lam.get_layer_version_policy(LayerName='shared', VersionNumber=1)
    assert json.loads(policy['Policy'])['Statement'][0]['Principal'] == {'AWS': 'arn:aws:iam::%s:root' % OTHER}, policy
    lam.remove_layer_version_permission(LayerName='shared', VersionNumber=1, StatementId='s', RevisionId=policy['RevisionId'])
    fails('ResourceNotFoundException', 'No policy', lam.get_layer_version_policy, LayerName='shared', VersionNumber=1)


def code_signing():
    profile = 'arn:aws:signer:%s:000000000000:/signing-profiles/p/abcdefghij' % REGION
    config = lam.create_code_signing_config(AllowedPublishers={'SigningProfileVersionArns': [profile]},
                                            CodeSigningPolicies={'UntrustedArtifactOnDeployment': 'Enforce'})['CodeSigningConfig']
    arn = config['CodeSigningConfigArn']
    fails('CodeVerificationFailedException', 'cannot deploy', lam.create_function, FunctionName='unsigned', Runtime='python3.12',
          Handler='index.handler', Role=ROLE, Code={'ZipFile': packed(PLAIN)}, CodeSigningConfigArn=arn)
    lam.update_code_signing_config(CodeSigningConfigArn=arn, CodeSigningPolicies={'UntrustedArtifactOnDeployment': 'Warn'})
    function('unsigned', CodeSigningConfigArn=arn)
    assert lam.get_function_code_signing_config(FunctionName='unsigned')['CodeSigningConfigArn'] == arn
    assert len(lam.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)['FunctionArns']) == 1
    fails('ResourceConflictException', 'used', lam.delete_code_signing_config, CodeSigningConfigArn=arn)
    lam.delete_function(FunctionName='unsigned')
    lam.delete_code_signing_config(CodeSigningConfigArn=arn)
    fails('ResourceNotFoundException', 'can not be found', lam.get_code_signing_config, CodeSigningConfigArn=arn)


LOOP = '''import boto3, json, os
def handler(event, context):
    body = event['Records'][0]['body'] if 'Records' in event else '0'
    boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody=str(int(body) + 1))
'''


def loops_end():
    dead, dead_arn = queue('loop-dead')
    url, arn = queue('loop', VisibilityTimeout='6', RedrivePolicy=json.dumps({'deadLetterTargetArn': dead_arn, 'maxReceiveCount': 1}))
    function('loop', LOOP, Timeout=6, Environment={'Variables': {'QUEUE': url}})
    assert lam.get_function_recursion_config(FunctionName='loop')['RecursiveLoop'] == 'Terminate'
    mapping = lam.create_event_source_mapping(FunctionName='loop', EventSourceArn=arn, BatchSize=1)
    sqs.send_message(QueueUrl=url, MessageBody='0')
    assert message(dead)['Body'] == '16'
    lam.delete_event_source_mapping(UUID=mapping['UUID'])


RUNS = '''import boto3, os
def handler(event, context):
    boto3.client('sqs').send_message(QueueUrl=os.environ['RUNS'], MessageBody='run')
    if 'TOPIC' in os.environ:
        boto3.client('sns').publish(TopicArn=os.environ['TOPIC'], Message='again')
    else:
        boto3.client('s3').put_object(Bucket=os.environ['BUCKET'], Key='again', Body=b'again')
'''


def loops_end_by_topics_and_buckets():
    dead, dead_arn = queue('runs-dead')
    topic = sns.create_topic(Name='round')['TopicArn']
    s3.create_bucket(Bucket='round')
    count = lambda url: int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['ApproximateNumberOfMessages'])['Attributes']['ApproximateNumberOfMessages'])
    for name, where in (('by-topic', {'TOPIC': topic}), ('by-bucket', {'BUCKET': 'round'})):
        runs, _ = queue(name)
        function(name, RUNS, DeadLetterConfig={'TargetArn': dead_arn}, Environment={'Variables': {'RUNS': runs, **where}})
        arn = lam.get_function(FunctionName=name)['Configuration']['FunctionArn']
        lam.add_permission(FunctionName=name, StatementId='s', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com' if 'BUCKET' in where else 'sns.amazonaws.com')
        if 'TOPIC' in where:
            sns.subscribe(TopicArn=topic, Protocol='lambda', Endpoint=arn)
            sns.publish(TopicArn=topic, Message='first')
        else:
            s3.put_bucket_notification_configuration(Bucket='round', NotificationConfiguration={
                'LambdaFunctionConfigurations': [{'LambdaFunctionArn': arn, 'Events': ['s3:ObjectCreated:*']}]})
            s3.put_object(Bucket='round', Key='first', Body=b'first')
        letter = message(dead)
        assert letter['MessageAttributes']['ErrorMessage']['StringValue'].startswith('Lambda has detected'), letter
        sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter['ReceiptHandle'])
        assert count(runs) == 16, count(runs)


def destinations():
    s3.create_bucket(Bucket='failures')
    topic = sns.create_topic(Name='failures')['TopicArn']
    url, arn = queue('failures')
    sns.subscribe(TopicArn=topic, Protocol='sqs', Endpoint=arn, Attributes={'RawMessageDelivery': 'true'})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={'Policy': json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': '*', 'Action': 'sqs:SendMessage', 'Resource': arn}]})})
    fail = 'def handler(event, context):\n    raise ValueError("no")\n'
    function('fails', fail, DeadLetterConfig={'TargetArn': topic})
    lam.put_function_event_invoke_config(FunctionName='fails', MaximumRetryAttempts=0, DestinationConfig={'OnFailure': {'Destination': 'arn:aws:s3:::failures'}})
    lam.invoke(FunctionName='fails', InvocationType='Event', Payload='{"n": 1}')
    assert json.loads(message(url)['Body']) == {'n': 1}
    keys = eventually(lambda: s3.list_objects_v2(Bucket='failures').get('Contents'))
    assert keys[0]['Key'].startswith('aws/lambda/async/fails/'), keys
    record = json.loads(s3.get_object(Bucket='failures', Key=keys[0]['Key'])['Body'].read())
    assert record['requestContext']['condition'] == 'RetriesExhausted' and record['responsePayload']['errorType'] == 'ValueError', record

    events = client('events')
    bus_url, bus_arn = queue('bus')
    sqs.set_queue_attributes(QueueUrl=bus_url, Attributes={'Policy': json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': '*', 'Action': 'sqs:SendMessage', 'Resource': bus_arn}]})})
    events.put_rule(Name='results', EventPattern=json.dumps({'source': ['lambda'], 'detail-type': ['Lambda Function Invocation Result - Success']}))
    events.put_targets(Rule='results', Targets=[{'Id': 'q', 'Arn': bus_arn}])
    function('works')
    lam.update_function_configuration(FunctionName='works', Timeout=30)
    lam.get_waiter('function_updated_v2').wait(FunctionName='works')
    bus = events.describe_event_bus(Name='default')['Arn']
    lam.put_function_event_invoke_config(FunctionName='works', DestinationConfig={'OnSuccess': {'Destination': bus}})
    lam.invoke(FunctionName='works', InvocationType='Event', Payload='{}')
    event = json.loads(message(bus_url)['Body'])
    assert event['detail']['requestContext']['condition'] == 'Success' and bus in event['resources'], event

    mute, closed = role('mute'), queue('closed')[1]
    fails('InvalidParameterValueException', 'does not have permissions to call SendMessage on SQS', lam.create_function, FunctionName='mute', Runtime='python3.12',
          Handler='index.handler', Role=mute, Code={'ZipFile': packed(PLAIN)}, DeadLetterConfig={'TargetArn': closed})
    function('mute', Role=mute)
    fails('InvalidParameterValueException', 'does not have permissions to call PutEvents on', lam.put_function_event_invoke_config, FunctionName='mute',
          DestinationConfig={'OnSuccess': {'Destination': bus}})


def queue_mappings():
    url, arn = queue('orders.fifo', FifoQueue='true')
    function('orders', 'import json\ndef handler(event, context):\n    print(json.dumps([r["body"] for r in event["Records"]]))\n')
    fails('InvalidParameterValueException', 'not supported for FIFO', lam.create_event_source_mapping, FunctionName='orders', EventSourceArn=arn, MaximumBatchingWindowInSeconds=1)
    fails('InvalidParameterValueException', 'StartingPosition is not valid', lam.create_event_source_mapping, FunctionName='orders', EventSourceArn=arn, StartingPosition='LATEST')
    fails('InvalidParameterValueException', 'TumblingWindowInSeconds is not valid', lam.create_event_source_mapping, FunctionName='orders', EventSourceArn=arn, TumblingWindowInSeconds=5)
    fails('InvalidParameterValueException', 'Invalid filter pattern', lam.create_event_source_mapping, FunctionName='orders', EventSourceArn=arn,
          FilterCriteria={'Filters': [{'Pattern': '{"body": "x"}'}]})
    fails('InvalidParameterValueException', 'Function does not exist', lam.create_event_source_mapping, FunctionName='nobody', EventSourceArn=arn)
    made = lam.create_event_source_mapping(FunctionName='orders', EventSourceArn=arn, BatchSize=3, ScalingConfig={'MaximumConcurrency': 2})
    assert made['State'] == 'Creating', made
    for i in range(9):
        sqs.send_message(QueueUrl=url, MessageBody='m%d' % i, MessageGroupId='g', MessageDeduplicationId=str(i))
    count = lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['All'])['Attributes']
    eventually(lambda: count()['ApproximateNumberOfMessages'] == '0' and count()['ApproximateNumberOfMessagesNotVisible'] == '0')
    assert lam.get_event_source_mapping(UUID=made['UUID'])['LastProcessingResult'] == 'OK'
    lines = lambda: [json.loads(line) for line in printed('orders', '["m')]
    eventually(lambda: sum(len(l) for l in lines()) >= 9)
    assert sum(lines(), []) == ['m%d' % i for i in range(9)], lines()
    changed = lam.update_event_source_mapping(UUID=made['UUID'], Enabled=False)
    assert changed['State'] == 'Disabling' and lam.get_event_source_mapping(UUID=made['UUID'])['State'] == 'Disabled'
    assert lam.delete_event_source_mapping(UUID=made['UUID'])['State'] == 'Deleting'


def encrypted_filters():
    kms = client('kms')
    key = kms.create_key()['KeyMetadata']['Arn']
    url, arn = queue('filtered')
    function('filtered', 'def handler(event, context):\n    print("got", [r["body"] for r in event["Records"]])\n')
    pattern = '{"body": {"color": ["red"]}}'
    fails('InvalidParameterValueException', 'KMS key is invalid', lam.create_event_source_mapping, FunctionName='filtered', EventSourceArn=arn,
          FilterCriteria={'Filters': [{'Pattern': pattern}]}, KMSKeyArn=key.rsplit('/', 1)[0] + '/00000000-0000-0000-0000-000000000000')
    fails('InvalidParameterValueException', 'invalid for CreateGrant', lam.update_function_configuration, FunctionName='filtered',
          KMSKeyArn=key.rsplit('/', 1)[0] + '/00000000-0000-0000-0000-000000000000')
    assert lam.update_function_configuration(FunctionName='filtered', KMSKeyArn=key)['KMSKeyArn'] == key
    made = lam.create_event_source_mapping(FunctionName='filtered', EventSourceArn=arn, FilterCriteria={'Filters': [{'Pattern': pattern}]}, KMSKeyArn=key)
    assert made['FilterCriteria']['Filters'] == [{'Pattern': pattern}] and made['KMSKeyArn'] == key, made
    for color in ('red', 'blue'):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({'color': color}))
    count = lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['All'])['Attributes']
    eventually(lambda: count()['ApproximateNumberOfMessages'] == '0' and count()['ApproximateNumberOfMessagesNotVisible'] == '0')
    lines = lambda: printed('filtered', 'got')
    assert len(eventually(lines)) == 1 and 'red' in lines()[0], lines()
    kms.disable_key(KeyId=key)
    seen = lam.get_event_source_mapping(UUID=made['UUID'])
    assert 'FilterCriteria' not in seen and seen['FilterCriteriaError']['ErrorCode'] == 'DisabledException', seen
    kms.enable_key(KeyId=key)
    plain = lam.update_event_source_mapping(UUID=made['UUID'], KMSKeyArn='')
    assert plain['FilterCriteria']['Filters'] == [{'Pattern': pattern}] and 'KMSKeyArn' not in plain, plain
    lam.delete_event_source_mapping(UUID=made['UUID'])


def stacks():
    template = {'Resources': {
        'Layer': {'Type': 'AWS::Lambda::LayerVersion', 'Properties': {'Content': {'S3Bucket': 'layers', 'S3Key': 'l.zip'}}},
        'Shared': {'Type': 'AWS::Lambda::LayerVersionPermission', 'Properties': {
            'Action': 'lambda:GetLayerVersion', 'LayerVersionArn': {'Ref': 'Layer'}, 'Principal': OTHER}},
        'Signing': {'Type': 'AWS::Lambda::CodeSigningConfig', 'Properties': {
            'AllowedPublishers': {'SigningProfileVersionArns': ['arn:aws:signer:%s:000000000000:/signing-profiles/p/abcdefghij' % REGION]}}},
        'Function': {'Type': 'AWS::Lambda::Function', 'Properties': {
            'Runtime': 'python3.12', 'Handler': 'index.handler', 'Role': ROLE, 'Timeout': 20, 'RecursiveLoop': 'Allow', 'Code': {'ZipFile': PLAIN},
            'CodeSigningConfigArn': {'Ref': 'Signing'}, 'RuntimeManagementConfig': {'UpdateRuntimeOn': 'Auto'}}},
        'Version': {'Type': 'AWS::Lambda::Version', 'Properties': {'FunctionName': {'Ref': 'Function'}}},
        'Alias': {'Type': 'AWS::Lambda::Alias', 'Properties': {
            'FunctionName': {'Ref': 'Function'}, 'FunctionVersion': {'Fn::GetAtt': ['Version', 'Version']}, 'Name': 'live',
            'ProvisionedConcurrencyConfig': {'ProvisionedConcurrentExecutions': 1}}}},
        'Outputs': {'Name': {'Value': {'Ref': 'Function'}}, 'Layer': {'Value': {'Ref': 'Layer'}}, 'Signing': {'Value': {'Fn::GetAtt': ['Signing', 'CodeSigningConfigArn']}}}}
    s3.create_bucket(Bucket='layers')
    s3.put_object(Bucket='layers', Key='l.zip', Body=packed(''))
    deploy('control', template)
    outs = {o['OutputKey']: o['OutputValue'] for o in cfn.describe_stacks(StackName='control')['Stacks'][0]['Outputs']}
    assert lam.get_provisioned_concurrency_config(FunctionName=outs['Name'], Qualifier='live')['Status'] == 'READY'
    assert invoke(outs['Name'] + ':live') == 'provisioned-concurrency'
    assert lam.get_function_recursion_config(FunctionName=outs['Name'])['RecursiveLoop'] == 'Allow'
    assert lam.get_function_code_signing_config(FunctionName=outs['Name'])['CodeSigningConfigArn'] == outs['Signing']
    other = session.client('lambda', aws_access_key_id=OTHER, aws_secret_access_key='x')
    assert other.get_layer_version_by_arn(Arn=outs['Layer'])['LayerVersionArn'] == outs['Layer']
    del template['Resources']['Alias']['Properties']['ProvisionedConcurrencyConfig']
    del template['Resources']['Function']['Properties']['RecursiveLoop']
    deploy('control', template, cfn.update_stack, 'stack_update_complete')
    fails('ProvisionedConcurrencyConfigNotFoundException', '', lam.get_provisioned_concurrency_config, FunctionName=outs['Name'], Qualifier='live')
    assert lam.get_function_recursion_config(FunctionName=outs['Name'])['RecursiveLoop'] == 'Terminate'

    broken = {'Resources': {name: template['Resources'][name] for name in ('Function', 'Version', 'Alias')}}
    broken['Resources']['Function']['Properties'].update({'Code': {'ZipFile': 'raise ValueError("no")'}})
    del broken['Resources']['Function']['Properties']['CodeSigningConfigArn']
    broken['Resources']['Alias']['Properties']['ProvisionedConcurrencyConfig'] = {'ProvisionedConcurrentExecutions': 1}
    cfn.create_stack(StackName='broken', TemplateBody=json.dumps(broken))
    eventually(lambda: cfn.describe_stacks(StackName='broken')['Stacks'][0]['StackStatus'] == 'ROLLBACK_COMPLETE')
    reasons = [e.get('ResourceStatusReason', '') for e in cfn.describe_stack_events(StackName='broken')['StackEvents']]
    assert any('FUNCTION_ERROR_INIT_FAILURE' in reason for reason in reasons), reasons
    for name in ('control', 'broken'):
        cfn.delete_stack(StackName=name)
        cfn.get_waiter('stack_delete_complete').wait(StackName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    fails('ResourceNotFoundException', '', lam.get_code_signing_config, CodeSigningConfigArn=outs['Signing'])


def deploy(name, template, call=None, waiter='stack_create_complete'):
    (call or cfn.create_stack)(StackName=name, TemplateBody=json.dumps(template))
    cfn.get_waiter(waiter).wait(StackName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})


for part in (provisioned_concurrency, snap_start, layers_of_other_accounts, code_signing, loops_end, loops_end_by_topics_and_buckets, destinations, queue_mappings, encrypted_filters, stacks):
    began = time.time()
    part()
    print('%s %.1f s' % (part.__name__, time.time() - began), flush=True)
