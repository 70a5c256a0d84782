/// [Amazon API Gateway](https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html),
/// REST APIs: resources, methods, `AWS_PROXY` integrations with functions and `MOCK` ones,
/// deployments (a copy of the API as it was), stages, and the URLs that invoke them:
/// `http://<api>.execute-api.<region>.…/<stage>/…` and
/// `/restapis/<api>/<stage>/_user_request_/…` on Brume's own endpoint.
///
/// Left out, and refused when asked for: integrations of type `HTTP`, `HTTP_PROXY` and `AWS`,
/// authorizers, API keys, request validators and models, resource policies, private endpoints,
/// caches, canaries, compression, throttling and custom domain names.
@NullMarked
package dev.brume.services.apigateway;

import org.jspecify.annotations.NullMarked;
