#!/usr/bin/env bash
# What users of the AWS CLI type; the first wrong answer ends the script.
set -euo pipefail
# Version 1 of the CLI does not take the endpoint of every service from the environment.
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
is() { [ "$1" = "$2" ] || { echo "expected '$2', got '$1'"; exit 1; }; }
refuses() { # code, command…
  local code=$1 out
  shift
  if out=$("$@" 2>&1); then echo "expected $code from: $*"; exit 1; fi
  case $out in *"($code)"*) ;; *) echo "expected $code, got: $out"; exit 1 ;; esac
}

is "$(aws sts get-caller-identity --query Account --output text)" 000000000000

aws s3 mb s3://cli-bucket >/dev/null
mkdir -p "$work/tree/sub"
echo one >"$work/tree/one.txt"
head -c 9000000 /dev/zero >"$work/tree/sub/big.bin" # several parts
aws s3 sync "$work/tree" s3://cli-bucket/tree >/dev/null
is "$(aws s3 ls s3://cli-bucket/tree/ --recursive | wc -l | tr -d ' ')" 2
aws s3 cp s3://cli-bucket/tree/sub/big.bin "$work/back.bin" >/dev/null
cmp "$work/tree/sub/big.bin" "$work/back.bin"
aws s3 mv s3://cli-bucket/tree/one.txt s3://cli-bucket/moved.txt >/dev/null
is "$(aws s3 cp s3://cli-bucket/moved.txt -)" one
refuses NoSuchBucket aws s3api list-objects-v2 --bucket cli-none
aws s3 rb s3://cli-bucket --force >/dev/null

url=$(aws sqs create-queue --queue-name cli --query QueueUrl --output text)
aws sqs send-message --queue-url "$url" --message-body hello >/dev/null
is "$(aws sqs receive-message --queue-url "$url" --query 'Messages[0].Body' --output text)" hello
refuses AWS.SimpleQueueService.NonExistentQueue aws sqs get-queue-url --queue-name none

topic=$(aws sns create-topic --name cli --query TopicArn --output text)
aws sns set-topic-attributes --topic-arn "$topic" --attribute-name DisplayName --attribute-value shown
is "$(aws sns get-topic-attributes --topic-arn "$topic" --query Attributes.DisplayName --output text)" shown
refuses NotFound aws sns get-topic-attributes --topic-arn "${topic}x"

aws dynamodb create-table --table-name cli --billing-mode PAY_PER_REQUEST --key-schema AttributeName=id,KeyType=HASH \
  --attribute-definitions AttributeName=id,AttributeType=S >/dev/null
aws dynamodb wait table-exists --table-name cli
aws dynamodb put-item --table-name cli --item '{"id":{"S":"x"},"n":{"N":"1"}}'
is "$(aws dynamodb get-item --table-name cli --key '{"id":{"S":"x"}}' --query Item.n.N --output text)" 1

aws events put-rule --name cli --schedule-expression 'cron(0 1 * * ? *)' >/dev/null
is "$(aws events describe-rule --name cli --query State --output text)" ENABLED
refuses ValidationException aws events put-rule --name bad --schedule-expression 'cron(0 1 * * * *)'

aws ssm put-parameter --name /cli/p --value v --type String >/dev/null
is "$(aws ssm get-parameter --name /cli/p --query Parameter.Value --output text)" v
echo ok
