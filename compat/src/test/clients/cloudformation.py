"""Stacks as users of boto3 make them; every answer is checked, the first wrong one ends the program."""
import json
import boto3
from botocore.exceptions import ClientError, WaiterError

cfn = boto3.client('cloudformation')
sqs = boto3.client('sqs')
ssm = boto3.client('ssm')


def fails(text, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        assert e.response['Error']['Code'] in ('ValidationError', 'InsufficientCapabilitiesException', 'AlreadyExistsException'), e.response['Error']
        assert text in e.response['Error']['Message'], e.response['Error']['Message']
        return
    raise AssertionError('%s was expected' % text)


def make(name, template, waiter='stack_create_complete', call=None, **kwargs):
    (call or cfn.create_stack)(StackName=name, TemplateBody=json.dumps(template), **kwargs)
    cfn.get_waiter(waiter).wait(StackName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    return outputs(name)


def outputs(name):
    return {o['OutputKey']: o['OutputValue'] for o in cfn.describe_stacks(StackName=name)['Stacks'][0].get('Outputs', [])}


def remove(name):
    cfn.delete_stack(StackName=name)
    cfn.get_waiter('stack_delete_complete').wait(StackName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})


def queue(**properties):
    return {'Type': 'AWS::SQS::Queue', 'Properties': properties}


def outs(**values):
    return {name: {'Value': value} for name, value in values.items()}


def functions_and_conditions():
    ssm.put_parameter(Name='/app/size', Value='17', Type='String')
    template = {
        'Parameters': {
            'Env': {'Type': 'String', 'AllowedValues': ['dev', 'prod'], 'Default': 'dev'},
            'Names': {'Type': 'CommaDelimitedList', 'Default': 'a,b,c'},
            'Size': {'Type': 'AWS::SSM::Parameter::Value<String>', 'Default': '/app/size'}},
        'Mappings': {'Sizes': {'dev': {'delay': 3}, 'prod': {'delay': 9}}},
        'Conditions': {'Prod': {'Fn::Equals': [{'Ref': 'Env'}, 'prod']}, 'NotProd': {'Fn::Not': [{'Condition': 'Prod'}]}},
        'Resources': {
            'Q': queue(DelaySeconds={'Fn::FindInMap': ['Sizes', {'Ref': 'Env'}, 'delay']}, VisibilityTimeout={'Fn::If': ['Prod', 60, {'Ref': 'AWS::NoValue'}]}),
            'OnlyProd': dict(queue(), Condition='Prod')},
        'Outputs': outs(
            Name={'Fn::GetAtt': ['Q', 'QueueName']}, Sub={'Fn::Sub': ['${AWS::Region}-${Env}-${x}-${!kept}', {'x': 'y'}]},
            Join={'Fn::Join': ['-', {'Ref': 'Names'}]}, Select={'Fn::Select': [1, {'Ref': 'Names'}]},
            Split={'Fn::Select': [2, {'Fn::Split': ['.', 'x.y.z']}]}, B64={'Fn::Base64': 'hi'},
            Cidr={'Fn::Select': [1, {'Fn::Cidr': ['10.0.0.0/16', 4, 8]}]}, Zone={'Fn::Select': [0, {'Fn::GetAZs': ''}]}, Size={'Ref': 'Size'})}
    template['Outputs']['Prod'] = {'Condition': 'Prod', 'Value': 'yes'}
    out = make('functions', template)
    name = out.pop('Name')
    assert out == {'Sub': 'us-east-1-dev-y-${kept}', 'Join': 'a-b-c', 'Select': 'b', 'Split': 'z', 'B64': 'aGk=', 'Cidr': '10.0.1.0/24',
                   'Zone': 'us-east-1a', 'Size': '17'}, out
    url = sqs.get_queue_url(QueueName=name)['QueueUrl']
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['DelaySeconds'])['Attributes']['DelaySeconds'] == '3'
    fails('Parameter \'Env\' must be one of AllowedValues', cfn.update_stack, StackName='functions', UsePreviousTemplate=True,
          Parameters=[{'ParameterKey': 'Env', 'ParameterValue': 'test'}])
    make('functions', template, 'stack_update_complete', cfn.update_stack, Parameters=[{'ParameterKey': 'Env', 'ParameterValue': 'prod'}])
    assert outputs('functions')['Prod'] == 'yes'
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['All'])['Attributes']['VisibilityTimeout'] == '60'
    fails('No updates are to be performed.', cfn.update_stack, StackName='functions', UsePreviousTemplate=True,
          Parameters=[{'ParameterKey': 'Env', 'UsePreviousValue': True}])
    remove('functions')
    fails('does not exist', cfn.describe_stacks, StackName='functions')


def exports():
    make('base', {'Resources': {'Q': queue()}, 'Outputs': {'Arn': {'Value': {'Fn::GetAtt': ['Q', 'Arn']}, 'Export': {'Name': 'base-arn'}}}})
    out = make('user', {'Resources': {'Q': queue()}, 'Outputs': outs(Seen={'Fn::ImportValue': 'base-arn'})})
    assert out['Seen'].startswith('arn:aws:sqs:us-east-1:000000000000:base-Q-'), out
    assert cfn.list_imports(ExportName='base-arn')['Imports'] == ['user']
    fails('Export base-arn cannot be deleted as it is in use by user', cfn.delete_stack, StackName='base')
    remove('user')
    remove('base')


def replacement_and_rollback():
    first = make('change', {'Resources': {'Q': queue(QueueName='one')}, 'Outputs': outs(Url={'Ref': 'Q'})})['Url']
    second = make('change', {'Resources': {'Q': queue(QueueName='two')}, 'Outputs': outs(Url={'Ref': 'Q'})},
                  'stack_update_complete', cfn.update_stack)['Url']
    assert first.endswith('/one') and second.endswith('/two')
    assert [u.rsplit('/', 1)[1] for u in sqs.list_queues().get('QueueUrls', [])] == ['two']
    bad = queue(RedrivePolicy={'deadLetterTargetArn': 'arn:aws:sqs:us-east-1:000000000000:none', 'maxReceiveCount': 3})
    cfn.update_stack(StackName='change', TemplateBody=json.dumps({'Resources': {'Q': queue(QueueName='three'), 'Bad': dict(bad, DependsOn='Q')}}))
    status = None
    while not status or status.endswith('IN_PROGRESS'):
        status = cfn.describe_stacks(StackName='change')['Stacks'][0]['StackStatus']
    assert status == 'UPDATE_ROLLBACK_COMPLETE', status
    assert [u.rsplit('/', 1)[1] for u in sqs.list_queues().get('QueueUrls', [])] == ['two']
    events = cfn.describe_stack_events(StackName='change')['StackEvents']
    assert any(e['ResourceStatus'] == 'CREATE_FAILED' and e['LogicalResourceId'] == 'Bad' for e in events)
    kept = {'Resources': {'Q': dict(queue(QueueName='two'), DeletionPolicy='Retain')}}
    make('change', kept, 'stack_update_complete', cfn.update_stack)
    remove('change')
    assert [u.rsplit('/', 1)[1] for u in sqs.list_queues().get('QueueUrls', [])] == ['two']
    sqs.delete_queue(QueueUrl=second)


def change_sets():
    template = {'Resources': {'Q': queue(QueueName='set')}}
    cfn.create_change_set(StackName='sets', ChangeSetName='first', ChangeSetType='CREATE', TemplateBody=json.dumps(template))
    described = cfn.describe_change_set(StackName='sets', ChangeSetName='first')
    assert described['Status'] == 'CREATE_COMPLETE' and described['Changes'][0]['ResourceChange']['Action'] == 'Add', described
    assert cfn.describe_stacks(StackName='sets')['Stacks'][0]['StackStatus'] == 'REVIEW_IN_PROGRESS'
    cfn.execute_change_set(StackName='sets', ChangeSetName='first')
    cfn.get_waiter('stack_create_complete').wait(StackName='sets', WaiterConfig={'Delay': 1})
    cfn.create_change_set(StackName='sets', ChangeSetName='same', TemplateBody=json.dumps(template))
    same = cfn.describe_change_set(StackName='sets', ChangeSetName='same')
    assert same['Status'] == 'FAILED' and "didn't contain changes" in same['StatusReason'], same
    template['Resources']['Q']['Properties']['DelaySeconds'] = 5
    cfn.create_change_set(StackName='sets', ChangeSetName='delay', TemplateBody=json.dumps(template))
    change = cfn.describe_change_set(StackName='sets', ChangeSetName='delay')['Changes'][0]['ResourceChange']
    assert (change['Action'], change['Replacement']) == ('Modify', 'False'), change
    remove('sets')


def what_is_wrong_is_named():
    def create(template, **kwargs):
        return dict(StackName='wrong', TemplateBody=template if isinstance(template, str) else json.dumps(template), **kwargs)
    fails('Unresolved resource dependencies [Nobody]', cfn.create_stack, **create({'Resources': {'Q': queue(QueueName={'Ref': 'Nobody'})}}))
    fails('Circular dependency', cfn.create_stack, **create({'Resources': {'A': dict(queue(), DependsOn='B'), 'B': dict(queue(), DependsOn='A')}}))
    fails('AWS::Nothing::AtAll', cfn.create_stack, **create({'Resources': {'N': {'Type': 'AWS::Nothing::AtAll'}}}))
    fails('Nonsense', cfn.create_stack, **create({'Resources': {'Q': queue(Nonsense=1)}}))
    fails('Parameters: [P] must have values', cfn.create_stack, **create({'Parameters': {'P': {'Type': 'String'}}, 'Resources': {'Q': queue()}}))
    fails('Requires capabilities', cfn.create_stack, **create({'Resources': {'R': {'Type': 'AWS::IAM::Role', 'Properties': {
        'AssumeRolePolicyDocument': {'Version': '2012-10-17', 'Statement': []}}}}}))
    fails('', cfn.create_stack, **create('{'))
    fails('', cfn.create_stack, **create('a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\nResources: *nobody'))
    fails('', cfn.create_stack, **create('[' * 20000))
    assert not [s for s in cfn.list_stacks()['StackSummaries'] if s['StackName'] == 'wrong' and s['StackStatus'] != 'DELETE_COMPLETE']


def loops():
    def template(**changes):
        return {
            'Transform': 'AWS::LanguageExtensions', 'Parameters': {'Names': {'Type': 'CommaDelimitedList', 'Default': 'x,y-1'}},
            'Mappings': {'Kinds': {'of': {'queues': ['work', 'dead']}}},
            'Conditions': {'Fn::ForEach::Conditions': ['Kind', ['Work', 'Dead'], {'Is${Kind}': {'Fn::Equals': [{'Ref': 'Kind'}, 'Work']}}]},
            'Resources': {
                'Fn::ForEach::Queues': ['Name', {'Ref': 'Names'}, {'Fn::ForEach::Kinds': ['Kind', {'Fn::FindInMap': ['Kinds', 'of', 'queues']}, {
                    '${Kind}&{Name}': queue(**{'QueueName': {'Fn::Sub': '${AWS::StackName}-${Kind}-${Name}'},
                                               'Fn::ForEach::Seconds': ['Property', ['DelaySeconds', 'VisibilityTimeout'], {'${Property}': 7}]})}]}],
                'Never': dict(queue(), Condition='IsDead')},
            'Outputs': {'Fn::ForEach::Outputs': ['Id', ['workx', 'deadx'], {'${Id}': {'Value': {'Fn::GetAtt': ['${Id}', 'QueueName']}}}]}, **changes}

    def ids():
        return sorted(r['LogicalResourceId'] for r in cfn.describe_stack_resources(StackName='loops')['StackResources'])
    expand = {'Capabilities': ['CAPABILITY_AUTO_EXPAND']}
    assert make('loops', template(), **expand) == {'workx': 'loops-work-x', 'deadx': 'loops-dead-x'}
    assert ids() == ['deadx', 'deady1', 'workx', 'worky1']
    attributes = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName='loops-dead-y-1')['QueueUrl'], AttributeNames=['All'])['Attributes']
    assert (attributes['DelaySeconds'], attributes['VisibilityTimeout']) == ('7', '7')
    assert 'Fn::ForEach::Queues' in cfn.get_template(StackName='loops', TemplateStage='Original')['TemplateBody']['Resources']
    assert 'worky1' in cfn.get_template(StackName='loops')['TemplateBody']['Resources']
    cfn.update_stack(StackName='loops', UsePreviousTemplate=True, Parameters=[{'ParameterKey': 'Names', 'ParameterValue': 'x'}], **expand)
    cfn.get_waiter('stack_update_complete').wait(StackName='loops', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    assert ids() == ['deadx', 'workx']
    remove('loops')
    wrong = template()
    del wrong['Transform']
    fails('requires the transform', cfn.create_stack, StackName='wrong', TemplateBody=json.dumps(wrong))
    bomb = {'${A}${B}${C}${D}': queue()}
    for identifier in 'ABCD':
        bomb = {'Fn::ForEach::' + identifier: [identifier, [str(i) for i in range(300)], bomb]}
    fails('more than', cfn.create_stack, StackName='wrong', TemplateBody=json.dumps(template(Resources=bomb)), **expand)


ANSWER = """
import json, urllib.request
def handler(event, context):
    failed = event['RequestType'] == 'Create' and event['ResourceProperties'].get('Fail') == 'true'
    body = {'Status': 'FAILED' if failed else 'SUCCESS', 'Reason': 'as it was told', 'PhysicalResourceId': event['LogicalResourceId'] + '-made',
            'Data': {'Said': event['ResourceProperties'].get('Say', '')}}
    body.update({name: event[name] for name in ('StackId', 'RequestId', 'LogicalResourceId')})
    urllib.request.urlopen(urllib.request.Request(event['ResponseURL'], json.dumps(body).encode(), {'Content-Type': ''}, method='PUT'))
"""


def custom_resources():
    """Several of them at once, each with a request of its own."""
    trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
    basis = {
        'Role': {'Type': 'AWS::IAM::Role', 'Properties': {'AssumeRolePolicyDocument': trust}},
        'Function': {'Type': 'AWS::Lambda::Function', 'Properties': {
            'Runtime': 'python3.13', 'Handler': 'index.handler', 'Timeout': 60, 'Role': {'Fn::GetAtt': ['Role', 'Arn']}, 'Code': {'ZipFile': ANSWER}}}}

    def thing(**properties):
        return {'Type': 'Custom::Thing', 'Properties': dict(properties, ServiceToken={'Fn::GetAtt': ['Function', 'Arn']})}
    things = {'Thing%d' % i: thing(Say='word %d' % i) for i in range(6)}
    said = {'Said%d' % i: {'Fn::GetAtt': ['Thing%d' % i, 'Said']} for i in range(6)}
    capable = {'Capabilities': ['CAPABILITY_IAM']}
    assert make('things', {'Resources': {**basis, **things}, 'Outputs': outs(**said)}, **capable) == {'Said%d' % i: 'word %d' % i for i in range(6)}
    fewer = {'Resources': {**basis, 'Thing0': things['Thing0']}}
    make('things', fewer, 'stack_update_complete', cfn.update_stack, **capable)
    cfn.update_stack(StackName='things', TemplateBody=json.dumps({'Resources': {**fewer['Resources'], 'Bad': thing(Fail='true'), 'Good': thing(Say='x')}}), **capable)
    cfn.get_waiter('stack_rollback_complete').wait(StackName='things', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    reasons = [e.get('ResourceStatusReason', '') for e in cfn.describe_stack_events(StackName='things')['StackEvents']]
    assert any('Message returned: as it was told' in reason for reason in reasons), reasons
    remove('things')


def code_in_the_template():
    """Is for Node and Python, whatever the machine has."""
    body = {'Runtime': 'ruby3.3', 'Handler': 'index.handler', 'Role': 'arn:aws:iam::000000000000:role/none', 'Code': {'ZipFile': 'def handler(event:, context:) = 1'}}
    try:
        make('inline', {'Resources': {'F': {'Type': 'AWS::Lambda::Function', 'Properties': body}}})
        raise AssertionError('made')
    except WaiterError:
        pass
    reasons = [e.get('ResourceStatusReason', '') for e in cfn.describe_stack_events(StackName='inline')['StackEvents']]
    assert any('ZipFile can only be used when Runtime is set to either of nodejs' in reason for reason in reasons), reasons
    remove('inline')


for test in (functions_and_conditions, exports, replacement_and_rollback, change_sets, what_is_wrong_is_named, loops, custom_resources, code_in_the_template):
    test()
    print('ok', test.__name__, flush=True)
