import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

// Acts on queues and connections, the same for clients and for sessions.

struct PauseCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pause",
            abstract: "Deliver nothing of its queue, for a time or until it is resumed.",
            discussion: """
                Commits go on, and nothing is lost. 'zaichik \(Target.group) info' shows who has paused it and why.

                EXAMPLES
                  zaichik \(Target.group) pause \(Target.example) --reason 'its disk is full'
                  zaichik \(Target.group) pause \(Target.example) --for 10m
                  zaichik \(Target.group) pause \(Target.example) --until 2026-01-31T12:00
                """)
    }

    @OptionGroup var target: Target

    @OptionGroup var until: UntilOptions

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        try await ActRun(act: .pause, target: target, options: options).run(connection, until.values)
    }
}

struct ResumeCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "resume",
            abstract: "End a pause of its queue.",
            discussion: """
                EXAMPLES
                  zaichik \(Target.group) resume \(Target.example)
                """)
    }

    @OptionGroup var target: Target

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        try await ActRun(act: .resume, target: target, options: options).run(connection, ActValues())
    }
}

struct WindowCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "window",
            abstract: "Set how many deliveries it may have in flight.",
            discussion: """
                It counts until the client sets its window itself. Each connection of a session gets it.

                EXAMPLES
                  zaichik \(Target.group) window \(Target.example) 1000
                  zaichik \(Target.group) window \(Target.example) 1000 --bytes 8MiB
                """)
    }

    @OptionGroup var target: Target

    @Argument(help: "Deliveries in flight; 0: none.", transform: NumberText.whole(0...UInt64(FrameLimits.window)))
    var window: UInt64

    @Option(help: ArgumentHelp("Bytes in flight. Default: not bounded.", valueName: "size"), transform: ByteSize.read)
    var bytes: ByteSize?

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        var values = ActValues()
        values.window = window
        values.windowBytes = bytes?.bytes
        try await ActRun(act: .window, target: target, options: options).run(connection, values)
    }
}

struct SkipCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "skip",
            abstract: "Pass over messages that it was not delivered yet.",
            discussion: """
                They are lost to it, and it is told. What is in flight, returned or parked stays. Asks first; without a \
                terminal, that takes --yes.

                EXAMPLES
                  zaichik \(Target.group) skip \(Target.example) --count 1               the next message
                  zaichik \(Target.group) skip \(Target.example) --topic orders --to 500  what is below sequence 500
                  zaichik \(Target.group) skip \(Target.example) --older 1h --dry-run     what came more than an hour ago
                """)
    }

    @OptionGroup var target: Target

    @Option(help: "The next so many.", transform: NumberText.whole(1...UInt64.max))
    var count: UInt64?

    @Option(
        help: ArgumentHelp("Those below this sequence of --topic.", valueName: "sequence"),
        transform: NumberText.whole(1...UInt64.max))
    var to: UInt64?

    @Option(
        help: ArgumentHelp("Those that came longer ago than this.", valueName: "time"), transform: TimeSpan.withUnit)
    var older: TimeSpan?

    @Option(help: "Of this topic, or of those that a pattern matches.", completion: .topics)
    var topic: String?

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        guard [count != nil, to != nil, older != nil].count(where: \.self) == 1 else {
            throw ValidationError("Give one of --count, --to and --older.")
        }
        if to != nil, topic == nil { throw ValidationError("--to is a sequence of a topic; name it with --topic.") }
    }

    func run() async throws {
        var values = ActValues()
        values.count = count
        values.sequence = to
        values.topic = topic
        if let older {
            let client = try await connection.connect(Target.group)
            values.time = SubscriptionPlan.time(older, before: try await client.brokerTime())
            await client.close()
        }
        try await ActRun(act: .skip, target: target, options: options).run(connection, values)
    }
}

struct PurgeCommand<Target: ActTargetArgument>: AsyncParsableCommand, TakesBytes {
    static var byteArguments: Set<String> { ["key"] }

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "purge",
            abstract: "Remove what waits in its queue.",
            discussion: """
                Takes what is pending and what is to come again; what is in flight or parked stays, and other readers of \
                the topics lose nothing. Asks first; without a terminal, that takes --yes.

                EXAMPLES
                  zaichik \(Target.group) purge \(Target.example) --dry-run
                  zaichik \(Target.group) purge \(Target.example) --topic orders --below 500
                  zaichik \(Target.group) purge \(Target.example) --topic orders --key customer-7
                """)
    }

    @OptionGroup var target: Target

    @Option(help: "Only of this topic, or of those that a pattern matches.", completion: .topics)
    var topic: String?

    @Option(
        help: ArgumentHelp("Only what is below this sequence of --topic.", valueName: "sequence"),
        transform: NumberText.whole(1...UInt64.max))
    var below: UInt64?

    @Option(help: "Only messages of --topic with this key.")
    var key: ArgumentBytes?

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if below != nil, key != nil { throw ValidationError("Give only one of --below and --key.") }
        if below != nil || key != nil, topic == nil {
            throw ValidationError("A sequence and a key are a topic's; name it with --topic.")
        }
    }

    func run() async throws {
        var values = ActValues()
        values.topic = topic
        values.sequence = below
        values.key = key?.buffer
        try await ActRun(act: .purge, target: target, options: options).run(connection, values)
    }
}

struct KickCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "kick",
            abstract: "Disconnect it, and keep its name away for a time.",
            discussion: """
                It is told who did it and why. What a client without a session has not done is lost; what a session has \
                stays. Without --for and --until it may come again at once. Asks first; without a terminal, that takes --yes.

                EXAMPLES
                  zaichik \(Target.group) kick \(Target.example) --reason 'it hangs'
                  zaichik \(Target.group) kick \(Target.example) --for 10m --yes
                """)
    }

    @OptionGroup var target: Target

    @OptionGroup var until: UntilOptions

    @OptionGroup var options: ActOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        try await ActRun(act: .disconnect, target: target, options: options)
            .run(connection, until.values)
    }
}
