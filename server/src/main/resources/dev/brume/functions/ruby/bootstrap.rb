# frozen_string_literal: true

# Brume's Ruby runtime: the inside of an execution environment.
#
# Speaks the Lambda Runtime API (HTTP/1.1) over the Unix socket BRUME_SOCKET. Starts as a waiter that knows no function;
# one `assign` message turns it into one. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#
# What is loaded here besides the SDK is what AWS's own runtime has loaded before a function: the versions of these gems
# are settled when a function's Bundler comes to them.

require 'json'
require 'logger'
require 'net/http'
require 'socket'
require 'stringio'

# https://docs.aws.amazon.com/lambda/latest/dg/ruby-context.html
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms, :tenant_id

  def initialize(request)
    @clock_diff = now(Process::CLOCK_REALTIME) - now(Process::CLOCK_MONOTONIC)
    @deadline_ms = request['Lambda-Runtime-Deadline-Ms'].to_i
    @aws_request_id = request['Lambda-Runtime-Aws-Request-Id']
    @invoked_function_arn = request['Lambda-Runtime-Invoked-Function-Arn']
    @tenant_id = request['Lambda-Runtime-Aws-Tenant-Id']
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
    @identity = parsed(request['Lambda-Runtime-Cognito-Identity'])
    @client_context = parsed(request['Lambda-Runtime-Client-Context'])
  end

  def get_remaining_time_in_millis
    [@deadline_ms - now(Process::CLOCK_MONOTONIC) - @clock_diff, 0].max
  end

  private

  def now(clock)
    Process.clock_gettime(clock, :millisecond)
  end

  def parsed(header)
    JSON.parse(header) unless header.to_s.empty?
  end
end

# Whose methods are those that a function defines outside of classes.
class LambdaHandler; end

module AwsLambda
  # What events and answers are made of; functions may have their own way.
  class Marshaller
    class << self
      def marshall_request(raw_request)
        raw_request['Content-Type'] == 'application/json' ? JSON.parse(raw_request.body) : raw_request.body
      end

      # What can be read goes out as it is.
      def marshall_response(answer)
        answer.is_a?(StringIO) || answer.is_a?(IO) ? [answer, 'application/unknown'] : answer.to_json
      end
    end
  end
end

module BrumeRuntime
  API = '/2018-06-01/runtime'
  RESERVED_HOST = 'cfn-response.brume.internal'
  RESPONSE_PATH = '/_brume/cfn-response'
  CARRIERS = %w[lambda-runtime-aws-request-id brume-assign].freeze
  NEXT = "GET #{API}/invocation/next HTTP/1.1\r\n\r\n"
  OUT = IO.for_fd(1, 'wb', autoclose: false)
  OUT.sync = true
  PRINTED = 0xA55A0001
  LOGGED = 0xA55A0003
  ENDED = 0xA55A00FF
  END_FRAMES = ENV.key?('BRUME_END_FRAMES') # elsewhere Brume looks into the pipe

  # An answer of the Runtime API that carries something.
  class Event
    attr_reader :body

    def initialize(headers, body)
      @headers = headers
      @body = body
    end

    def [](name)
      @headers[name.downcase]
    end
  end

  class Wire
    def initialize(socket)
      @socket = socket
    end

    # For a process that takes this one's place.
    def fileno
      @socket.fileno
    end

    def write(*data)
      @socket.write(*data)
    rescue SystemCallError
      exit!(0)
    end

    # The next response that carries an event or an assignment.
    def receive
      loop do
        event = response
        return event if CARRIERS.any? { |name| event[name] }
      end
    rescue SystemCallError
      exit!(0)
    rescue SignalException
      exit(0)
    end

    private

    def response
      head = @socket.gets("\r\n\r\n") || exit!(0)
      headers = {}
      head.force_encoding('UTF-8').split("\r\n").drop(1).each do |line|
        name, value = line.split(':', 2)
        headers[name.downcase] = value.to_s.strip
      end
      length = headers.fetch('content-length', 0).to_i
      body = @socket.read(length)
      exit!(0) if body.nil? || body.bytesize < length
      Event.new(headers, body.force_encoding('UTF-8'))
    end
  end

  # An error as Lambda tells it, with the way through the runtime in its trace.
  class Report
    NAMED = %w[ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit SystemStackError].freeze
    FRAMES_MAX = 100

    # The kind that the platform hears of: customers' own classes are not told.
    attr_reader :kind

    def initialize(thrown, phase)
      @message = BrumeRuntime.utf8(thrown.message)
      @type = "#{phase}<#{thrown.class}>"
      @kind = NAMED.include?(thrown.class.to_s) ? @type : 'Function<UserException>'
      @trace = thrown.backtrace_locations.to_a.first(FRAMES_MAX).map { |frame| BrumeRuntime.utf8(frame) }
    end

    def to_h
      { errorMessage: @message, errorType: @type, stackTrace: @trace }
    end

    def log(title)
      BrumeRuntime.frame(LOGGED, "#{title}\n")
      BrumeRuntime.frame(LOGGED, "#{JSON.pretty_generate(to_h)}\n")
    end

    def post(where)
      BrumeRuntime.post(where, JSON.generate(to_h), 'application/json', "Lambda-Runtime-Function-Error-Type: #{kind}\r\n")
    end
  end

  # ------------------------------------------------------------------------------------------------------------- logs

  # Where Logger writes instead of standard output and error: a record stays one, whatever lines it has.
  class Sink
    def write(text)
      BrumeRuntime.frame(LOGGED, text)
      text.bytesize
    end

    def close; end
  end

  class TextFormatter < Logger::Formatter
    FORM = '%s, [%s #%d] %5s %s -- %s: %s'

    def call(severity, time, name, message)
      id = $_global_aws_request_id
      text = format(FORM, severity[0], format_datetime(time), Process.pid, severity, id, name, msg2str(message))
      "#{BrumeRuntime.utf8(text)}\n"
    end
  end

  class JsonFormatter < Logger::Formatter
    FRAME = /\A(?<file>.+):(?<line>\d+):in [`'](?<method>.+)'\z/.freeze

    def call(severity, time, name, message)
      entry = {
        timestamp: time.utc.strftime('%Y-%m-%dT%H:%M:%S.%6NZ'),
        level: severity,
        message: BrumeRuntime.utf8(message.is_a?(Exception) ? message.message : msg2str(message)),
        requestId: $_global_aws_request_id
      }
      entry[:logger] = BrumeRuntime.utf8(name) unless name.to_s.empty?
      entry.merge!(error(message)) if message.is_a?(Exception)
      "#{JSON.generate(entry.compact)}\n"
    end

    private

    def error(thrown)
      trace = thrown.backtrace.to_a.map { |line| BrumeRuntime.utf8(line) }
      at = FRAME.match(trace.first)
      {
        errorType: thrown.class.to_s,
        errorMessage: BrumeRuntime.utf8(thrown.message),
        stackTrace: trace,
        location: at ? "#{at[:file]}:#{at[:method]}:#{at[:line]}" : trace.first
      }
    end
  end

  # Ruby's Logger when it would write to standard output or error, or nowhere.
  module LambdaLogger
    LEVELS = { 'TRACE' => 0, 'DEBUG' => 0, 'INFO' => 1, 'WARN' => 2, 'ERROR' => 3, 'FATAL' => 4 }.freeze

    def initialize(device, shift_age = 0, shift_size = 1_048_576, **options)
      if !device || device == $stdout || device == $stderr
        device = Sink.new
        json = ENV['AWS_LAMBDA_LOG_FORMAT'].to_s.casecmp?('JSON')
        options[:formatter] ||= json ? JsonFormatter.new : TextFormatter.new
        options[:level] = LEVELS.fetch(ENV['AWS_LAMBDA_LOG_LEVEL'].to_s.upcase, 0) unless options.key?(:level)
      end
      super(device, shift_age, shift_size, **options)
    end
  end

  # A puts is one record.
  PUTS = lambda do |*args|
    text = args.flatten.map { |one| one.to_s.encode('UTF-8') }.join("\n")
    BrumeRuntime.frame(PRINTED, text.end_with?("\n") ? text : "#{text}\n")
    nil
  end

  # --------------------------------------------------------------------------------------------------- reserved host

  # CloudFormation's ResponseURL is https on a reserved host: brings such requests to Brume's endpoint.
  module BringHome
    def request(request, *rest, &block)
      if address == RESERVED_HOST && started? && !request.path.start_with?(RESPONSE_PATH)
        request.instance_variable_set(:@path, RESPONSE_PATH + request.path)
      end
      super
    end

    private

    def connect
      return super unless address == RESERVED_HOST

      home = URI(ENV.fetch('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566'))
      @socket = Net::BufferedIO.new(TCPSocket.new(home.host, home.port), read_timeout: read_timeout)
    end
  end

  class << self
    def utf8(text)
      text.to_s.encode('UTF-8', invalid: :replace, undef: :replace, replace: '�').scrub
    end

    # One write, so that records of threads do not mix.
    def frame(kind, text)
      data = text.b
      micros = Process.clock_gettime(Process::CLOCK_REALTIME, :microsecond)
      OUT.write([kind, data.bytesize, micros].pack('L>L>Q>') << data)
    end

    def post(where, body, type = 'application/json', headers = '')
      head = "POST #{API}#{where} HTTP/1.1\r\nContent-Type: #{type}\r\n#{headers}Content-Length: #{body.bytesize}\r\n\r\n"
      head.b << body.b
    end

    # -------------------------------------------------------------------------------------------------------- invoke

    # False when nothing may come after it.
    def invoke(wire, handler, event)
      id = $_global_aws_request_id = event['Lambda-Runtime-Aws-Request-Id']
      ENV['_X_AMZN_TRACE_ID'] = event['Lambda-Runtime-Trace-Id']
      request = AwsLambda::Marshaller.marshall_request(event)
      answer, goes_on = answer(handler, request, LambdaContext.new(event), "/invocation/#{id}")
      flush
      frame(ENDED, id) if END_FRAMES
      wire.write(goes_on ? answer << NEXT : answer)
      goes_on
    end

    def flush
      [STDOUT, STDERR, $stdout, $stderr].each(&:flush)
    rescue IOError, NoMethodError
      nil # a function may have closed or replaced them
    end

    # After an error that says that the code is not what it should be, the process is not used again.
    def answer(handler, request, context, where)
      body, type = AwsLambda::Marshaller.marshall_response(handler.call(request, context))
      body = body.read if type == 'application/unknown'
      [post("#{where}/response", body.to_s, type || 'application/json'), true]
    rescue StandardError => e
      broken = e.is_a?(NameError)
      [failed(e, broken, where), !broken]
    rescue Exception => e
      [failed(e, true, where), false]
    end

    def failed(thrown, broken, where)
      report = Report.new(thrown, 'Function')
      report.log(broken ? 'Critical exception from handler' : 'Error raised from handler method')
      report.post("#{where}/error")
    end

    # ------------------------------------------------------------------------------------------------------- loading

    def load_handler(name)
      parts = name.split('.')
      unless [2, 3].include?(parts.size)
        raise ArgumentError,
              "Invalid handler #{parts}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME " \
              'corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace ' \
              'and METHOD is a callable method. If using CLASS, METHOD must be a class-level method.'
      end
      require parts.first
      holder = LambdaHandler.new
      lambda do |event, context|
        to = parts.size == 3 ? Kernel.const_get(parts[1]) : holder
        to.__send__(parts.last, event: event, context: context)
      end
    end

    def become(given, notice)
      ENV.replace(given)
      Gem.clear_paths
      root = ENV.fetch('LAMBDA_TASK_ROOT')
      Dir.chdir(root)
      $LOAD_PATH.unshift(*([root] + ENV['RUBYLIB'].to_s.split(':')).uniq.reject { |path| $LOAD_PATH.include?(path) })
      Logger.prepend(LambdaLogger)
      Kernel.define_method(:puts) { |*args| PUTS.call(*args) }
      Kernel.send(:private, :puts)
      Net::HTTP.prepend(BringHome)
      Logger.new($stdout).warn(notice) if notice
      load_handler(ENV.fetch('_HANDLER'))
    end

    # Whether a function has gems of the SDK in a folder of its own, or lets Bundler choose.
    def brings_sdk?(given, machines)
      root = given.fetch('LAMBDA_TASK_ROOT')
      own = given['GEM_PATH'].to_s.split(':') - machines
      given.key?('BUNDLE_GEMFILE') || File.exist?("#{root}/Gemfile") ||
        own.any? { |path| !Dir.glob("#{path}/gems/aws-*").empty? } ||
        ([root] + given['RUBYLIB'].to_s.split(':')).any? { |path| !Dir.glob("#{path}/aws-*").empty? }
    end

    # Ruby cannot forget what it has loaded: it starts once more, on the same socket, with the function's variables.
    def start_again(wire, given, notice)
      more = { 'BRUME_WIRE' => wire.fileno.to_s, 'BRUME_NOTICE' => notice }
      more['BRUME_END_FRAMES'] = 'yes' if END_FRAMES
      all = { 'LC_CTYPE' => ENV['LC_CTYPE'] }.merge(given, more)
      exec(all, RbConfig.ruby, __FILE__, wire.fileno => wire.fileno, unsetenv_others: true)
    end

    # Loads parts of the SDK; true when there is something of it now.
    def preload
      ENV['BRUME_PRELOAD'].to_s.split(',').each do |name|
        require name
      rescue LoadError, StandardError
        next # the function itself will say what is missing when it asks for it
      end
      $LOADED_FEATURES.any? { |path| path.include?('/aws-') }
    end

    # Before Ruby 3.2 these add to an error's message, on Lambda they do not.
    def leave_messages_alone
      return unless RUBY_VERSION < '3.2'

      DidYouMean::Correctable.remove_method(:to_s) if defined?(DidYouMean::Correctable)
      ErrorHighlight::CoreExt.remove_method(:to_s) if defined?(ErrorHighlight::CoreExt)
    end

    def main
      Encoding.default_external = Encoding::UTF_8
      $stdout.sync = true
      leave_messages_alone
      sdk = preload
      Process.respond_to?(:warmup) ? Process.warmup : GC.start if ENV.key?('BRUME_PRELOAD')
      wire, given, notice = begin_or_go_on(sdk)
      begin
        handler = become(given, notice)
      rescue Exception => e
        wire.write(unable(e).post('/init/error'))
        exit(-4)
      end
      wire.write(NEXT)
      exit(serve(wire, handler))
    end

    def serve(wire, handler)
      nil while invoke(wire, handler, wire.receive)
      -1
    rescue StandardError => e # of a marshaller that a function brings
      unable(e)
      -4
    end

    def unable(thrown)
      report = Report.new(thrown, 'Init')
      report.log('Init error when loading handler ')
      report
    end

    def begin_or_go_on(sdk)
      again = ENV['BRUME_WIRE']
      return [Wire.new(UNIXSocket.for_fd(again.to_i)), variables, ENV['BRUME_NOTICE']] if again

      wire = Wire.new(UNIXSocket.new(ENV.fetch('BRUME_SOCKET')))
      wire.write("GET /brume/assign HTTP/1.1\r\n\r\n")
      message = JSON.parse(wire.receive.body)
      given = message['env'] || variables
      start_again(wire, given, message['notice']) if sdk && brings_sdk?(given, Gem.path)
      [wire, given, message['notice']]
    end

    # A function's that have been there from the start.
    def variables
      ENV.to_h.reject { |name, value| name.start_with?('BRUME_') || name == 'LC_CTYPE' && value == 'C.UTF-8' }
    end
  end
end

BrumeRuntime.main
