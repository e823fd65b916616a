import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say how a client or a session does, why, and what would help.",
        discussion: """
            The broker's verdict in one word, what it is founded on, what follows if it goes on like this, and what would help, with the \
            command to type. A name that is exactly that of a client comes first, then that of a session; else it is read as \
            NAME#ID, #ID or ID.

            EXAMPLES
              zaichik why alice                         in sentences
              zaichik lag -1                            of all in trouble, the worst first
              zaichik why 'alice#17' --json | jq .evidence
            """)

    @Argument(help: ArgumentHelp("Name of a client or a session, NAME#ID, #ID or ID.", valueName: "name"))
    var given: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    private var name: String { given ?? "" }

    func validate() throws {
        guard given != nil else {
            throw ValidationError(
                "Whose queue? Give a NAME; 'zaichik lag -1' tells of all in trouble, the worst first.")
        }
    }

    func run() async throws {
        let connected = try await connection.connect("why")
        let (detail, label) = try await found(connected)
        await connected.close()
        let report = WhyReport(
            detail: detail, label: label,
            reach: connection.address.map { " --connect " + ShellText.quoted($0) } ?? "",
            hasColours: StandardOutput.hasColours)
        var output = StandardOutput()
        if json {
            output.object { report.write(to: &$0) }
        } else {
            for line in report.lines(width: StandardOutput.width) { output.line(line) }
        }
        try output.flush()
    }

    private func found(_ client: ZaichikClient) async throws -> (ClientDetail, label: String) {
        // An exclusive session with a connection has no row of its own among the clients.
        if try await ClientSearch.rows(named: name, client).isEmpty,
            let session = try? await client.detail(ofSession: name, rows: .max)
        {
            return (ClientDetail(of: session), session.session.name)
        }
        return try await ClientSearch(name).detail(client)
    }
}
