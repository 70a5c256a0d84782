import type { SNSEvent } from 'aws-lambda';

/** Where a mail or a chat message would go out, a line goes to the log. */
export async function handler(event: SNSEvent): Promise<void> {
  for (const { Sns } of event.Records) {
    const eventType = Sns.MessageAttributes['event-type']?.Value;
    console.log(`NOTIFY ${eventType} ${Sns.Message}`);
  }
}
