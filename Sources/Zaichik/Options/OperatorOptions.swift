import ArgumentParser
import Glibc
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// What acts on topics and on the broker take: why they are done, and whether they only say what would go.
struct OperatorOptions: ParsableArguments {
    @Option(help: "Why it is done: logged, and shown to whom it concerns.")
    var reason = ""

    @Flag(help: "Change nothing; say what would go.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        guard reason.utf8.count <= PeerLimits.reason else {
            throw ValidationError("A reason has at most \(PeerLimits.reason) bytes, this one has \(reason.utf8.count).")
        }
    }

    /// Does an act, and asks before if it takes something.
    ///
    /// - Parameters:
    ///   - name: The topic's; nil for the broker.
    ///   - text: What the answer says, in words.
    func run(_ act: Act, _ name: String?, _ values: ActValues, _ text: (Acted) -> String) async throws {
        let client = try await connection.connect(name == nil ? "broker" : "topic")
        let acted = try await perform(act, name, values, client)
        await client.close()
        var output = StandardOutput()
        if json { output.object { acted.write(act, to: &$0) } } else { output.line(text(acted)) }
        try output.flush()
    }

    func perform(_ act: Act, _ name: String?, _ values: ActValues, _ client: ZaichikClient) async throws -> Acted {
        var values = values
        values.reason = reason
        var request = ActRequest(act, name: name ?? "", values: values, isDryRun: true)
        do {
            if act.isDestructive, !yes, !dryRun {
                let would = try await client.act(request)
                if would.messages > 0 { try Self.ask(act, name, would) }
            }
            request.isDryRun = dryRun
            return try await client.act(request)
        } catch let error as ClientError where error.code == .refused(.unknownTopic) {
            throw CommandFailure.unknownTopic(name ?? "", client)
        }
    }

    /// - Throws: If the answer is not yes, or nobody is there to give one.
    private static func ask(_ act: Act, _ name: String?, _ would: Acted) throws {
        let question = question(act, name, would)
        guard isatty(STDIN_FILENO) == 1, StandardError.isTerminal else {
            throw CommandFailure("\(question) Nothing was done; with --yes it is done without asking")
        }
        StandardError.ask("\(question) [y/N]")
        guard let answer = readLine()?.lowercased(), ["y", "yes"].contains(answer) else {
            throw CommandFailure("nothing was done")
        }
    }

    /// What it would take.
    static func question(_ act: Act, _ name: String?, _ would: Acted) -> String {
        guard act == .drain else {
            return "\(messages(would)) of '\(SafeText.escaped(name ?? ""))' would go\(queues(would)). Do it?"
        }
        return "All publishes would be refused; \(messages(would)) wait\(queues(would)). Do it?"
    }

    /// Such as `12 messages (840 B)`.
    static func messages(_ acted: Acted) -> String {
        "\(acted.messages) \(acted.messages == 1 ? "message" : "messages") (\(FigureText.bytes(acted.bytes)))"
    }

    /// Whose queues need them, such as `, needed by 3 queues: alice, bob, …`.
    static func queues(_ acted: Acted) -> String {
        guard acted.count > 0 else { return "" }
        let names = acted.rows.prefix(5).map { SafeText.escaped($0.name) }
        let more = Int(acted.count) > names.count ? ", …" : ""
        return
            ", needed by \(acted.count) \(acted.count == 1 ? "queue" : "queues"): \(names.joined(separator: ", "))\(more)"
    }
}

extension Acted {
    /// The fields of its JSON.
    fileprivate func write(_ act: Act, to buffer: inout ByteBuffer) {
        buffer.writeField("act", act.name)
        buffer.writeField("dry_run", isDryRun)
        buffer.writeField("messages", messages)
        buffer.writeField("bytes", bytes)
        buffer.writeField("count", UInt64(count))
        buffer.writeField("rows", list: rows) { row, buffer in
            buffer.writeField("id", row.id)
            buffer.writeField("name", row.name)
            buffer.writeField("messages", row.messages)
            buffer.writeField("bytes", row.bytes)
        }
    }
}
