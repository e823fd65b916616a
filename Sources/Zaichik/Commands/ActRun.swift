import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Does an act: asks first if it is destructive, and says what went.
struct ActRun<Target: ActTargetArgument> {
    let act: Act
    let target: Target
    let options: ActOptions

    /// - Parameter values: The fields of the act, without its reason.
    func run(_ connection: ConnectOptions, _ values: ActValues) async throws {
        let client = try await connection.connect(Target.group)
        var values = values
        values.reason = options.reason
        var (request, label) = try await target.request(act, values, client)
        request.isDryRun = options.dryRun
        if act.isDestructive, !options.consent.yes, !options.dryRun {
            var rehearsal = request
            rehearsal.isDryRun = true
            let would = try await client.act(rehearsal)
            if would.messages > 0 || act == .disconnect {
                try options.consent.ask(ActText.question(act, would, of: label))
            }
        }
        let acted = try await client.act(request)
        await client.close()
        var output = StandardOutput()
        if options.json {
            output.object { acted.write(act, to: &$0) }
        } else {
            output.line(ActText.line(act, acted, of: label) + (act == .disconnect ? ActText.loss(acted) : ""))
        }
        try output.flush()
    }
}

extension Acted {
    /// The fields of its JSON.
    func write(_ act: Act, to buffer: inout ByteBuffer) {
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
