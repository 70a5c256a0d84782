require 'json'
require 'logger'
require 'stringio'

$count = 0

class OrderError < StandardError; end

module Shop
  class Orders
    def self.echo(event:, context:)
      { 'order' => event }
    end
  end
end

def echo(event:, context:)
  event
end

def counts(event:, context:)
  $count += 1
end

def context(event:, context:)
  {
    id: context.aws_request_id,
    name: context.function_name,
    version: context.function_version,
    arn: context.invoked_function_arn,
    memory: context.memory_limit_in_mb,
    group: context.log_group_name,
    stream: context.log_stream_name,
    deadline: context.deadline_ms,
    remaining: context.get_remaining_time_in_millis,
    identity: context.identity,
    client: context.client_context,
    type: context.class,
    trace: ENV['_X_AMZN_TRACE_ID'],
    global: $_global_aws_request_id,
    cwd: Dir.pwd,
    env: ENV.to_h,
    ruby: RUBY_VERSION,
    encodings: [Encoding.default_external, ENV['CUSTOMER'].encoding, __ENCODING__],
    zone: Time.now.zone,
    load_path: $LOAD_PATH,
    gems: Gem.path
  }
end

def nothing(event:, context:); end

def throws(event:, context:)
  raise OrderError, 'no such order'
end

def throws_plain(event:, context:)
  raise 'plain'
end

def misses(event:, context:)
  nil.ship(event)
end

def exits(event:, context:)
  exit 3
end

def exits_hard(event:, context:)
  exit! 5
end

def overflows(event:, context:)
  overflows(event: event, context: context)
end

def hangs(event:, context:)
  loop {}
end

def logs(event:, context:)
  puts 'put', ['two', 'lines']
  $stdout.puts 'raw line'
  print 'no newline'
  $stderr.puts "\nto stderr"
  logger = Logger.new($stdout)
  logger.debug('in detail')
  logger.warn("careful\nnow")
  logger.error('orders') { 'by name' }
  begin
    raise OrderError, 'logged'
  rescue OrderError => e
    logger.fatal(e)
  end
  Logger.new($stderr, level: Logger::ERROR, formatter: ->(*all) { "#{all.last}\n" }).error('in its own form')
  puts '{"level":"debug","timestamp":"2026-01-01T00:00:00Z","m":1}'
  $LOADED_FEATURES.grep(/json\.rb/).size
end

def infinite(event:, context:)
  { ratio: Float::INFINITY }
end

def binary(event:, context:)
  "\xff\xfe".b
end

def streams(event:, context:)
  StringIO.new("\x01\x02raw".b)
end

def returns(event:, context:)
  'x' * event['bytes']
end

def hog(event:, context:)
  held = []
  loop { held << 'x' * 1_000_000 }
end

def writes(event:, context:)
  File.write(event['path'], 'x')
rescue SystemCallError => e
  e.class
end
