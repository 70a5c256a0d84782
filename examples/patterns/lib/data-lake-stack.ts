import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import type { Construct } from 'constructs';
import { bucketDefaults, functionDefaults, handler } from './defaults';

/**
 * Pattern 3, a data lake: files of JSON lines arrive under
 * `events/year=2025/month=03/day=14/`, a function makes each new day a partition of the
 * table, and Athena answers SQL over the files, reading only the days that a query asks for.
 */
export class DataLakeStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const lake = new Bucket(this, 'Lake', bucketDefaults);
    const results = new Bucket(this, 'Results', {
      ...bucketDefaults,
      lifecycleRules: [{ expiration: Duration.days(7) }],
    });

    const database = new CfnDatabase(this, 'Analytics', {
      catalogId: this.account,
      databaseInput: { name: 'analytics' },
    });
    const events = new CfnTable(this, 'UserEvents', {
      catalogId: this.account,
      databaseName: 'analytics',
      tableInput: {
        name: 'user_events',
        tableType: 'EXTERNAL_TABLE',
        parameters: { classification: 'json' },
        partitionKeys: [
          { name: 'year', type: 'string' },
          { name: 'month', type: 'string' },
          { name: 'day', type: 'string' },
        ],
        storageDescriptor: {
          columns: [
            { name: 'event_id', type: 'string' },
            { name: 'user_id', type: 'string' },
            { name: 'event_type', type: 'string' },
            { name: 'amount', type: 'double' },
          ],
          location: lake.s3UrlForObject('events/'),
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });
    events.addDependency(database);

    const addPartition = new NodejsFunction(this, 'PartitionFunction', {
      ...functionDefaults,
      entry: handler('add-partition'),
      timeout: Duration.seconds(60),
      environment: {
        DATABASE: 'analytics',
        TABLE: 'user_events',
        RESULTS: results.s3UrlForObject('partitions/'),
      },
    });
    lake.addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(addPartition), {
      prefix: 'events/',
    });
    this.allowQueries(addPartition, lake, results);

    new CfnOutput(this, 'LakeBucket', { value: lake.bucketName });
    new CfnOutput(this, 'ResultsBucket', { value: results.bucketName });
    new CfnOutput(this, 'Database', { value: 'analytics' });
  }

  /** Athena works with the rights of its caller: to the query, the catalog and the files. */
  private allowQueries(caller: NodejsFunction, lake: Bucket, results: Bucket): void {
    caller.addToRolePolicy(
      new PolicyStatement({
        actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution'],
        resources: [
          this.formatArn({ service: 'athena', resource: 'workgroup', resourceName: 'primary' }),
        ],
      }),
    );
    const catalog = (resource: string, resourceName?: string) =>
      this.formatArn({ service: 'glue', resource, ...(resourceName && { resourceName }) });
    caller.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'glue:GetDatabase',
          'glue:GetTable',
          'glue:GetPartition',
          'glue:GetPartitions',
          'glue:BatchGetPartition',
          'glue:CreatePartition',
          'glue:BatchCreatePartition',
        ],
        resources: [
          catalog('catalog'),
          catalog('database', 'analytics'),
          catalog('table', 'analytics/user_events'),
        ],
      }),
    );
    lake.grantRead(caller);
    results.grantReadWrite(caller);
    // "Is this bucket in my region?" is the first thing that Athena asks.
    caller.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation'],
        resources: [lake.bucketArn, results.bucketArn],
      }),
    );
  }
}
