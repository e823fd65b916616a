import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopicPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Take no publishes to a topic, for a time or until they are resumed.",
        discussion: """
            Publishers are refused with topic-paused, or wait if the topic's overflow is block; delayed messages wait. Reading \
            goes on. 'zaichik topic info' shows who has paused it and why.

            EXAMPLES
              zaichik topic pause orders --reason 'wrong prices'
              zaichik topic pause 'orders.>' --for 10m
              zaichik topic pause orders --until 2026-01-31T12:00
            """)

    @Argument(help: "The topic's name, or a pattern.", completion: .topics)
    var topic: String

    @OptionGroup var until: UntilOptions

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        try await options.run(.pausePublishes, topic, until.values) { TopicActText.topics($0, "paused") }
    }
}

struct TopicResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take publishes to a topic again.",
        discussion: """
            EXAMPLES
              zaichik topic resume orders
            """)

    @Argument(help: "The topic's name, or a pattern.", completion: .topics)
    var topic: String

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        try await options.run(.resumePublishes, topic, ActValues()) { TopicActText.topics($0, "resumed") }
    }
}

struct TopicPurgeCommand: AsyncParsableCommand, TakesBytes {
    static var byteArguments: Set<String> { ["key"] }

    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove messages from a topic: all, those below a sequence, or those of a key.",
        discussion: """
            What is there when the broker gets to it goes, what is published later stays. Queues that need it lose it and are \
            told; keys seen stay seen. Asks first; without a terminal, that takes --yes.

            EXAMPLES
              zaichik topic purge orders --dry-run
              zaichik topic purge orders --below 500
              zaichik topic purge orders --key customer-7 --yes
            """)

    @Argument(help: "The topic's name, or a pattern.", completion: .topics)
    var topic: String

    @Option(
        help: ArgumentHelp("Only what is below this sequence.", valueName: "sequence"),
        transform: NumberText.whole(1...UInt64.max))
    var below: UInt64?

    @Option(help: "Only messages with this key.")
    var key: ArgumentBytes?

    @OptionGroup var options: OperatorOptions

    func validate() throws {
        if below != nil, key != nil { throw ValidationError("Give only one of --below and --key.") }
    }

    func run() async throws {
        var values = ActValues()
        values.sequence = below
        values.key = key?.buffer
        try await options.run(.purgeTopic, topic, values, TopicActText.purged)
    }
}

enum TopicActText {
    static func topics(_ acted: Acted, _ done: String) -> String {
        guard acted.count > 0 else { return "nothing to do" }
        let names = acted.rows.prefix(5).map { SafeText.escaped($0.name) }.joined(separator: ", ")
        let more = Int(acted.count) > 5 ? ", … (\(acted.count) topics)" : ""
        return "\(acted.isDryRun ? "would be \(done)" : done): \(names)\(more)"
    }

    static func purged(_ acted: Acted) -> String {
        let what = ActText.messages(acted)
        return "\(acted.isDryRun ? "would be purged" : "purged"): \(what)\(OperatorOptions.queues(acted))"
    }
}
