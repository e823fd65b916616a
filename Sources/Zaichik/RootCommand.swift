import ArgumentParser
import ZaichikProtocol

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zaichik",
        abstract: "A message broker for slow clients: every client has its own queue, and its lag shows.",
        discussion: """
            TRY IT
              zaichik serve                             a broker on 127.0.0.1:8889
              zaichik sub orders                        in a second terminal
              zaichik pub orders 'one hare'             in a third
              zaichik lag                               how far behind clients are
              zaichik-tui                               the same, live, full screen

            WHICH BROKER
              Commands that talk to a broker take --connect HOST:PORT, else
              ZAICHIK_ADDRESS, else 127.0.0.1:8889.

            OUTPUT
              Data goes to standard output, everything else to standard error.

            EXIT CODES
              0 done, 1 failure, 2 the broker drops or refuses (status),
              64 wrong usage, 69 cannot connect or connection lost,
              75 the time is up (-W), 130 interrupted; 'check' has its own.

            ARGUMENTS
              What begins with a dash and is no option goes after '--'.

            'zaichik help COMMAND' explains a command, with examples.
            """,
        version: "zaichik \(ZaichikVersion.string)",
        subcommands: [
            ServeCommand.self, PublishCommand.self, SubscribeCommand.self, TopicCommand.self, ClientCommand.self,
            SessionCommand.self, ParkedCommand.self, LagCommand.self, WhyCommand.self, TopCommand.self,
            StatusCommand.self, CheckCommand.self, EventsCommand.self, TraceCommand.self,
            RecordCommand.self, ReplayCommand.self, BenchCommand.self, DrainCommand.self, BrokerCommand.self,
            StopCommand.self, CompletionCommand.self,
        ])
}
