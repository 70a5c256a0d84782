"""Merges the npm clients' schemas (wire truth) with botocore's (types, constraints, enums) into model/services/<name>.json.

usage: python3 merge.py DUMP_DIR OUT_DIR
The result has one line per operation and per shape, no documentation, and is what the build reads.
"""
import glob, json, os, sys
import botocore

# our name: (npm client, botocore folder, protocols beyond botocore's list)
SERVICES = {
    'apigateway': ('api-gateway', 'apigateway'), 'athena': ('athena', 'athena'),
    'cloudformation': ('cloudformation', 'cloudformation'), 'cloudtrail': ('cloudtrail', 'cloudtrail'),
    'dynamodb': ('dynamodb', 'dynamodb'), 'ecr': ('ecr', 'ecr'), 'events': ('eventbridge', 'events'),
    'glue': ('glue', 'glue'), 'iam': ('iam', 'iam'), 'kms': ('kms', 'kms'), 'lambda': ('lambda', 'lambda'),
    'logs': ('cloudwatch-logs', 'logs'), 's3': ('s3', 's3'), 'sns': ('sns', 'sns'), 'sqs': ('sqs', 'sqs'),
    'ssm': ('ssm', 'ssm'), 'sts': ('sts', 'sts'),
}
KINDS = {'structure': 'structure', 'list': 'list', 'map': 'map', 'string': 'string', 'character': 'string',
         'integer': 'integer', 'long': 'long', 'boolean': 'boolean', 'float': 'float', 'double': 'double',
         'bigdecimal': 'double', 'timestamp': 'timestamp', 'blob': 'blob'}
FORMATS = {'iso8601': 'date-time', 'rfc822': 'http-date', 'unixTimestamp': 'epoch-seconds'}
PROTOCOLS = {'json1.0': 'AWS_JSON_1_0', 'json1.1': 'AWS_JSON_1_1', 'query': 'AWS_QUERY', 'rest-json': 'REST_JSON_1',
             'rest-xml': 'REST_XML', 'smithy-rpc-v2-cbor': 'RPC_V2_CBOR'}
LOCATIONS = {'header': 'HEADER', 'headers': 'PREFIX_HEADERS', 'querystring': 'QUERY', 'uri': 'LABEL', 'statusCode': 'STATUS_CODE'}
BASIC = {'string': 'string', 'numeric': 'integer', 'boolean': 'boolean', 'timestamp': 'timestamp', 'document': 'document',
         'bigInteger': 'long', 'bigDecimal': 'double', 'blob': 'blob', 'blob/streaming': 'blob',
         'timestamp/date-time': 'timestamp', 'timestamp/http-date': 'timestamp', 'timestamp/epoch-seconds': 'timestamp'}


class Merge:
    def __init__(self, name, npm, boto):
        self.name, self.npm, self.boto = name, npm, boto
        self.shapes, self.added = {}, []

    def basic(self, target):
        """A shape for the npm schemas' unnamed simple types."""
        name = 'Basic' + ''.join(part.capitalize() for part in target.replace('/', '-').split('-'))
        shape = {'kind': BASIC[target]}
        if target.startswith('timestamp/'):
            shape['timestampFormat'] = target.split('/')[1]
        if target == 'blob/streaming':
            shape['streaming'] = True
        self.shapes[name] = shape
        return name

    def npm_target(self, member):
        if 'list' in member:
            element = self.npm_target(member['list'])
            name = 'BasicListOf' + element
            self.shapes[name] = {'kind': 'list', 'element': {'target': element}}
            return name
        if 'map' in member:
            value = self.npm_target(member['map'][1])
            name = 'BasicMapOf' + value
            self.shapes[name] = {'kind': 'map', 'key': {'target': self.basic('string')}, 'value': {'target': value}}
            return name
        target = member['target']
        return self.basic(target) if target in BASIC else self.shape(target)

    def shape(self, name):
        if name in self.shapes:
            return name
        boto, npm = self.boto['shapes'].get(name), self.npm['shapes'].get(name)
        self.shapes[name] = {}
        self.shapes[name] = self.from_boto(name, boto, npm) if boto else self.from_npm(name, npm)
        return name

    def from_boto(self, name, boto, npm):
        out = {'kind': KINDS[boto['type']]}
        if boto.get('document'):
            out['kind'] = 'document'
            return out
        if boto.get('union'):
            out['kind'] = 'union'
        for key in ('min', 'max', 'pattern', 'enum'):
            if key in boto:
                out[key] = boto[key]
        if 'timestampFormat' in boto:
            out['timestampFormat'] = FORMATS[boto['timestampFormat']]
        for key in ('streaming', 'sensitive'):
            if boto.get(key):
                out[key] = True
        npm = npm or {}
        traits = npm.get('traits', {})
        if 'xmlName' in traits:
            out['xmlName'] = traits['xmlName']
        if boto['type'] == 'structure':
            if boto.get('exception') or boto.get('fault') or npm.get('kind') == 'error':
                out['error'] = self.error(name, boto, traits)
            if boto.get('eventstream'):
                out['eventStream'] = True
            out['members'] = self.members(boto, npm)
        elif boto['type'] == 'list':
            out['element'] = self.item(boto['member'], npm.get('member'), 'member')
        elif boto['type'] == 'map':
            out['key'] = self.item(boto['key'], npm.get('key'), 'key')
            out['value'] = self.item(boto['value'], npm.get('value'), 'value')
        return out

    def from_npm(self, name, npm):
        self.added.append(name)
        if npm['kind'] == 'simple':
            out = dict(self.shapes[self.basic(npm['target'])])
            return out
        if npm['kind'] == 'list':
            return {'kind': 'list', 'element': self.item(None, npm['member'], 'member')}
        if npm['kind'] == 'map':
            return {'kind': 'map', 'key': self.item(None, npm['key'], 'key'), 'value': self.item(None, npm['value'], 'value')}
        out = {'kind': 'union' if npm['kind'] == 'union' else 'structure'}
        traits = npm.get('traits', {})
        if 'xmlName' in traits:
            out['xmlName'] = traits['xmlName']
        if traits.get('streaming'):
            out['eventStream'] = True
        if npm['kind'] == 'error':
            out['error'] = self.error(name, {}, traits)
        out['members'] = {m: self.npm_member(m, ref, m in npm['required']) for m, ref in npm['members'].items()}
        return out

    def error(self, name, boto, traits):
        error = boto.get('error', {})
        query = traits.get('awsQueryError')
        sender = error.get('senderFault', not boto.get('fault') and traits.get('error', 'client') == 'client')
        status = error.get('httpStatusCode') or (query and query[1]) or traits.get('httpError') or (400 if sender else 500)
        return {'code': (query and query[0]) or error.get('code') or name, 'status': status, 'sender': bool(sender)}

    def item(self, boto, npm, default):
        out = {'target': self.shape(boto['shape']) if boto else self.npm_target(npm)}
        xml = (npm or {}).get('traits', {}).get('xmlName') or (boto or {}).get('locationName')
        if xml and xml != default:
            out['xmlName'] = xml
        return out

    def members(self, boto, npm):
        required = set(boto.get('required', []))
        payload = boto.get('payload')
        out = {}
        overlays = npm.get('members', {})
        for name, ref in boto.get('members', {}).items():
            out[name] = self.boto_member(name, ref, overlays.get(name, {}), name in required, name == payload)
        for name, ref in overlays.items():
            if name not in out:
                self.added.append(name)
                out[name] = self.npm_member(name, ref, name in npm['required'])
        return out

    def boto_member(self, name, ref, overlay, required, payload):
        out = {'target': self.shape(ref['shape'])}
        traits = overlay.get('traits', {})
        target = self.boto['shapes'][ref['shape']]
        location = ref.get('location')
        if payload or ref.get('eventpayload'):
            out['location'] = 'PAYLOAD'
        elif ref.get('eventheader'):
            out['location'] = 'HEADER'
        elif location:
            out['location'] = LOCATIONS[location]
            if location == 'querystring' and target['type'] == 'map':
                out['location'] = 'QUERY_PARAMS'
        if ref.get('locationName', name) != name:
            out['locationName'] = ref['locationName']
        flattened = bool(ref.get('flattened') or target.get('flattened') or traits.get('xmlFlattened'))
        xml = traits.get('xmlName') or (ref.get('locationName') if not location else None)
        if not xml and flattened and target['type'] == 'list':
            xml = target['member'].get('locationName')
        if xml and xml != name:
            out['xmlName'] = xml
        for flag, value in (('required', required), ('flattened', flattened), ('xmlAttribute', ref.get('xmlAttribute')),
                            ('idempotencyToken', ref.get('idempotencyToken')), ('streaming', ref.get('streaming') or target.get('streaming')),
                            ('eventStream', target.get('eventstream')), ('sensitive', target.get('sensitive'))):
            if value:
                out[flag] = True
        if 'timestampFormat' in ref:
            out['timestampFormat'] = FORMATS[ref['timestampFormat']]
        elif overlay.get('target', '').startswith('timestamp/'):
            out['timestampFormat'] = overlay['target'].split('/')[1]
        namespace = ref.get('xmlNamespace') or target.get('xmlNamespace')
        if isinstance(namespace, dict):
            out['xmlNamespace'] = {k: v for k, v in namespace.items() if k in ('prefix', 'uri')}
        elif isinstance(namespace, str):
            out['xmlNamespace'] = {'uri': namespace}
        return out

    def npm_member(self, name, ref, required):
        traits = ref.get('traits', {})
        out = {'target': self.npm_target(ref)}
        for trait, location in (('httpHeader', 'HEADER'), ('httpQuery', 'QUERY'), ('httpPrefixHeaders', 'PREFIX_HEADERS')):
            if trait in traits:
                out['location'] = location
                out['locationName'] = traits[trait]
        for trait, location in (('httpLabel', 'LABEL'), ('httpPayload', 'PAYLOAD'), ('httpResponseCode', 'STATUS_CODE'), ('httpQueryParams', 'QUERY_PARAMS')):
            if trait in traits:
                out['location'] = location
        if 'jsonName' in traits:
            out['locationName'] = traits['jsonName']
        if traits.get('xmlName'):
            out['xmlName'] = traits['xmlName']
        for trait, flag in (('xmlFlattened', 'flattened'), ('xmlAttribute', 'xmlAttribute'), ('idempotencyToken', 'idempotencyToken')):
            if traits.get(trait):
                out[flag] = True
        if self.shapes.get(out['target'], {}).get('streaming'):
            out['streaming'] = True
        if required:
            out['required'] = True
        return out

    def operation(self, name, npm, boto):
        http = (npm.get('traits') or {}).get('http') or ['POST', '/', 200]
        output = boto.get('output', {}) if boto else {}
        uri = boto['http']['requestUri'] if boto else http[1]
        if self.name == 's3' and not boto:
            uri = uri.split('?x-id')[0].replace('&x-id=' + name, '')
            uri = '/{Bucket}' + (uri if uri != '/' else '') if 'Bucket' in self.npm['shapes'][npm['input']]['members'] else uri
        out = {'method': boto['http']['method'] if boto else http[0], 'uri': uri,
               'status': int(boto['http'].get('responseCode', http[2])) if boto else http[2]}
        for side in ('input', 'output'):
            shape = (boto.get(side, {}).get('shape') if boto else None) or npm.get(side)
            if shape and shape != '__Unit':
                out[side] = self.shape(shape)
        errors = [error['shape'] for error in boto.get('errors', [])] if boto else []
        if errors:
            out['errors'] = [self.shape(error) for error in errors]
        if 'resultWrapper' in output:
            out['resultWrapper'] = output['resultWrapper']
        elif 'query' in self.boto['metadata']['protocol'] and not boto:
            out['resultWrapper'] = name + 'Result'
        namespace = (boto or {}).get('input', {}).get('xmlNamespace')
        if namespace:
            out['inputXmlNamespace'] = namespace['uri']
        if (boto or {}).get('httpChecksumRequired') or (boto or {}).get('httpChecksum', {}).get('requestChecksumRequired'):
            out['checksumRequired'] = True
        if (boto or {}).get('authtype') == 'v4-unsigned-body' or (boto or {}).get('unsignedPayload'):
            out['unsignedPayload'] = True
        return out

    def run(self):
        meta, settings = self.boto['metadata'], self.npm['settings']
        protocols = []
        for protocol in meta.get('protocols', [meta['protocol']]):
            protocols.append(PROTOCOLS[protocol + meta['jsonVersion'] if protocol == 'json' else protocol])
        if self.name == 'sqs':
            protocols.append('AWS_QUERY')
        namespace = settings.get('xmlNamespace') or meta.get('xmlNamespace')
        if self.name == 'sqs':
            namespace = 'http://queue.amazonaws.com/doc/2012-11-05/'
        operations = {}
        for name in sorted(self.npm['operations']):
            operations[name] = self.operation(name, self.npm['operations'][name], self.boto['operations'].get(name))
        for name in sorted(self.npm['shapes']):
            if self.npm['shapes'][name]['kind'] == 'error' and not name.endswith('ServiceException'):
                self.shape(name)
        for name, shape in self.boto['shapes'].items():
            if shape.get('exception'):
                self.shape(name)
        return {
            'name': self.name, 'serviceId': self.npm['serviceId'], 'signingName': meta.get('signingName', meta['endpointPrefix']),
            'targetPrefix': meta.get('targetPrefix'), 'apiVersion': meta['apiVersion'],
            'xmlNamespace': namespace if isinstance(namespace, (str, type(None))) else namespace['uri'],
            'queryCompatible': bool(settings.get('awsQueryCompatible')), 'protocols': protocols,
            'operations': operations, 'shapes': {k: self.shapes[k] for k in sorted(self.shapes)}}


def write(model, path):
    """Head on one line, then one line per operation and per shape."""
    line = lambda value: json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    head = {k: v for k, v in model.items() if k not in ('operations', 'shapes')}
    with open(path, 'w', encoding='utf-8') as out:
        out.write(line(head)[:-1])
        for part in ('operations', 'shapes'):
            out.write(',"%s":{\n' % part + ',\n'.join(line(k) + ':' + line(v) for k, v in model[part].items()) + '\n}')
        out.write('}\n')


def main(dumps, target):
    data = os.path.join(os.path.dirname(botocore.__file__), 'data')
    rows = []
    for name, (client, folder) in sorted(SERVICES.items()):
        source = sorted(glob.glob(os.path.join(data, folder, '*', 'service-2.json*')))[-1]
        if source.endswith('.gz'):
            import gzip
            boto = json.load(gzip.open(source))
        else:
            boto = json.load(open(source, encoding='utf-8'))
        npm = json.load(open(os.path.join(dumps, client + '.json')))
        merge = Merge(name, npm, boto)
        model = merge.run()
        write(model, os.path.join(target, name + '.json'))
        rows.append('%s: @aws-sdk/client-%s %s, botocore %s (%s/%s)' % (name, client, npm['version'], botocore.__version__, folder, os.path.basename(os.path.dirname(source))))
        dropped = sorted(set(boto['operations']) - set(model['operations']))
        print(name, len(model['operations']), 'operations,', len(model['shapes']), 'shapes;', len(merge.added), 'names only in npm;', 'dropped', dropped)
    with open(os.path.join(target, 'SOURCES'), 'w') as out:
        out.write('Service models, normalised by model/refresh from these packages (both Apache-2.0), 2026-11-23.\n'
                  'Wire traits and the list of operations: npm. Types, constraints, HTTP bindings: botocore.\n\n' + '\n'.join(rows) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
