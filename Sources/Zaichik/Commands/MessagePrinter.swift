import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Prints messages as they arrive, and commits them when they are printed.
///
/// With ``endsWhenCaughtUp`` the client has one connection: the numbers of deliveries are compared.
struct MessagePrinter: Sendable {
    enum Commits: Sendable {
        case atOnce
        case after(Duration)
        case never
    }

    /// How far the printer is, for the task that watches it.
    private final class Progress: Sendable {
        /// The number of the last delivery that is written.
        let written = Atomic<UInt64>(0)
    }

    var format: MessageFormat
    /// How many messages to print; nil for no limit.
    var count: Int?
    var endsWhenCaughtUp: Bool
    var commits: Commits
    /// The session's name; nil for a queue that ends with its connection.
    var session: String?

    /// Returns when the wanted messages are printed, when the client is closed, or when the task is cancelled.
    func run(_ client: ZaichikClient) async throws {
        let progress = Progress()
        guard endsWhenCaughtUp else { return try await print(client, progress) }
        try await withThrowingTaskGroup { group in
            group.addTask { try await print(client, progress) }
            group.addTask { try await waitUntilCaughtUp(client, progress) }
            // The first of them ends both; a printer that is cancelled prints the messages it has before it ends.
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func print(_ client: ZaichikClient, _ progress: Progress) async throws {
        var output = StandardOutput()
        var arrivals = client.arrivals.makeAsyncIterator()
        var printed = 0
        var uncommitted: Delivery?
        while count.map({ printed < $0 }) ?? true, !Task.isCancelled {
            var arrival = arrivals.nextIfHere()
            if arrival == nil {
                try output.flush()
                commit(&uncommitted, client, progress)
                arrival = try await arrivals.next()
            }
            switch arrival {
            case nil: return
            case .gap(let gap):
                tell(gap)
                format.write(gap, to: &output.buffer)
            case .delivery(let delivery):
                format.write(delivery, to: &output.buffer)
                printed += 1
                uncommitted = delivery
                if case .after(let delay) = commits {
                    try output.flush()
                    try await Task.sleep(for: delay)
                    commit(&uncommitted, client, progress)
                } else if try output.flushIfFull() {
                    commit(&uncommitted, client, progress)
                }
            }
        }
        try output.flush()
        commit(&uncommitted, client, progress)
    }

    /// Only messages that are written are committed: if the program dies, the others are delivered again.
    private func commit(_ delivery: inout Delivery?, _ client: ZaichikClient, _ progress: Progress) {
        guard let written = delivery else { return }
        progress.written.store(written.number, ordering: .releasing)
        if case .never = commits {} else { client.commit(written) }
        delivery = nil
    }

    /// Returns when everything delivered is written and nothing waits to be delivered, or when the task is cancelled.
    private func waitUntilCaughtUp(_ client: ZaichikClient, _ progress: Progress) async throws {
        let caughtUp = CaughtUp(client: client, session: session)
        let commits = if case .never = commits { false } else { true }
        while !Task.isCancelled {
            let written = progress.written.load(ordering: .acquiring)
            do {
                if try await caughtUp.isDelivered(written: written, commits: commits) { return }
            } catch let error as ClientError {
                if [.cancelled, .closed].contains(error.code) { return }
                throw error
            }
            // If it was cancelled, the loop ends.
            try? await Task.sleep(for: CaughtUp.patience)
        }
    }

    private func tell(_ gap: Gap) {
        StandardError.say(
            GapText.line(topic: gap.topic.string, first: gap.first, last: gap.last, reason: gap.reason))
    }
}
