"""Functions in Ruby: handlers, errors, logs, gems in code and layers, from CreateFunction and from a template."""

import base64
import io
import json
import zipfile

import boto3
from botocore.exceptions import ClientError

TRUST = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
functions = boto3.client('lambda')


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return out.getvalue()


def create(name, files, handler='function.handler', **more):
    functions.create_function(FunctionName=name, Runtime='ruby3.3', Role=role, Handler=handler, Timeout=30, Code={'ZipFile': zipped(files)}, **more)
    functions.get_waiter('function_active_v2').wait(FunctionName=name)


def invoke(name, event):
    result = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType='Tail')
    return result.get('FunctionError'), json.loads(result['Payload'].read()), base64.b64decode(result['LogResult']).decode()


def refused(call):
    try:
        call()
    except ClientError as e:
        return e.response['Error']
    raise AssertionError('not refused')


role = boto3.client('iam').create_role(RoleName='ruby', AssumeRolePolicyDocument=json.dumps(TRUST))['Role']['Arn']
FUNCTION = '''
require 'json'
require 'logger'

class OutOfStock < StandardError; end

module Shop
  class Orders
    def self.place(event:, context:)
      { placed: event['order'], by: context.function_name, left: context.get_remaining_time_in_millis > 0 }
    end
  end
end

def handler(event:, context:)
  puts "## EVENT", event.to_json
  Logger.new($stdout).info("order #{event['order']}")
  raise OutOfStock, 'no apples' if event['order'] == 'apples'
  event['order'].fetch(1) if event['order'] == 'pears'
  { statusCode: 200, body: JSON.generate(event) }
end
'''

create('orders', {'function.rb': FUNCTION})
error, answer, log = invoke('orders', {'order': 'plums'})
assert (error, answer) == (None, {'statusCode': 200, 'body': '{"order":"plums"}'}), answer
assert '## EVENT\n{"order":"plums"}\n' in log and ' -- : order plums\n' in log and 'REPORT RequestId: ' in log, log
error, answer, log = invoke('orders', {'order': 'apples'})
assert error == 'Unhandled' and answer['errorType'] == 'Function<OutOfStock>' and answer['errorMessage'] == 'no apples', answer
assert answer['stackTrace'][0].startswith('/var/task/function.rb:') or not answer['stackTrace'][0].startswith('/var/'), answer
assert 'Error raised from handler method\n{\n  "errorMessage": "no apples",' in log, log
error, answer, log = invoke('orders', {'order': 'pears'})
assert error == 'Unhandled' and answer['errorType'] == 'Function<NoMethodError>' and 'Critical exception from handler' in log, (answer, log)
assert invoke('orders', {'order': 'plums'})[0] is None

create('classy', {'function.rb': FUNCTION}, handler='function.Shop::Orders.place')
assert invoke('classy', {'order': 7})[1] == {'placed': 7, 'by': 'classy', 'left': True}
create('unloadable', {'function.rb': "require 'no/such/gem'"})
error, answer, log = invoke('unloadable', {})
assert error == 'Unhandled' and answer['errorType'] == 'Init<LoadError>' and answer['errorMessage'] == 'cannot load such file -- no/such/gem', answer

# A gem in a layer.
GEM = "Gem::Specification.new { |s| s.name = 'stock'; s.version = '2.0.0'; s.summary = 'x'; s.authors = ['x'] }"
layer = functions.publish_layer_version(LayerName='gems', CompatibleRuntimes=['ruby3.3'], Content={'ZipFile': zipped({
    'ruby/gems/3.3.0/specifications/stock-2.0.0.gemspec': GEM,
    'ruby/gems/3.3.0/gems/stock-2.0.0/lib/stock.rb': 'module Stock; APPLES = 3; end\n'})})['LayerVersionArn']
create('layered', {'function.rb': "require 'stock'\ndef handler(event:, context:) = [Stock::APPLES, Gem.loaded_specs['stock'].version.to_s]\n"}, Layers=[layer])
assert invoke('layered', {})[1] == [3, '2.0.0']

# JSON logs.
create('json', {'function.rb': FUNCTION}, LoggingConfig={'LogFormat': 'JSON', 'ApplicationLogLevel': 'INFO'})
log = invoke('json', {'order': 'figs'})[2]
line = next(json.loads(line) for line in log.splitlines() if '"order figs"' in line)
assert line['level'] == 'INFO' and line['message'] == 'order figs' and len(line['requestId']) == 36, log

# What Ruby does not have.
assert refused(lambda: functions.update_function_configuration(FunctionName='orders', SnapStart={'ApplyOn': 'PublishedVersions'})) == {
    'Code': 'InvalidParameterValueException', 'Message': 'ruby3.3 is not supported for SnapStart enabled functions.'}
assert refused(lambda: functions.create_function(FunctionName='net', Runtime='dotnet8', Role=role, Handler='A::B::C', Code={'ZipFile': zipped({'a': 'b'})}))[
    'Message'].startswith('Brume does not run the runtime dotnet8 (')

# From a template, with the code in a bucket.
boto3.client('s3').create_bucket(Bucket='ruby-code')
boto3.client('s3').put_object(Bucket='ruby-code', Key='f.zip', Body=zipped({'function.rb': FUNCTION}))
stacks = boto3.client('cloudformation')


def template(code):
    return json.dumps({'Resources': {'F': {'Type': 'AWS::Lambda::Function', 'Properties': {
        'FunctionName': 'from-template', 'Runtime': 'ruby3.3', 'Handler': 'function.handler', 'Role': role, 'Timeout': 30, 'Code': code}}}})


stacks.create_stack(StackName='ruby', TemplateBody=template({'S3Bucket': 'ruby-code', 'S3Key': 'f.zip'}))
stacks.get_waiter('stack_create_complete').wait(StackName='ruby', WaiterConfig={'Delay': 1})
assert invoke('from-template', {'order': 1})[1] == {'statusCode': 200, 'body': '{"order":1}'}
stacks.delete_stack(StackName='ruby')
stacks.get_waiter('stack_delete_complete').wait(StackName='ruby', WaiterConfig={'Delay': 1})
print('ok')
