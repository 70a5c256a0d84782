import { App } from 'aws-cdk-lib';
import { DataLakeStack } from '../lib/data-lake-stack';
import { FanOutStack } from '../lib/fan-out-stack';
import { ImageProcessingPipelineStack } from '../lib/image-processing-pipeline-stack';
import { ScheduledJobsStack } from '../lib/scheduled-jobs-stack';
import { ServerlessApiStack } from '../lib/serverless-api-stack';

const app = new App();

const api = new ServerlessApiStack(app, 'ServerlessApiStack');
new ImageProcessingPipelineStack(app, 'ImageProcessingPipelineStack');
new DataLakeStack(app, 'DataLakeStack');
new FanOutStack(app, 'FanOutStack');

// The daily report reads the table of the user API: the CDK turns this reference into an
// export of the one stack and an import in the other, and deploys them in that order.
new ScheduledJobsStack(app, 'ScheduledJobsStack', { users: api.users });
