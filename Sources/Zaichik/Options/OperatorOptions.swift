import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// What acts on topics and on the broker take.
struct OperatorOptions: ParsableArguments {
    @OptionGroup var act: ActOptions

    @OptionGroup var connection: ConnectOptions

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
        if self.act.json { output.object { acted.write(act, to: &$0) } } else { output.line(text(acted)) }
        try output.flush()
    }

    func perform(_ act: Act, _ name: String?, _ values: ActValues, _ client: ZaichikClient) async throws -> Acted {
        var values = values
        values.reason = self.act.reason
        var request = ActRequest(act, name: name ?? "", values: values, isDryRun: true)
        do {
            if act.isDestructive, !self.act.consent.yes, !self.act.dryRun {
                let would = try await client.act(request)
                if would.messages > 0 { try self.act.consent.ask(Self.question(act, name, would)) }
            }
            request.isDryRun = self.act.dryRun
            return try await client.act(request)
        } catch let error as ClientError where error.code == .refused(.unknownTopic) {
            throw CommandFailure.unknownTopic(name ?? "", client)
        }
    }

    /// What it would take.
    static func question(_ act: Act, _ name: String?, _ would: Acted) -> String {
        guard act == .drain else {
            return "\(ActText.messages(would)) of '\(SafeText.escaped(name ?? ""))' would go\(queues(would)). Do it?"
        }
        return "All publishes would be refused; \(ActText.messages(would)) wait\(queues(would)). Do it?"
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
