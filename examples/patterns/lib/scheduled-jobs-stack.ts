import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bucketDefaults, functionDefaults, handler } from './defaults';

export interface ScheduledJobsStackProps extends StackProps {
  /** The table that the report counts. */
  readonly users: ITable;
}

/** Pattern 5, a scheduled job: every day at 01:00 UTC, a report on the day before. */
export class ScheduledJobsStack extends Stack {
  constructor(scope: Construct, id: string, props: ScheduledJobsStackProps) {
    super(scope, id, props);

    const reports = new Bucket(this, 'Reports', bucketDefaults);

    const dailyReport = new NodejsFunction(this, 'DailyReportFunction', {
      ...functionDefaults,
      entry: handler('daily-report'),
      timeout: Duration.minutes(5),
      environment: { USER_TABLE: props.users.tableName, REPORT_BUCKET: reports.bucketName },
    });
    props.users.grantReadData(dailyReport);
    reports.grantPut(dailyReport);

    new Rule(this, 'DailyReportSchedule', {
      description: 'Every day at 01:00 UTC',
      schedule: Schedule.cron({ minute: '0', hour: '1' }),
      targets: [new LambdaFunction(dailyReport)],
    });

    new CfnOutput(this, 'ReportBucket', { value: reports.bucketName });
  }
}
