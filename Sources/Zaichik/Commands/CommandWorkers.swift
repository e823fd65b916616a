import NIOCore
import NIOPosix
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Runs a command for each message that arrives, some at a time, and commits those whose command ends with 0.
struct CommandWorkers: Sendable {
    /// The most commands that may run at a time.
    static let mostParallel = 1024

    let command: ShellCommand
    let parallel: Int
    /// How many messages to take; nil for no limit.
    let count: Int?
    let endsWhenCaughtUp: Bool
    /// The session's name; nil for a queue that ends with its connection.
    let session: String?

    /// What the workers share.
    private final class Progress: Sendable {
        private struct Counts {
            var taken = 0
            var running = 0
            /// Messages that were returned, and have not been done since.
            var failing: Set<MessagePlace> = []
        }

        private let counts = Mutex(Counts())
        private let most: Int?

        init(most: Int?) { self.most = most }

        var failing: Int { counts.withLock { $0.failing.count } }
        var isIdle: Bool { counts.withLock { $0.running == 0 } }

        /// Reserves the next message.
        func reserve() -> Bool {
            counts.withLock { counts in
                guard most.map({ counts.taken < $0 }) ?? true else { return false }
                counts.taken += 1
                return true
            }
        }

        /// What came was no message.
        func giveBack() { counts.withLock { $0.taken -= 1 } }

        func begin() { counts.withLock { $0.running += 1 } }

        func end(_ place: MessagePlace, isDone: Bool) {
            counts.withLock { counts in
                counts.running -= 1
                if isDone { counts.failing.remove(place) } else { counts.failing.insert(place) }
            }
        }
    }

    private struct MessagePlace: Hashable {
        var topic: TopicName
        var sequence: UInt64
    }

    /// Returns when the wanted messages are taken, when `isCaughtUp` says so, when the client is closed, or when the task
    /// is cancelled; always after the commands that run have ended.
    ///
    /// - Returns: How many messages were returned, and not done later.
    func run(_ client: ZaichikClient) async throws -> Int {
        let progress = Progress(most: count)
        let threads = NIOThreadPool(numberOfThreads: parallel)
        threads.start()
        let work = Work(threads: threads, progress: progress, touchInterval: try await touchInterval(client))
        do {
            try await withTaskCancellationHandler {
                try await run(work, client)
            } onCancel: {
                guard !progress.isIdle else { return }
                StandardError.say("waiting for the commands that run to end; another signal ends at once")
            }
        } catch {
            try? await threads.shutdownGracefully()
            throw error
        }
        try? await threads.shutdownGracefully()
        return progress.failing
    }

    private struct Work: Sendable {
        let threads: NIOThreadPool
        let progress: Progress
        /// How often the deadline of a message whose command runs is begun anew; nil: it has none.
        let touchInterval: Duration?
    }

    /// How often a deadline is begun anew, so that one or two of these may be late.
    private func touchInterval(_ client: ZaichikClient) async throws -> Duration? {
        guard let session else { return nil }
        let deadline = try await client.session(session, rows: 0).session.settings.commitDeadline
        return deadline == 0 ? nil : .milliseconds(deadline / 3)
    }

    private func run(_ work: Work, _ client: ZaichikClient) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await withThrowingTaskGroup { workers in
                    for _ in 0..<parallel { workers.addTask { try await takeTurns(work, client) } }
                    try await workers.waitForAll()
                }
            }
            if endsWhenCaughtUp { group.addTask { try await waitUntilCaughtUp(work, client) } }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// One worker: takes one message after the other.
    private func takeTurns(_ work: Work, _ client: ZaichikClient) async throws {
        var arrivals = client.arrivals.makeAsyncIterator()
        while !Task.isCancelled, work.progress.reserve() {
            switch try await arrivals.next() {
            case nil: return
            case .gap(let gap):
                work.progress.giveBack()
                StandardError.say(
                    GapText.line(topic: gap.topic.string, first: gap.first, last: gap.last, reason: gap.reason))
            case .delivery(let delivery):
                work.progress.begin()
                let isDone = await process(delivery, work)
                work.progress.end(MessagePlace(topic: delivery.topic, sequence: delivery.sequence), isDone: isDone)
            }
        }
    }

    /// - Returns: Whether the command ended with 0.
    private func process(_ delivery: Delivery, _ work: Work) async -> Bool {
        let touching = work.touchInterval.map { interval in
            // A task of its own, so that an interruption does not end it before the command.
            Task {
                while (try? await Task.sleep(for: interval)) != nil { try? delivery.touch() }
            }
        }
        let (command, variables) = (command, MessageVariable.all(of: delivery, session: session))
        let ending = await withCheckedContinuation { continuation in
            work.threads.submit { _ in
                continuation.resume(returning: command.run(input: delivery.content, variables: variables))
            }
        }
        touching?.cancel()
        let isDone = ending == .exited(0)
        let place = "\(SafeText.escaped(delivery.topic.string))/\(delivery.sequence)"
        let attempt = "\(place): \(ending), attempt \(delivery.attempt)"
        do throws(ClientError) {
            if isDone {
                try delivery.commit()
            } else {
                try delivery.return(reason: ending.description)
                StandardError.say("\(attempt); returned")
            }
        } catch {
            // The connection was lost while the command ran.
            StandardError.say("\(attempt); not \(isDone ? "committed" : "returned"): \(error.message)")
        }
        return isDone
    }

    /// Returns when nothing is left to do, or when the task is cancelled.
    private func waitUntilCaughtUp(_ work: Work, _ client: ZaichikClient) async throws {
        let caughtUp = CaughtUp(client: client, session: session)
        while !Task.isCancelled {
            do {
                if work.progress.isIdle, try await caughtUp.isDone() { return }
            } catch let error as ClientError {
                if [.cancelled, .closed].contains(error.code) { return }
                throw error
            }
            // If it was cancelled, the loop ends.
            try? await Task.sleep(for: CaughtUp.patience)
        }
    }
}
