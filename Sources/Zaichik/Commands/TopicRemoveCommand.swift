import ArgumentParser
import Glibc
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopicRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Delete a topic with all its messages.",
        discussion: """
            Its readers are told, and lose what they have not done of it; publishes to it are refused. The name is free at once: \
            whoever uses it next makes another topic. Asks first if clients read the topic; without a terminal, that takes --yes. \
            Says what was deleted.

            EXAMPLES
              zaichik topic rm orders.test
              zaichik topic rm orders --yes
            """)

    @Argument(help: "The topic's name.", completion: .topics)
    var name: String

    @Option(
        help: "Delete it only if it has this incarnation, not another topic that has the name meanwhile.",
        transform: NumberText.whole(1...UInt64.max))
    var incarnation: UInt64?

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("topic")
        guard let topic = try await client.detail(ofTopic: name, rows: 0)?.topic else {
            throw CommandFailure.unknownTopic(name, client)
        }
        if !yes, topic[.subscribers] > 0 { try Self.ask(topic) }
        try await client.deleteTopic(name, incarnation: incarnation)
        await client.close()
        var output = StandardOutput()
        output.line(Self.text(topic))
        try output.flush()
    }

    /// - Throws: If the answer is not yes, or nobody is there to give one.
    private static func ask(_ topic: TopicStatistics) throws {
        let name = SafeText.escaped(topic.name)
        guard isatty(STDIN_FILENO) == 1, StandardError.isTerminal else {
            throw CommandFailure(
                "\(counted(topic[.subscribers], "client reads", "clients read")) '\(name)', so it was not deleted; "
                    + "with --yes it is deleted all the same")
        }
        StandardError.ask("\(question(topic)) [y/N]")
        guard let answer = readLine()?.lowercased(), ["y", "yes"].contains(answer) else {
            throw CommandFailure("'\(name)' was not deleted")
        }
    }

    /// - Parameter topic: Its figures, with at least one reader.
    static func question(_ topic: TopicStatistics) -> String {
        "\(counted(topic[.subscribers], "client reads", "clients read")) '\(SafeText.escaped(topic.name))', which keeps "
            + "\(counted(topic[.retainedMessages], "message", "messages")). Delete it?"
    }

    /// - Parameter topic: Its figures before.
    static func text(_ topic: TopicStatistics) -> String {
        "deleted: \(counted(topic[.retainedMessages], "message", "messages")), "
            + counted(topic[.subscribers], "reader", "readers")
    }

    private static func counted(_ count: UInt64, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
