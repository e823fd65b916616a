import ArgumentParser
import Glibc
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// What every act takes: why it is done, and whether it only says what would go.
struct ActOptions: ParsableArguments {
    @Option(help: "Why it is done: logged, and shown to whom it concerns.")
    var reason = ""

    @Flag(help: "Change nothing; say what would go.")
    var dryRun = false

    /// Taken by those that never ask, too, so that scripts need not know which do.
    @OptionGroup var consent: ConsentOption

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard reason.utf8.count <= PeerLimits.reason else {
            throw ValidationError("A reason has at most \(PeerLimits.reason) bytes, this one has \(reason.utf8.count).")
        }
    }
}

/// Whether a destructive act asks first.
struct ConsentOption: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask, if the act is one that asks.")
    var yes = false

    /// Asks on a terminal; without one, the answer is no.
    ///
    /// - Throws: If the answer is not yes, or nobody is there to give one.
    func ask(_ question: @autoclosure () -> String) throws {
        guard !yes else { return }
        guard isatty(STDIN_FILENO) == 1, StandardError.isTerminal else {
            throw CommandFailure("\(question()) Nothing was done; with --yes it is done without asking")
        }
        StandardError.ask("\(question()) [y/N]")
        guard let answer = readLine()?.lowercased(), ["y", "yes"].contains(answer) else {
            throw CommandFailure("nothing was done")
        }
    }
}

/// Until when something holds.
struct UntilOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, such as 30s, 10m or 2h.", valueName: "time"), transform: TimeSpan.withUnit)
    var span: TimeSpan?

    @Option(
        help: ArgumentHelp("Until when, such as \(Moment.forms).", valueName: "time"), transform: Moment.read)
    var until: Moment?

    @OptionGroup var zone: ZoneOption

    func validate() throws {
        if span?.milliseconds == 0 { throw ValidationError("--for must be above 0.") }
        if span != nil, until != nil { throw ValidationError("Give only one of --for and --until.") }
    }

    /// The fields of an act that say it.
    var values: ActValues {
        var values = ActValues()
        values.duration = span?.milliseconds
        values.until = until?.time(zone)
        return values
    }
}

/// Whom an act is about, as a command takes it.
protocol ActTargetArgument: ParsableArguments {
    /// The name of the group of commands.
    static var group: String { get }
    /// Such as `alice`, for examples.
    static var example: String { get }
    static var noun: String { get }

    /// - Parameter values: The fields of the act.
    /// - Returns: The request, and the name that tells whom it is about from others.
    func request(
        _ act: Act, _ values: ActValues, _ client: ZaichikClient
    ) async throws -> (request: ActRequest, label: String)
}

struct ClientTarget: ActTargetArgument {
    static let group = "client"
    static let example = "alice"
    static let noun = "client"

    @Argument(help: "Name, NAME#ID, #ID or ID.", completion: .clients)
    var client: String

    func request(
        _ act: Act, _ values: ActValues, _ connected: ZaichikClient
    ) async throws -> (request: ActRequest, label: String) {
        let (detail, label) = try await ClientSearch(client).detail(connected)
        return (ActRequest(act, client: detail.client.id, values: values), label)
    }
}

struct SessionTarget: ActTargetArgument {
    static let group = "session"
    static let example = "billing"
    static let noun = "session"

    @Argument(help: "The session's name.", completion: .sessions)
    var session: String

    func request(
        _ act: Act, _ values: ActValues, _ connected: ZaichikClient
    ) async throws -> (request: ActRequest, label: String) {
        guard try await connected.detail(ofSession: session, rows: 0) != nil else {
            throw CommandFailure.unknownSession(session, connected)
        }
        return (ActRequest(act, name: session, values: values), session)
    }
}
