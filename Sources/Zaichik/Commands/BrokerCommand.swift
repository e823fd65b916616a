import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct BrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Have a broker take no connections for a while, take publishes again, or log more.",
        subcommands: [
            StopAcceptingCommand.self, AcceptCommand.self, UndrainCommand.self, LogLevelCommand.self,
        ])
}

struct StopAcceptingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop-accepting",
        abstract: "Take no new connections.",
        discussion: """
            Those that are there stay. Commands that look at the broker or act on it are let in.

            EXAMPLES
              zaichik broker stop-accepting --reason 'moving to the other machine'
            """)

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        try await options.run(.stopAccepting, nil, ActValues()) { _ in "the broker takes no new connections" }
    }
}

struct AcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Take new connections again.")

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        try await options.run(.accept, nil, ActValues()) { _ in "the broker takes new connections" }
    }
}

struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Take publishes again, after 'zaichik drain'.")

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        try await options.run(.undrain, nil, ActValues()) { _ in "the broker takes publishes" }
    }
}

struct LogLevelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Set from which level on the broker logs.",
        discussion: """
            Until it ends, or the level is set again.

            EXAMPLES
              zaichik broker log-level debug
            """)

    @Argument(help: "trace, debug, info, notice, warning, error or critical.")
    var level: String

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        var values = ActValues()
        values.level = level
        try await options.run(.logLevel, nil, values) { _ in "the broker logs from \(level) on" }
    }
}
