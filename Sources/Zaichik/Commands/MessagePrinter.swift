import NIOCore
import ZaichikClient
import ZaichikProtocol

/// Prints what arrives, and commits what is printed.
struct MessagePrinter: Sendable {
    enum Commits: Sendable {
        case atOnce
        case after(Duration)
        case never
    }

    /// How often to ask whether all is there, while messages are on their way.
    private static let patience = Duration.milliseconds(20)

    var format: MessageFormat
    var escapes: Bool
    /// Nothing: no end.
    var count: Int?
    var endsWhenCaughtUp: Bool
    var commits: Commits

    /// Returns when everything wanted is printed, when the client is closed, or when the task is cancelled.
    func run(_ client: ZaichikClient) async throws {
        var output = StandardOutput()
        var arrivals = client.arrivals.makeAsyncIterator()
        var printed = 0
        var uncommitted: Delivery?
        var received: UInt64 = 0
        while count.map({ printed < $0 }) ?? true {
            guard let arrival = arrivals.nextIfHere() else {
                try output.flush()
                commit(&uncommitted, client)
                if endsWhenCaughtUp {
                    if try await isCaughtUp(client, received: received) { return }
                    try await Task.sleep(for: Self.patience)
                    continue
                }
                guard let arrival = try await arrivals.next() else { break }
                try await take(arrival)
                continue
            }
            try await take(arrival)
        }
        try output.flush()
        commit(&uncommitted, client)

        func take(_ arrival: Arrival) async throws {
            switch arrival {
            case .gap(let gap): tell(gap)
            case .delivery(let delivery):
                format.write(delivery, escapes: escapes, to: &output.buffer)
                printed += 1
                received = delivery.number
                uncommitted = delivery
                if case .after(let delay) = commits {
                    try output.flush()
                    try await Task.sleep(for: delay)
                    commit(&uncommitted, client)
                } else if try output.flushIfFull() {
                    commit(&uncommitted, client)
                }
            }
        }
    }

    /// Only what is written is committed: if we die, what nobody saw comes again.
    private func commit(_ delivery: inout Delivery?, _ client: ZaichikClient) {
        if case .never = commits { return }
        if let written = delivery { client.commit(written) }
        delivery = nil
    }

    private func isCaughtUp(_ client: ZaichikClient, received: UInt64) async throws -> Bool {
        let row = try await client.client(id: client.welcome.connectionID).client
        guard row[.deliveredMessages] <= received else { return false }
        if case .never = commits, row[.inFlightMessages] >= row[.window] { return true }
        return row[.pendingMessages] == 0
    }

    private func tell(_ gap: Gap) {
        let topic = SafeText.escaped(gap.topic.string)
        StandardError.say(
            "gap in \(topic): \(gap.count) messages (\(gap.first) to \(gap.last)) are lost: \(gap.reason)")
    }
}
