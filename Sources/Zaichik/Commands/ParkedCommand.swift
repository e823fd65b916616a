import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct ParkedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked",
        abstract: "Look at messages that a session has put aside, release or drop them.",
        discussion: """
            A session parks a message that was delivered as often as it allows and never committed, or that a client asked \
            to be parked.
            """,
        subcommands: [
            ParkedListCommand.self, ParkedShowCommand.self, ParkedReleaseCommand.self, ParkedDropCommand.self,
        ])
}

/// The session whose parked messages are meant.
struct ParkedOptions: ParsableArguments {
    @Argument(help: "The session's name.", completion: .sessions)
    var session: String

    /// Does what `body` does with a connected client; a session that does not exist is told as such.
    func run<Value>(_ connection: ConnectOptions, _ body: (ZaichikClient) async throws -> Value) async throws -> Value {
        let client = try await connection.connect("parked")
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch let error as ClientError where error.code == .refused(.unknownSession) {
            throw CommandFailure.unknownSession(session, client)
        }
    }
}

struct ParkedListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List a session's parked messages.",
        discussion: """
            In the order in which they were parked, with the number that the other commands take. Aligned on a terminal, \
            tab-separated otherwise, everything with --json; there the beginning of a payload is as in 'zaichik sub --json'.

            EXAMPLES
              zaichik parked ls billing
              zaichik parked ls billing --json | jq -r .reason | sort | uniq -c
            """)

    @OptionGroup var parked: ParkedOptions

    @Option(help: "The most messages to list. Default: 1000.", transform: NumberText.whole(0...UInt32.max))
    var limit: UInt32 = 1000

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let page = try await parked.run(connection) { try await $0.parked(in: parked.session, limit: limit) }
        var output = StandardOutput()
        if json {
            for row in page.rows { output.object { row.write(to: &$0) } }
        } else {
            output.table(ParkedTable.make(page.rows, time: zone.text))
        }
        try output.flush()
        let omitted = page.matching - page.rows.count
        if omitted > 0 { StandardError.say("\(omitted) more are parked; --limit shows more") }
    }
}

struct ParkedShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one parked message as a whole.",
        discussion: """
            EXAMPLES
              zaichik parked show billing 17
              zaichik parked show billing 17 --raw > message
            """)

    @OptionGroup var parked: ParkedOptions

    @Argument(help: "The message's number in 'zaichik parked ls'.", transform: NumberText.whole(1...UInt64.max))
    var number: UInt64

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print the payload alone, byte for byte, without its headers.")
    var raw = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if json, raw { throw ValidationError("Give only one of --json and --raw.") }
    }

    func run() async throws {
        let message = try await parked.run(connection) { client in
            let page = try await client.parked(in: parked.session, after: number - 1, limit: 1)
            guard let row = page.rows.first, row.number == number else {
                throw CommandFailure.notParked(number, in: parked.session)
            }
            return try await ParkedPayload(row, client)
        }
        var output = StandardOutput()
        if raw {
            guard message.isWhole else { throw CommandFailure(message.incompleteness) }
            output.buffer.writeImmutableBuffer(message.content)
        } else if json {
            output.object { message.row.write(to: &$0, payload: message.payload) }
        } else {
            for line in message.lines(width: StandardOutput.width, zone.text) { output.line(line) }
        }
        try output.flush()
        if !message.isWhole { StandardError.say(message.incompleteness) }
    }
}

struct ParkedReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Have parked messages delivered again.",
        discussion: """
            They come to the session's clients ahead of what is new. Says how many there were; if one of those named is not \
            parked, nothing is done.

            EXAMPLES
              zaichik parked release billing 17
              zaichik parked release billing 3 5-9
              zaichik parked release billing --all
            """)

    @OptionGroup var parked: ParkedOptions

    @OptionGroup var numbers: ParkedNumbers

    @OptionGroup var connection: ConnectOptions

    func run() async throws { try await numbers.settle(.release, "released", parked, connection) }
}

struct ParkedDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Give up parked messages.",
        discussion: """
            The session is done with them. Says how many there were; if one of those named is not parked, nothing is done.

            EXAMPLES
              zaichik parked drop billing 17
              zaichik parked drop billing --all
            """)

    @OptionGroup var parked: ParkedOptions

    @OptionGroup var numbers: ParkedNumbers

    @OptionGroup var connection: ConnectOptions

    func run() async throws { try await numbers.settle(.drop, "dropped", parked, connection) }
}

/// Which parked messages are meant.
struct ParkedNumbers: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Numbers of 'zaichik parked ls', or ranges such as 5-9.", valueName: "number"),
        transform: ParkedNumbers.range)
    var ranges: [ClosedRange<UInt64>] = []

    @Flag(help: "All that the session has parked.")
    var all = false

    func validate() throws {
        guard ranges.isEmpty == all else {
            throw ValidationError(all ? "Give numbers or --all, not both." : "Which ones? Give numbers, or --all.")
        }
    }

    func settle(
        _ action: ParkedAction, _ done: String, _ parked: ParkedOptions, _ connection: ConnectOptions
    ) async throws {
        let count = try await parked.run(connection) { client in
            try await client.settleParked(action, all ? nil : ranges, in: parked.session)
        }
        var output = StandardOutput()
        output.line("\(done) \(count) \(count == 1 ? "message" : "messages")")
        try output.flush()
    }

    @Sendable static func range(_ text: String) throws -> ClosedRange<UInt64> {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt64($0) }
        guard let first = ends[0], let last = ends.count > 1 ? ends[1] : first, 1 <= first, first <= last else {
            throw ValidationError("a number of 'zaichik parked ls', such as 17, or a range of them, such as 5-9.")
        }
        return first...last
    }
}

extension CommandFailure {
    static func notParked(_ number: UInt64, in session: String) -> CommandFailure {
        CommandFailure(
            """
            the session '\(SafeText.escaped(session))' has no parked message \(number); 'zaichik parked ls' lists those \
            that it has
            """)
    }
}
