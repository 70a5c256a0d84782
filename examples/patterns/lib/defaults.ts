import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { BlockPublicAccess, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { join } from 'node:path';

/** The source file of a handler, named as below `functions/` without its ending. */
export function handler(name: string): string {
  return join(__dirname, '..', 'functions', `${name}.ts`);
}

/** What every function of these stacks has in common. */
export const functionDefaults = {
  runtime: Runtime.NODEJS_22_X,
  memorySize: 256,
  timeout: Duration.seconds(10),
  bundling: { minify: false, sourceMap: false },
} satisfies NodejsFunctionProps;

/**
 * A private, encrypted bucket that `cdk destroy` removes with everything in it. Good for an
 * example; for data that you want to keep, leave the last two lines out.
 */
export const bucketDefaults = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  removalPolicy: RemovalPolicy.DESTROY,
  autoDeleteObjects: true,
} satisfies BucketProps;
