import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a broker.",
        discussion: """
            Prints 'zaichik VERSION listening on HOST:PORT' for each address, then serves until Ctrl-C, SIGTERM or \
            'zaichik stop': clients are told, what is owed is sent, at most for 5 s. A second signal ends it at once.
            SIGHUP opens the log file anew, for programs that rotate logs, and reads the configuration file anew: what can \
            change does, and the log says what cannot.

            EXAMPLES
              zaichik serve
              zaichik serve --listen 0.0.0.0:8889 --listen '[::]:8889'
              zaichik serve --listen 127.0.0.1:0        any free port, see what it prints
              zaichik serve --log-file /var/log/zaichik/broker.log --log-level info
              ZAICHIK_LOG=debug zaichik serve --memory-limit 512MiB
              zaichik serve --config zaichik.yaml
              zaichik serve --config zaichik.yaml --check-config
              zaichik serve --print-config > zaichik.yaml   the defaults, to begin with

            The configuration is the file's, and what environment variables (ZAICHIK_SERVE_LIMITS_TOPICS for limits.topics) \
            and options set instead, which win in this order. docs/CONFIGURATION.md has all entries.

            The log has warnings about drops, refusals and memory, and notices of settings that change; with info also \
            clients that come and go, and new topics.

            Anyone who can connect can read and publish everything: listen beyond 127.0.0.1 only in a network you trust.
            """)

    @Option(
        help: ArgumentHelp("Read the configuration from this file, which is YAML.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(help: "Say what is wrong in the configuration, all of it, and end: with 1 if anything is, else 0.")
    var checkConfig = false

    @Flag(help: "Print the configuration that counts, with where each value comes from, and end.")
    var printConfig = false

    @Option(
        help: ArgumentHelp(
            "Where to listen, on all addresses of a name; may be repeated. Default 127.0.0.1:8889.",
            valueName: "host:port"))
    var listen: [String] = []

    @Option(help: "Event loops that serve clients. Default: one a core, at most 4.")
    var loops: Int?

    @Option(help: "How many more clients than another a loop may have while it is less than half busy; 0: none.")
    var gather: Int?

    @Option(help: .limit("memory-limit", valueName: "size"), transform: ByteSize.read)
    var memoryLimit: ByteSize?

    @Option(help: .limit("max-connections"))
    var maxConnections: Int?

    @Option(help: .limit("max-topics"))
    var maxTopics: Int?

    @Option(help: .limit("unused-topics", valueName: "time"), transform: TimeSpan.inSeconds)
    var unusedTopics: TimeSpan?

    @Option(help: .limit("unused-history", valueName: "time"), transform: TimeSpan.inSeconds)
    var unusedHistory: TimeSpan?

    @Option(help: .limit("max-sessions"))
    var maxSessions: Int?

    @Option(help: .limit("max-subscriptions"))
    var maxSubscriptions: Int?

    @Option(help: .limit("max-producers"))
    var maxProducers: Int?

    @Option(help: .limit("producer-time", valueName: "seconds"))
    var producerTime: Int?

    @Option(help: .limit("max-frame", valueName: "size"), transform: ByteSize.read)
    var maxFrame: ByteSize?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical; else ZAICHIK_LOG, else notice.",
            valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How a line of the log is written: text or json. Default: text.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("Append the log to this file. Default: standard error.", valueName: "path"))
    var logFile: String?

    func validate() throws {
        if let loops, !(1...256).contains(loops) { throw ValidationError("--loops must be between 1 and 256.") }
        if let gather, gather < 0 { throw ValidationError("--gather must be 0 or more.") }
        for (option, value) in [
            ("--max-connections", maxConnections), ("--max-topics", maxTopics),
            ("--max-sessions", maxSessions), ("--max-subscriptions", maxSubscriptions),
            ("--max-producers", maxProducers), ("--producer-time", producerTime),
        ] {
            if let value, value < 1 { throw ValidationError("\(option) must be at least 1.") }
        }
        if let memoryLimit, memoryLimit.bytes < 1 << 20 {
            throw ValidationError("--memory-limit must be at least 1MiB.")
        }
        let frames = FrameLimits.choices
        if let maxFrame, !frames.contains(Int(clamping: maxFrame.bytes)) {
            throw ValidationError(
                "--max-frame must be between \(frames.lowerBound >> 10)KiB and \(frames.upperBound >> 30)GiB.")
        }
    }

    /// Whether these arguments run a broker, which handles signals by itself.
    static func handlesSignals(_ arguments: [String]) -> Bool {
        arguments.dropFirst().first == configuration.commandName
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let configuration = try configuration(environment) else { return }
        let settings = configuration.settings
        let log = LogWriter(
            try settings.logFile.map { path in try LogOutput(path: path) } ?? LogOutput(descriptor: STDERR_FILENO))
        log.setFormat(settings.logFormat)
        // Not longer: the reader of the log may have stopped reading.
        defer { log.finish(within: .seconds(1)) }
        log.level = settings.logLevel
        let logger = Logger(label: "zaichik") { QueuedLogHandler(label: $0, writer: log) }
        let reload = ConfigurationReload(
            configuration, path: config, environment: environment, options: given, log, logger)

        // Before the broker listens, so that a signal never meets the default action once clients may have connected.
        let signals = Self.watchSignals(log, logger, reload)
        let server = try await Self.start(settings.broker, logger)
        reload.begin(server)
        // Before anybody is told where it listens: from then on a signal ends it in good order.
        Self.isListening.store(true, ordering: .relaxed)
        // On a terminal standard output says it.
        if settings.logFile != nil || !StandardError.isTerminal { server.tellListening() }
        for key in configuration.contested {
            logger.info(
                "an entry of the configuration is set more than once",
                metadata: ["entry": "\(key.path)", "source": .string(configuration.source(of: key))])
        }
        let files = Self.writePidFiles(of: server, environment, logger)
        Self.warn(of: server.endpoints, logger)
        var output = StandardOutput()
        for endpoint in server.endpoints { output.line("zaichik \(ZaichikVersion.string) listening on \(endpoint)") }
        // Standard output may have no reader.
        try? output.flush()
        let removeFiles: @Sendable () -> Void = {
            for (port, file) in files { file.remove(port: port, environment: environment) }
        }
        await Self.serve(server, signals, atOnce: removeFiles)
        removeFiles()
    }

    private static let isListening = Atomic<Bool>(false)

    /// The signals that end the broker, as they come; SIGHUP opens the log anew, and reads the configuration anew.
    private static func watchSignals(
        _ log: LogWriter, _ logger: Logger, _ reload: ConfigurationReload
    ) -> AsyncStream<Int32> {
        // A terminal that goes away sends it too: the broker outlives it.
        Interruption.watch(SIGHUP) {
            reload.reload()
            log.reopen { level, message in logger.log(level: level, "\(message)") }
        }
        return AsyncStream { continuation in
            for number in [SIGINT, SIGTERM] {
                Interruption.watch(number) {
                    // Looking up a name may take long, and there is nothing to end in good order yet.
                    guard isListening.load(ordering: .relaxed) else { _exit(128 + number) }
                    continuation.yield(number)
                }
            }
        }
    }

    /// Writes a pid file for each port, with the first address that has it.
    ///
    /// - Returns: The files, with their ports.
    private static func writePidFiles(
        of server: BrokerServer, _ environment: [String: String], _ logger: Logger
    ) -> [(port: Int, file: PidFile)] {
        var ports: Set<Int> = []
        return server.endpoints.filter { ports.insert($0.port).inserted }.compactMap { endpoint in
            let file = PidFile(pid: getpid(), address: endpoint.description)
            do {
                try file.write(port: endpoint.port, environment: environment)
                return (endpoint.port, file)
            } catch {
                let reason = (error as? CommandFailure)?.message ?? "\(error)"
                logger.warning(
                    "no pid file tells 'zaichik stop' of this broker",
                    metadata: ["port": "\(endpoint.port)", "reason": .string(reason.debugDescription)])
                return nil
            }
        }
    }

    /// Warns of addresses that others can reach.
    private static func warn(of endpoints: [Endpoint], _ logger: Logger) {
        for endpoint in endpoints where !ThisMachine.isLoopback(endpoint.host) {
            logger.warning(
                """
                anybody who can reach port \(endpoint.port) of this machine can read and publish everything; to serve \
                this machine only, use --listen 127.0.0.1:\(endpoint.port)
                """, metadata: ["address": "\(endpoint)"])
        }
    }

    /// Serves until a signal comes, then until all clients are told.
    ///
    /// - Parameter atOnce: Done before a second signal ends the process.
    private static func serve(
        _ server: BrokerServer, _ signals: AsyncStream<Int32>, atOnce: @escaping @Sendable () -> Void
    ) async {
        await withTaskGroup { group in
            group.addTask { await server.waitUntilStopped() }
            group.addTask {
                for await _ in signals { break }
                if Task.isCancelled { return }
                await withTaskGroup { group in
                    group.addTask { await server.shutdown() }
                    group.addTask {
                        for await second in signals {
                            atOnce()
                            _exit(128 + second)
                        }
                    }
                    await group.next()
                    group.cancelAll()
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}

extension ArgumentHelp {
    /// The help of an option that sets a limit, as the table of limits has it.
    fileprivate static func limit(_ option: String, valueName: String? = nil) -> ArgumentHelp {
        guard let limit = Limit.set(by: option) else { preconditionFailure("no limit is set by --\(option)") }
        return ArgumentHelp("\(limit.help)", valueName: valueName)
    }
}
