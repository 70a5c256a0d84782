// Makes the resource specification that CloudFormation templates are checked against, out of the
// npm package @aws-cdk/aws-service-spec (Apache-2.0). Documentation is stripped, only the services
// below are kept; of all other types only the names.
//
//   npm pack @aws-cdk/aws-service-spec@0.1.216 && tar xzf aws-cdk-aws-service-spec-*.tgz
//   node resource-specification.mjs package/db.json.gz \
//     ../src/main/resources/dev/brume/services/cloudformation/template/specification.json.gz
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const VERSION = '0.1.216';
const SERVICES = ('ApiGateway ApiGatewayV2 ApplicationAutoScaling Athena CDK CloudFormation CloudTrail CloudWatch Cognito '
  + 'DynamoDB ECR Events Glue IAM KMS Kinesis Lambda Logs Pipes S3 SNS SQS SSM Scheduler SecretsManager StepFunctions').split(' ');

const [source, target] = process.argv.slice(2);
const { schema } = JSON.parse(gunzipSync(readFileSync(source)));
const all = (kind) => Object.values(schema[kind].entities);
const definitions = new Map(all('typeDefinition').map((definition) => [definition.$id, definition]));
const out = { source: `@aws-cdk/aws-service-spec ${VERSION}`, types: {}, definitions: {}, names: [] };

function type(of) {
  switch (of.type) {
    case 'ref':
      define(of.reference.$ref);
      return '#' + of.reference.$ref;
    case 'array':
      return { array: type(of.element) };
    case 'map':
      return { map: type(of.element) };
    case 'union':
      return of.types.map(type);
    default:
      return of.type;
  }
}

function properties(of) {
  const result = {};
  for (const name of Object.keys(of).sort()) {
    const property = { t: type(of[name].type) };
    if (of[name].required) property.r = true;
    if (of[name].causesReplacement && of[name].causesReplacement !== 'no') property.c = of[name].causesReplacement;
    result[name] = property;
  }
  return result;
}

function define(id) {
  if (id in out.definitions) return;
  out.definitions[id] = {};
  out.definitions[id] = properties(definitions.get(id).properties);
}

for (const resource of all('resource').sort((a, b) => (a.cloudFormationType < b.cloudFormationType ? -1 : 1))) {
  const name = resource.cloudFormationType;
  if (SERVICES.includes(name.split('::')[1])) {
    out.types[name] = { p: properties(resource.properties), a: Object.keys(resource.attributes ?? {}).sort() };
    if (resource.primaryIdentifier) out.types[name].i = resource.primaryIdentifier;
  } else {
    out.names.push(name);
  }
}
writeFileSync(target, gzipSync(JSON.stringify(out), { level: 9 }));
