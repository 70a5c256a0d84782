'use strict';
// The module that CloudFormation provides to functions with inline code: answers a custom resource's request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
const https = require('node:https');
const http = require('node:http');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

exports.send = function send(event, context, status, data, physicalId, noEcho) {
  const body = JSON.stringify({
    Status: status,
    Reason: `See the details in CloudWatch Log Stream: ${context.logStreamName}`,
    PhysicalResourceId: physicalId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: data,
  });
  const url = new URL(event.ResponseURL);
  const transport = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const request = transport.request(
      url,
      { method: 'PUT', headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode);
          if (context.done) context.done();
        });
      },
    );
    request.on('error', (error) => {
      console.log(`send(..) failed executing https.request(..): ${error}`);
      reject(error);
      if (context.done) context.done();
    });
    request.end(body);
  });
};
